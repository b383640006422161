"""Billing cycles: clamped in short months, back to the anchor afterwards, and blind to daylight saving."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.billing.cycles import add_months, cycle_of, cycle_start_on_or_after, next_cycle_start, periods
from linehouse.billing.values import MONTHLY
from linehouse.catalog.values import Anchor, PeriodLength, PeriodUnit
from linehouse.kernel.period import DatePeriod
from tests.billing.billing_values import AMSTERDAM, day

days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
cycle_days = st.integers(1, 31)


@pytest.mark.parametrize(
    ("from_day", "cycle_day", "expected"),
    [
        ("2026-01-31", 31, "2026-02-28"),
        ("2026-02-28", 31, "2026-03-31"),
        ("2028-01-31", 31, "2028-02-29"),
        ("2026-11-01", 1, "2026-12-01"),
        ("2026-12-31", 1, "2027-01-01"),
        ("2026-04-30", 31, "2026-05-31"),
    ],
)
def test_the_next_cycle_start_is_clamped_and_returns_to_the_anchor(
    from_day: str, cycle_day: int, expected: str
) -> None:
    assert next_cycle_start(day(from_day), cycle_day) == day(expected)


@given(days, cycle_days)
def test_every_day_lies_in_exactly_one_cycle(at: date, cycle_day: int) -> None:
    cycle = cycle_of(at, cycle_day)
    assert cycle.contains(at)
    assert 28 <= cycle.days <= 31
    assert cycle_of(cycle.end, cycle_day).start == cycle.end
    assert cycle_start_on_or_after(cycle.start, cycle_day) == cycle.start


@given(days, cycle_days, st.sampled_from(list(Anchor)), st.integers(1, 12), st.sampled_from(list(PeriodUnit)))
def test_periods_follow_each_other_without_gap_or_overlap(
    start: date, cycle_day: int, anchor: Anchor, count: int, unit: PeriodUnit
) -> None:
    found = list(periods(start, None, PeriodLength(count, unit), anchor, cycle_day, start + timedelta(days=200)))
    assert found[0].covered.start == start
    for before, after in itertools.pairwise(found):
        assert before.full.end == after.full.start
        assert before.covered.end == after.covered.start
    for period in found:
        assert period.full.start <= period.covered.start < period.covered.end <= period.full.end


def test_a_leading_stub_lies_in_the_cycle_that_ends_on_the_first_cycle_day() -> None:
    first, second = list(periods(day("2026-11-10"), None, MONTHLY, Anchor.CYCLE, 1, day("2026-12-01")))
    assert first.full == DatePeriod(day("2026-11-01"), day("2026-12-01"))
    assert first.covered == DatePeriod(day("2026-11-10"), day("2026-12-01"))
    assert second.full == second.covered == DatePeriod(day("2026-12-01"), day("2027-01-01"))


def test_an_end_cuts_the_last_period_and_closes_the_list() -> None:
    found = list(periods(day("2026-11-01"), day("2026-12-11"), MONTHLY, Anchor.CYCLE, 1, day("2027-06-01")))
    assert [p.covered for p in found] == [
        DatePeriod(day("2026-11-01"), day("2026-12-01")),
        DatePeriod(day("2026-12-01"), day("2026-12-11")),
    ]


def test_thirty_day_packs_run_from_the_day_they_began() -> None:
    length = PeriodLength(30, PeriodUnit.DAY)
    found = list(periods(day("2026-11-20"), None, length, Anchor.SUBSCRIPTION, 1, day("2026-12-31")))
    assert [p.full.start for p in found] == [day("2026-11-20"), day("2026-12-20")]


def test_daylight_saving_changes_hours_and_not_days() -> None:
    cycle = cycle_of(day("2026-10-25"), 1)
    instants = cycle.instants(AMSTERDAM)
    assert cycle.days == 31
    assert instants.end is not None
    assert (instants.end - instants.start) == timedelta(days=31, hours=1)


def test_months_are_counted_from_the_anchor_and_not_from_the_clamped_day() -> None:
    assert [add_months(day("2026-01-31"), n, 31) for n in range(4)] == [
        day("2026-01-31"),
        day("2026-02-28"),
        day("2026-03-31"),
        day("2026-04-30"),
    ]
