"""Conditions and order on representations."""

from __future__ import annotations

from decimal import Decimal

import pytest

from linehouse.edge.tmf.kit.filters import ordered, predicate
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.query import Attributes, SortKey, parse

ANYTHING = Attributes(
    lambda path: path[0] != "characteristic" or len(path) < 2 or path[1] in ("name", "value"), ("characteristic",)
)
ORDER = {
    "id": "O-1",
    "orderDate": "2026-11-01T08:00:00Z",
    "priority": "4",
    "total": {"value": Decimal("18.10"), "unit": "EUR"},
    "isBundle": True,
    "relatedParty": [{"id": "C-1", "role": "customer"}, {"id": "C-2", "role": "payer"}],
    "characteristic": [{"name": "speed", "value": 20}],
}


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("id=O-1", True),
        ("id=O-2", False),
        ("id=O-2,O-1", True),
        ("orderDate=2026-11-01T09:00:00%2B01:00", True),
        ("orderDate='2026-11-01T08:00:00.000Z'", True),
        ("orderDate.gt=2026-11-01", True),
        ("orderDate.gt=2026-11-01T08:00:00Z", False),
        ("orderDate.gte=2026-11-01T08:00:00Z", True),
        ("orderDate.lt=2026-11-02", True),
        ("total.value=18.1", True),
        ("total.value.gt=9", True),
        ("total.value.lte=18.1", True),
        ("total.value=abc", False),
        ("id.ne=O-2", True),
        ("id!=O-1", False),
        ("id.ne=O-2,O-1", False),
        ("relatedParty.id.ne=C-3", True),
        ("relatedParty.id.ne=C-2", False),
        ("absent.ne=1", True),
        ("characteristic.speed=20", True),
        ("characteristic.speed.gte=20.0", True),
        ("characteristic.speed=21", False),
        ("characteristic.colour=20", False),
        ("characteristic.speed.ne=21", True),
        ("filter=characteristic[?(@.name=='speed' %26%26 @.value==20)]", True),
        ("filter=$.characteristic[?(@.name=='speed' %26%26 @.value%3E20)]", False),
        ("filter=relatedParty[?(@.role=='payer' || @.role=='owner')]", True),
        ("filter=characteristic[?(@.name=='speed'&&@.value==20)]&id=O-1", True),
        ("filter=characteristic[?(@.name=='speed'&&@.value==20)]&id=O-2", False),
        ("filter=relatedParty[?!(@.role=='payer')].id", True),
        ("filter=[?(@.orderDate==%222026-11-01T09:00:00+01:00%22)]", True),
        ("filter=[?(@.total.value%3E=18.1)]", True),
        ("filter=[?(@.total.value==18.10)]", True),
        ("filter=[?(@.total.value!=18.1)]", False),
        ("filter=[?(@.isBundle==true)]", True),
        ("filter=[?(@.isBundle==1)]", False),
        ("filter=[?(@.id=~/O-\\d/)]", True),
        ("filter=[?(@.id=~/o-1/i)]", True),
        ("filter=[?(@.id=~/O/)]", False),
        ("filter=[?search(@.id, 'O')]", True),
        ("filter=[?length(@.relatedParty)==2]", True),
        ("filter=$..unit", True),
        ("priority.gt=10", False),
        ("isBundle=true", True),
        ("isBundle=false", False),
        ("relatedParty.id=C-2", True),
        ("relatedParty.id=C-3", False),
        ("relatedParty.role.regex=^pay", True),
        ("characteristic.value=20", True),
        ("missing=1", False),
        ("id=O-1&total.unit=EUR", True),
        ("id=O-1&total.unit=USD", False),
    ],
)
def test_condition(query: str, holds: bool) -> None:
    parsed = parse(query, ANYTHING)
    assert predicate(parsed.conditions, parsed.filters)(dict(ORDER)) is holds


def test_a_bad_expression_is_refused() -> None:
    with pytest.raises(ApiProblem) as caught:
        predicate(parse("id.regex=(", ANYTHING).conditions)
    assert caught.value.status == 400


def test_order_by_value_with_absent_last() -> None:
    rows: list[dict[str, object]] = [
        {"id": "a", "n": Decimal(10)},
        {"id": "b", "n": 9},
        {"id": "c"},
        {"id": "d", "n": 9},
    ]
    keys: tuple[SortKey, ...] = (SortKey(("n",), descending=False),)
    assert [r["id"] for r in ordered(rows, keys)] == ["b", "d", "a", "c"]
    keys = (SortKey(("n",), descending=True), SortKey(("id",), descending=True))
    assert [r["id"] for r in ordered(rows, keys)] == ["a", "d", "b", "c"]


def test_order_of_instants_with_and_without_fractions() -> None:
    rows: list[dict[str, object]] = [
        {"id": "late", "d": "2026-11-01T08:00:00.5Z"},
        {"id": "early", "d": "2026-11-01T08:00:00Z"},
    ]
    assert [r["id"] for r in ordered(rows, (SortKey(("d",), descending=False),))] == ["early", "late"]
