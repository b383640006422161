"""Proration: docs/rules/proration.md, row by row, and what holds for every split."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.billing.cycles import cycle_of
from linehouse.billing.proration import cumulative_parts, prorated, share
from linehouse.billing.values import MONTHLY
from linehouse.catalog.values import PeriodLength, PeriodUnit, Prorate
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money, money_sum
from linehouse.kernel.period import DatePeriod
from tests.billing.billing_values import day, eur


@pytest.mark.parametrize(
    ("price", "start", "end", "method", "expected"),
    [
        ("18.00", "2026-11-10", "2026-12-01", Prorate.DAY, "12.60"),
        ("18.00", "2026-11-01", "2026-12-01", Prorate.DAY, "18.00"),
        ("18.00", "2026-12-10", "2027-01-01", Prorate.DAY, "12.77"),
        ("18.00", "2027-02-15", "2027-03-01", Prorate.DAY, "9.00"),
        ("18.00", "2026-12-10", "2027-01-01", Prorate.DAYS30, "12.60"),
        ("18.00", "2027-02-15", "2027-03-01", Prorate.DAYS30, "9.60"),
        ("18.00", "2026-12-31", "2027-01-01", Prorate.DAYS30, "0.00"),
        ("18.00", "2026-12-10", "2027-01-01", Prorate.NONE, "18.00"),
    ],
)
def test_worked_examples(price: str, start: str, end: str, method: Prorate, expected: str) -> None:
    full = cycle_of(day(start), 1)
    assert prorated(eur(price), DatePeriod(day(start), day(end)), full, method, MONTHLY) == eur(expected)


def test_days_outside_the_period_are_refused() -> None:
    full = DatePeriod(day("2026-11-01"), day("2026-12-01"))
    with pytest.raises(Invalid):
        share(DatePeriod(day("2026-10-31"), day("2026-11-05")), full, Prorate.DAY, MONTHLY)


def test_the_only_rounding_is_the_last_one() -> None:
    # A second rounding of 0.0149999… by way of the micro-unit would give 0.02.
    full = DatePeriod(day("2026-01-01"), day("2027-01-01"))
    length = PeriodLength(1, PeriodUnit.YEAR)
    exact = share(DatePeriod(day("2026-01-01"), day("2026-01-02")), full, Prorate.DAY, length)
    assert exact == Fraction(1, 365)
    assert prorated(
        eur("5.474999"), DatePeriod(day("2026-01-01"), day("2026-01-02")), full, Prorate.DAY, length
    ) == eur("0.01")


@st.composite
def splits(draw: st.DrawFn) -> tuple[Money, DatePeriod, list[DatePeriod]]:
    start = draw(st.dates(date(2025, 1, 1), date(2028, 1, 1)))
    full = cycle_of(start, draw(st.integers(1, 31)))
    cuts = sorted(set(draw(st.lists(st.integers(1, full.days - 1), max_size=4))))
    edges = [full.start, *(full.start + timedelta(days=c) for c in cuts), full.end]
    price = Money(draw(st.integers(0, 500_000_000)), "EUR")
    return price, full, [DatePeriod(a, b) for a, b in itertools.pairwise(edges)]


@given(splits(), st.sampled_from([Prorate.DAY, Prorate.DAYS30]))
def test_exact_shares_of_a_split_sum_to_one(split: tuple[Money, DatePeriod, list[DatePeriod]], method: Prorate) -> None:
    _, full, parts = split
    assert sum((share(p, full, method, MONTHLY) for p in parts), Fraction(0)) == 1


@given(splits(), st.sampled_from([Prorate.DAY, Prorate.DAYS30]))
def test_rounded_parts_differ_from_the_whole_by_less_than_half_a_cent_each(
    split: tuple[Money, DatePeriod, list[DatePeriod]], method: Prorate
) -> None:
    price, full, parts = split
    amounts = [prorated(price, p, full, method, MONTHLY) for p in parts]
    assert all(a.micros >= 0 for a in amounts)
    assert abs(money_sum(amounts, "EUR").micros - price.micros) <= 5_000 * len(parts)


@given(splits(), st.sampled_from([Prorate.DAY, Prorate.DAYS30]))
def test_cumulative_parts_sum_to_the_rounded_whole(
    split: tuple[Money, DatePeriod, list[DatePeriod]], method: Prorate
) -> None:
    price, full, parts = split
    amounts = cumulative_parts(price, parts, full, method, MONTHLY)
    assert money_sum(amounts, "EUR") == price.rounded()
    assert all(a.micros >= 0 for a in amounts)
