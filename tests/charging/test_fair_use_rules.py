"""The worked tables of docs/rules/fair-use.md, executed; and plans that give too little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import pytest

from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.charging.controls.deciding import notice_due
from linehouse.charging.controls.values import CapRow, LineControls
from linehouse.charging.service.fair_use import fair_abroad
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.controls import default_controls
from linehouse.rating.regulation import due_abroad, is_open_bundle, wholesale_cap_of_data
from linehouse.rating.session.state import SpendCap
from linehouse.rating.values import TaxMode
from tests.conftest import ROBIN

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "rules" / "fair-use.md").read_text(encoding="utf-8")
CATALOGUE = read_catalogue(read_folder(ROBIN)).catalogue


def rows(name: str) -> Iterator[list[str]]:
    """The rows of a worked table."""
    lines = iter(TEXT.splitlines())
    next(line for line in lines if line == f"<!-- worked: {name} -->")
    next(lines)
    next(lines)
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def octets(text: str) -> int | None:
    return None if text == "no limit" else Quantity.parse(text).amount


@pytest.mark.parametrize("row", list(rows("fair-use")), ids=" ".join)
def test_what_a_plan_must_give_in_the_union(row: list[str]) -> None:
    price, at_home, on, cap, opened, volume = row
    day, bundle = date.fromisoformat(on), octets(at_home)
    found = wholesale_cap_of_data(day)
    assert found is not None
    assert found.amount == Decimal(cap)
    assert is_open_bundle(Decimal(price), bundle, day) is (opened == "yes")
    assert due_abroad(Decimal(price), bundle, day) == octets(volume)


@pytest.mark.parametrize("row", list(rows("limit")), ids=" ".join)
def test_when_a_limit_tells_and_stops(row: list[str]) -> None:
    limit, vat, prices, _, told, stops = row
    mode = TaxMode.GROSS if prices == "with 21 %" else TaxMode.NET
    tariff = replace(CATALOGUE.tariffs["robin-standard"], tax_mode=mode)
    cap = SpendCap(key="roaming-data", limit=micros(limit), vat=Fraction(21, 100) if vat == "without" else None)
    assert (cap.bound(tariff), cap.room(tariff)) == (micros(stops), micros(stops))
    line = LineControls(rules=default_controls("NL", "EUR"))
    for spent, percent in ((micros(told) - 1, None), (micros(told), 80), (micros(stops), 100)):
        seen = replace(cap, spent=spent)
        due = notice_due(ID, line, seen, CapRow(key="roaming-data"), tariff, stopped=False)
        assert (due[0] if due is not None else None) == percent


def test_a_plan_that_gives_less_is_not_published() -> None:
    sold = replace(CATALOGUE, valid_from=datetime(2026, 11, 1, tzinfo=UTC))
    assert list(fair_abroad(sold)) == []
    plan = sold.offerings["robin-sim-only-20"]
    [data] = [one for one in plan.allowances if one.unit is Unit.OCTET]
    at_home = tuple(replace(clause, network_zones=("home",)) for clause in data.scope.include)
    abroad = tuple(replace(clause, network_zones=("roaming-union",)) for clause in data.scope.include)
    less = (
        replace(data, key="data", scope=replace(data.scope, include=at_home)),
        replace(data, key="data-eu", amount=Quantity(5 * 10**9, Unit.OCTET), scope=replace(data.scope, include=abroad)),
    )
    poor = replace(sold, offerings={"robin-sim-only-20": replace(plan, allowances=less)})
    [problem] = fair_abroad(poor)
    assert (problem.code, problem.value, problem.expected) == ("charging.fair_use", "5 GB", "at least 20 GB")


def micros(text: str) -> int:
    return int(Decimal(text) * 10**6)


ID = UUID(int=1)
