"""Recurring allowances: first periods, changes in mid period, overage that is carried."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.rating.allowance_periods import (
    Carried,
    FromDay,
    OnChange,
    carry_overage,
    first_amount,
    left_after_change,
    period_amount,
)
from linehouse.rating.values import Rollover

GB = 10**9


def test_a_first_period_gets_everything_or_its_days_rounded_up():
    assert first_amount(20 * GB, 21, 30, prorate=False) == 20 * GB
    assert first_amount(20 * GB, 21, 30, prorate=True) == 14 * GB
    assert first_amount(100, 20, 30, prorate=True) == 67


@pytest.mark.parametrize(
    ("old", "new", "day", "used", "how", "left"),
    [
        # 20 GB for ten days of thirty, 50 GB for twenty: 6.666… + 33.333… = 40 GB.
        (20 * GB, 50 * GB, 10, 5 * GB, OnChange.PRORATE, 35 * GB),
        # 100 messages for ten days of thirty and 10 for twenty: 33.3 + 6.7 = 40.
        (100, 10, 10, 40, OnChange.PRORATE, 0),
        (100, 10, 10, 90, OnChange.PRORATE, 0),
        # 10 × 1/30 + 11 × 29/30 = 10.97, rounded up.
        (10, 11, 1, 0, OnChange.PRORATE, 11),
        (20 * GB, 50 * GB, 10, 5 * GB, OnChange.REPLACE, 45 * GB),
        (50 * GB, 20 * GB, 10, 30 * GB, OnChange.REPLACE, 0),
        (20 * GB, 50 * GB, 10, 5 * GB, OnChange.FRESH, 50 * GB),
    ],
)
def test_a_change_in_mid_period(old, new, day, used, how, left):
    assert left_after_change([FromDay(0, old), FromDay(day, new)], 30, used, how) == left


def test_a_fresh_allowance_is_given_once_per_period():
    states = [FromDay(0, 10), FromDay(5, 20), FromDay(9, 30)]
    assert left_after_change(states, 30, 12, OnChange.FRESH, freshened=True) == 18


def test_of_several_changes_on_one_day_the_last_counts():
    assert period_amount([FromDay(0, 30), FromDay(10, 900), FromDay(10, 60)], 30) == 50
    assert period_amount([FromDay(0, 900), FromDay(0, 30)], 30) == 30


@given(st.integers(0, 10**12), st.lists(st.tuples(st.integers(1, 29), st.integers(0, 10**12)), max_size=5))
def test_the_order_of_changes_on_different_days_does_not_matter(first, changes):
    states = [FromDay(0, first), *(FromDay(day, amount) for day, amount in dict(changes).items())]
    backwards = [states[0], *reversed(states[1:])]
    given_ = period_amount(states, 30)
    assert given_ == period_amount(backwards, 30)
    assert min(state.amount for state in states) <= given_ <= max(state.amount for state in states)


@given(st.integers(0, 1000), st.integers(0, 3000))
def test_overage_is_carried_as_far_as_it_goes(amount, overage):
    carried = carry_overage(amount, overage)
    assert carried.amount >= 0
    assert carried.overage >= 0
    assert amount - carried.amount == overage - carried.overage
    assert carry_overage(20, 5) == Carried(15, 0)


@pytest.mark.parametrize(("unused", "moves"), [(0, 0), (3, 0), (4, 4), (9, 9), (12, 10)])
def test_rollover_moves_what_lies_between_its_bounds(unused, moves):
    assert Rollover(minimum=4, maximum=10, lasts=timedelta(days=30)).of(unused) == moves
