"""Cycle days, parts of cycles, and lengths of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from linehouse.balance.periods import amount_for, cycle_day_after, turn_from, validity_from
from linehouse.catalog.values import Allowance, FirstPeriod, PeriodLength, PeriodUnit
from linehouse.kernel.quantity import Quantity, Unit

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("day", "cycle_day", "after"),
    [
        ("2026-11-01", 1, "2026-12-01"),
        ("2026-11-30", 1, "2026-12-01"),
        ("2026-01-31", 31, "2026-02-28"),
        ("2026-02-28", 31, "2026-03-31"),
        ("2028-02-01", 30, "2028-02-29"),
        ("2026-12-15", 15, "2027-01-15"),
        ("2026-12-14", 15, "2026-12-15"),
    ],
)
def test_the_cycle_day_is_clamped_and_returns(day, cycle_day, after):
    assert cycle_day_after(date.fromisoformat(day), cycle_day) == date.fromisoformat(after)


@pytest.mark.parametrize("cycle_day", range(1, 32))
def test_periods_follow_each_other_without_gap_over_years(cycle_day):
    start, turns = datetime(2026, 1, 10, 9, 30, tzinfo=UTC), []
    for _ in range(40):
        turns.append(turn_from(start, cycle_day, AMSTERDAM))
        end = turns[-1].valid.end
        assert end is not None
        start = end
    assert all(one.valid.end == two.valid.start for one, two in pairwise(turns))
    assert all(turn.covered == turn.cycle for turn in turns[1:])
    assert all(28 <= turn.cycle <= 31 for turn in turns)


def test_a_first_part_gets_everything_or_its_days_rounded_up():
    turn = turn_from(datetime(2026, 11, 10, 9, tzinfo=UTC), 1, AMSTERDAM)
    assert (turn.covered, turn.cycle, turn.first_day) == (21, 30, date(2026, 11, 10))
    full = Allowance(key="data", unit=Unit.OCTET, amount=Quantity.parse("20 GB"), texts={}, recurring=True)
    part = Allowance(
        key="data",
        unit=Unit.MESSAGE,
        amount=Quantity(100, Unit.MESSAGE),
        texts={},
        recurring=True,
        first_period=FirstPeriod.PRORATE,
    )
    assert amount_for(full, turn, first=True) == 20 * 10**9
    assert amount_for(part, turn, first=True) == 70
    assert amount_for(part, turn, first=False) == 100
    odd = turn_from(datetime(2026, 11, 11, 9, tzinfo=UTC), 1, AMSTERDAM)
    assert amount_for(part, odd, first=True) == 67


def test_thirty_days_are_their_hours_and_a_month_is_a_month():
    start = datetime(2026, 10, 10, 8, tzinfo=UTC)
    assert validity_from(start, PeriodLength(30, PeriodUnit.DAY), AMSTERDAM).end == start + timedelta(days=30)
    # 10 October 10:00 in summer time; 10 November 10:00 in winter time.
    assert validity_from(start, PeriodLength(1, PeriodUnit.MONTH), AMSTERDAM).end == datetime(
        2026, 11, 10, 9, tzinfo=UTC
    )
    end_of_january = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert validity_from(end_of_january, PeriodLength(1, PeriodUnit.MONTH), AMSTERDAM).end == datetime(
        2026, 2, 28, 12, tzinfo=UTC
    )
    assert validity_from(start, None, AMSTERDAM).end is None
