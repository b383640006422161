"""What a value and a declaration must be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import InvalidFields
from linehouse.platform.characteristics.files import read_file, write_file
from linehouse.platform.characteristics.reading import check_change, check_declaration, read, read_all
from linehouse.platform.characteristics.values import Characteristic, Declaration, Held, ValueKind

KINDS = tuple(ValueKind)


def spec(
    kind: ValueKind = ValueKind.TEXT, *, state: str = "active", key: str = "shoe-size", **more: Any
) -> Characteristic:
    return Characteristic(
        id=new_id(), state=state, entity="customer", key=key, label={"": "Shoe size"}, kind=kind, **more
    )


@pytest.mark.parametrize(
    ("kind", "raw", "value", "shown"),
    [
        (ValueKind.TEXT, "  blue ", "blue", "blue"),
        (ValueKind.INTEGER, "42", 42, "42"),
        (ValueKind.INTEGER, "42.0", 42, "42"),
        (ValueKind.INTEGER, 7, 7, "7"),
        (ValueKind.DECIMAL, "12.50", Decimal("12.5"), "12.5"),
        (ValueKind.DECIMAL, Decimal("1E+2"), Decimal(100), "100"),
        (ValueKind.YES_NO, "Yes", True, "yes"),
        (ValueKind.YES_NO, False, False, "no"),
        (ValueKind.DATE, "2026-11-01", date(2026, 11, 1), "2026-11-01"),
        (ValueKind.CHOICE, "gold", "gold", "Gold"),
    ],
)
def test_a_value_is_read_as_its_kind_demands(kind: ValueKind, raw: object, value: object, shown: str) -> None:
    one = spec(kind, choices={"gold": "Gold"} if kind is ValueKind.CHOICE else {})
    got, problem = read(one, raw)
    assert problem is None
    assert got == value
    assert type(got) is type(value)
    held = Held(one, got)  # type: ignore[arg-type]  # not None, as the line above shows
    assert held.shown == shown
    assert read(one, held.text) == (value, None)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (ValueKind.TEXT, "x" * 601),
        (ValueKind.TEXT, "null\x00character"),
        (ValueKind.TEXT, 5),
        (ValueKind.INTEGER, "4.5"),
        (ValueKind.INTEGER, "four"),
        (ValueKind.INTEGER, True),
        (ValueKind.INTEGER, "NaN"),
        (ValueKind.INTEGER, "1e30"),
        (ValueKind.DECIMAL, "0.0000000001"),
        (ValueKind.DECIMAL, "Infinity"),
        (ValueKind.YES_NO, "maybe"),
        (ValueKind.DATE, "2026-02-30"),
        (ValueKind.DATE, "01.11.2026"),
        (ValueKind.CHOICE, "platinum"),
        (ValueKind.CHOICE, ["gold"]),
    ],
)
def test_what_is_no_such_value_is_named_with_what_would_be_right(kind: ValueKind, raw: object) -> None:
    one = spec(kind, choices={"gold": "Gold"} if kind is ValueKind.CHOICE else {})
    value, problem = read(one, raw)
    assert value is None
    assert problem is not None
    assert problem.field == "shoe-size"
    assert problem.expected


def test_bounds_and_patterns_hold() -> None:
    size = spec(ValueKind.INTEGER, minimum=Decimal(20), maximum=Decimal(50))
    assert read(size, "50")[1] is None
    problem = read(size, "51")[1]
    assert problem is not None
    assert problem.expected == "a whole number, at least 20, at most 50"
    centre = spec(pattern="[A-Z]{2}-[0-9]{4}")
    assert read(centre, "AB-1234") == ("AB-1234", None)
    assert read(centre, "AB-1234x")[1] is not None


@pytest.mark.parametrize("kind", KINDS)
@given(
    raw=st.one_of(st.text(), st.integers(), st.booleans(), st.decimals(), st.dates(), st.none(), st.lists(st.text()))
)
def test_reading_never_breaks_and_what_was_read_is_read_again(kind: ValueKind, raw: object) -> None:
    one = spec(kind, choices={"gold": "Gold"} if kind is ValueKind.CHOICE else {})
    value, problem = read(one, raw)
    assert value is None or problem is None
    if value is not None:
        assert read(one, Held(one, value).text) == (value, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"entity": "spaceship"}, "entity"),
        ({"key": "Shoe Size"}, "key"),
        ({"label": {"": " "}}, "label"),
        ({"kind": ValueKind.CHOICE}, "choices"),
        ({"choices": {"a": "A"}}, "choices"),
        ({"unit": "cm"}, "unit"),
        ({"kind": ValueKind.DATE, "minimum": Decimal(1)}, "minimum"),
        ({"minimum": Decimal(2), "maximum": Decimal(1)}, "maximum"),
        ({"pattern": "("}, "pattern"),
        ({"pattern": "(a+)+$"}, "pattern"),
        ({"kind": ValueKind.INTEGER, "pattern": "a"}, "pattern"),
    ],
)
def test_a_wrong_declaration_names_its_field(changes: dict[str, Any], field: str) -> None:
    fine: dict[str, Any] = {"entity": "customer", "key": "shoe-size", "label": {"": "Shoe size"}}
    assert check_declaration(Declaration(**fine), ["customer"]) == ()
    problems = check_declaration(Declaration(**{**fine, **changes}), ["customer"])
    assert [problem.field for problem in problems] == [field]


def test_what_values_hang_on_cannot_change() -> None:
    old = spec(ValueKind.CHOICE, choices={"a": "A", "b": "B"})
    same: dict[str, Any] = {"entity": "customer", "key": "shoe-size", "label": {"": "Other"}, "kind": ValueKind.CHOICE}
    assert check_change(old, Declaration(**same, choices={"a": "A!", "b": "B", "c": "C"})) == ()
    (problem,) = check_change(old, Declaration(**same, choices={"a": "A"}))
    assert (problem.field, problem.value) == ("choices", "b")
    (problem,) = check_change(old, Declaration(**{**same, "kind": ValueKind.TEXT}, choices={"a": "A", "b": "B"}))
    assert problem.field == "kind"


def test_all_faults_of_a_set_of_values_are_told_at_once() -> None:
    must = spec(key="must", required=True)
    size = spec(ValueKind.INTEGER, key="size")
    gone = spec(key="gone", state="retired")
    values, problems = read_all([must, size, gone], {"size": "big", "gone": "new", "hat": "1"}, {})
    assert values == {}
    assert {problem.field: problem.code for problem in problems} == {
        "size": "characteristics.value_invalid",
        "gone": "characteristics.retired",
        "hat": "characteristics.unknown",
        "must": "characteristics.missing",
    }
    values, problems = read_all([must, size, gone], {"size": "", "gone": "old"}, {"must": "there", "gone": "old"})
    assert (values, problems) == ({"size": None, "gone": "old"}, ())


def test_a_file_is_read_and_written_back() -> None:
    text = (
        "customer:\n  tier:\n    label: Tier\n    kind: choice\n    choices:\n      gold: Gold\n"
        "  size:\n    label:\n      default: Size\n      nl: Maat\n    kind: integer\n    unit: cm\n    minimum: 1\n"
        "    required: true\n"
    )
    declarations = read_file(text)
    assert [(one.entity, one.key, one.position) for one in declarations] == [
        ("customer", "tier", 0),
        ("customer", "size", 1),
    ]
    assert declarations[1].label_in("nl") == "Maat"
    assert declarations[1].label_in("fr") == "Size"
    specs = [
        Characteristic(id=new_id(), state="active", **{f: getattr(one, f) for f in one.__slots__})
        for one in declarations
    ]
    assert write_file(specs) == text


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("customer: [", "characteristics.yaml"),
        ("customer: 5", "customer"),
        ("customer: {a: {kind: colour}}", "customer.a.kind"),
        ("customer: {a: {size: 1}}", "customer.a.size"),
        ("customer: {a: {minimum: many}}", "customer.a.minimum"),
        ("customer: {a: {required: 7}}", "customer.a.required"),
    ],
)
def test_a_wrong_file_names_the_place(text: str, field: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        read_file(text)
    assert refusal.value.problems[0].field == field
