"""The worked tables of docs/rules/cost.md, executed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.charging.posting import split
from linehouse.insight.what_if import ByType, Side
from linehouse.insight.what_if_sums import BARS, break_even, step_for
from linehouse.rating.cost import cost_of
from linehouse.rating.example_text import parse_example
from linehouse.rating.price import price
from linehouse.rating.values import UsageEvent
from linehouse.rating.yaml_source import load_marked

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "rules" / "cost.md").read_text(encoding="utf-8")
ROBIN = read_catalogue(read_folder(ROOT / "brands" / "robin")).catalogue


def rows(first: str) -> Iterator[list[str]]:
    """The rows of the table whose first heading it is."""
    lines = iter(TEXT.splitlines())
    next(line for line in lines if line.startswith(f"| {first} |"))
    next(lines)
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def micros(text: str) -> int:
    return int(Decimal(text.replace("−", "-")) * 1_000_000)


@pytest.mark.parametrize("row", list(rows("used")), ids=lambda row: row[0])
def test_what_usage_costs(row: list[str]) -> None:
    sentence, *figures = row
    tariff, wholesale = ROBIN.tariffs["robin-sim-only"], ROBIN.tariffs["host-wholesale"]
    (node,) = load_marked(f"- {sentence} costs 0", "row").items()
    said = parse_example(node, tariff)
    event = UsageEvent(
        usage_type=said.usage_type,
        direction=said.direction,
        started_at=said.started_at,
        quantity=said.quantity.amount,
        other_party=said.other_party,
        serving_plmn=said.serving_plmn,
        serving_country=said.serving_country,
    )
    retail = price(tariff, event).total.micros
    net = split(retail, tariff.tax_mode, Fraction(21, 100)).net
    cost = cost_of(wholesale, event, "EUR").micros
    assert cost is not None
    assert [retail, net, cost, net - cost] == [micros(figure) for figure in figures]


@pytest.mark.parametrize("row", list(rows("revenue before")), ids=lambda row: "-".join(row[:2]))
def test_where_a_plan_breaks_even(row: list[str]) -> None:
    before, after, fees, cost, parts, now, same, none = row
    found = break_even(
        Side(usage_net=micros(before)),
        Side(fee_net=micros(fees), usage_net=micros(after) - micros(fees), cost=micros(cost)),
        Fraction(parts),
        micros(fees),
        {},
    )
    assert (found.fee_now, found.fee_same_revenue, found.fee_no_margin) == (micros(now), micros(same), micros(none))


def test_the_price_of_a_unit_at_which_nothing_is_left() -> None:
    """20 GB were charged at 2.00; of the margin of 10.00 each GB may lose 0.50."""
    data = ByType(net=40_000_000, charged=20 * 10**9)
    found = break_even(Side(), Side(usage_net=40_000_000, cost=30_000_000), Fraction(0), 0, {"data": data})
    assert (found.fee_now, found.prices) == (None, {"data": (2_000_000, 1_500_000)})
    assert break_even(Side(), Side(), Fraction(0), 0, {"sms": ByType(net=5, charged=0)}).prices == {}


@pytest.mark.parametrize(("highest", "lowest"), [(0, 0), (1, 0), (99_000_000, 0), (7_123_456_789, 0), (5, -40_000_000)])
def test_bars_are_few_and_round(highest: int, lowest: int) -> None:
    step = step_for(highest, lowest)
    assert step * BARS >= highest - min(lowest, 0)
    assert str(step).rstrip("0") in {"1", "2", "5"}
