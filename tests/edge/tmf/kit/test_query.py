"""Query strings as callers and conformance kits write them."""

from __future__ import annotations

import pytest

from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.query import Attributes, Condition, Operator, SortKey, parse, parse_one, range_header

ANYTHING = Attributes(lambda path: path[0] != "nothing")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=held", Condition(("state",), Operator.EQ, ("held",))),
        ("state.eq=held", Condition(("state",), Operator.EQ, ("held",))),
        ("state==held", Condition(("state",), Operator.EQ, ("held",))),
        ("state=held,pending", Condition(("state",), Operator.EQ, ("held", "pending"))),
        ("state=held;pending", Condition(("state",), Operator.EQ, ("held", "pending"))),
        ("state=held;state=pending", Condition(("state",), Operator.EQ, ("held", "pending"))),
        ("state=held&state=pending", Condition(("state",), Operator.EQ, ("held", "pending"))),
        ("name='a,b'", Condition(("name",), Operator.EQ, ("a,b",))),
        ("name=%22a;b%22,c", Condition(("name",), Operator.EQ, ("a;b", "c"))),
        ("name=it's", Condition(("name",), Operator.EQ, ("it's",))),
        ("relatedParty.id=1", Condition(("relatedParty", "id"), Operator.EQ, ("1",))),
        ("@type=Product", Condition(("@type",), Operator.EQ, ("Product",))),
        ("orderDate.gt=2026-11-01", Condition(("orderDate",), Operator.GT, ("2026-11-01",))),
        ("orderDate%3E2026-11-01", Condition(("orderDate",), Operator.GT, ("2026-11-01",))),
        ("orderDate>=2026-11-01", Condition(("orderDate",), Operator.GTE, ("2026-11-01",))),
        ("orderDate%3C%3D2026-11-01", Condition(("orderDate",), Operator.LTE, ("2026-11-01",))),
        ("a.b.lt=3", Condition(("a", "b"), Operator.LT, ("3",))),
        ("name.regex=^a,b", Condition(("name",), Operator.REGEX, ("^a,b",))),
        ("name*=^a", Condition(("name",), Operator.REGEX, ("^a",))),
        ("name%3D~^a", Condition(("name",), Operator.REGEX, ("^a",))),
        (
            "orderDate=2026-11-01T08:00:00+01:00",
            Condition(("orderDate",), Operator.EQ, ("2026-11-01T08:00:00+01:00",)),
        ),
    ],
)
def test_condition(query: str, expected: Condition) -> None:
    assert parse(query, ANYTHING).conditions == (expected,)


def test_comparisons_of_one_attribute_stay_apart() -> None:
    found = parse("d.gt=1&d.lt=5", ANYTHING).conditions
    assert [(c.operator, c.values) for c in found] == [(Operator.GT, ("1",)), (Operator.LT, ("5",))]


def test_page_order_and_fields() -> None:
    query = parse("offset=10&limit=5&sort=-date,+name.child&fields=name,a.b", ANYTHING)
    assert (query.offset, query.limit, query.paged) == (10, 5, True)
    assert query.sort == (SortKey(("date",), descending=True), SortKey(("name", "child"), descending=False))
    assert query.fields == (("name",), ("a", "b"))


def test_without_parameters() -> None:
    query = parse("", ANYTHING)
    assert (query.fields, query.offset, query.paged, query.conditions) == (None, 0, False, ())


def test_no_fields() -> None:
    assert parse("fields=none", ANYTHING).fields == ()


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("limit=-1", 400, "limit"),
        ("limit=1001", 400, "limit"),
        ("offset=x", 400, "offset"),
        ("fields=nothing", 400, "fields"),
        ("sort=-nothing", 400, "sort"),
        ("nothing=1", 400, "nothing"),
        ("name", 400, "name"),
        ("=x", 400, "=x"),
        ("filter=a[?(@.b", 400, "filter"),
        ("filter=", 400, "filter"),
        ("filter=a[?(@.b==1e999)]", 400, "filter"),
        ("filter=a[?(@.b=~/(/)]", 400, "filter"),
        ("filter=a[?(@.b=~/(x)\\1/)]", 400, "filter"),
        ("filter=[?(@.nothing==1)]", 400, "filter"),
        ("filter=nothing[?(@.a==1)]", 400, "filter"),
        ("filter=$..a..b", 400, "filter"),
        ("filter=a[?(@.b[?(@.c[?(@.d)])])]", 400, "filter"),
        ("filter=a[?(" + "||".join(["@.b==1"] * 20) + ")]", 400, "filter"),
        ("filter=a[?(@.b=='" + "x" * 500 + "')]", 400, "filter"),
        ("filter=a|b", 501, "filter"),
        ("filter=a[?(%23=='b')]", 501, "filter"),
        ("filter=a[~'b']", 501, "filter"),
        ("filter=a[?(@.b=~/x/m)]", 501, "filter"),
        ("fields=a,$.nothing[0]", 400, "fields"),
        ("sort=$.a[", 400, "sort"),
        ("depth=3", 400, "depth"),
        ("expand=nothing", 400, "expand"),
        ("characteristic.a.b=1&nothing=2", 400, "nothing"),
        ("a=%00", 400, "a"),
        ("&".join(f"a{i}=1" for i in range(21)), 400, ""),
        ("a=" + ",".join("1" * 51), 400, "a"),
    ],
)
def test_refusals(query: str, status: int, field: str) -> None:
    with pytest.raises(ApiProblem) as caught:
        parse(query, ANYTHING)
    assert (caught.value.status, caught.value.field) == (status, field)


def test_one_resource_takes_only_fields() -> None:
    assert parse_one("fields=name", ANYTHING).fields == (("name",),)
    with pytest.raises(ApiProblem):
        parse_one("name=x", ANYTHING)


def test_fields_and_sort_may_be_jsonpath() -> None:
    query = parse("fields=name,$.item[?(@.id=='1,2')].state,a.b&sort=-$.item[0].price,name", ANYTHING)
    assert query.fields == (("name",), ("a", "b"))
    assert [e.text for e in query.expressions] == ["$.item[?(@.id=='1,2')].state"]
    assert [(key.descending, key.path, key.expression is not None) for key in query.sort] == [
        (True, (), True),
        (False, ("name",), False),
    ]


@pytest.mark.parametrize(
    ("header", "span"),
    [("items=0-9", (0, 9)), ("Items = 5 - 5", (5, 5)), ("bytes=0-1", None)],
)
def test_range(header: str, span: tuple[int, int] | None) -> None:
    assert range_header(header) == span


@pytest.mark.parametrize("header", ["items=", "items=5-4", "items=a-b", "items=0-", "items=0-1000", "items=0-1,3-4"])
def test_range_that_cannot_be_read(header: str) -> None:
    with pytest.raises(ApiProblem) as caught:
        range_header(header)
    assert caught.value.status == 416
