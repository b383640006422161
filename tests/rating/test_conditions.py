"""Conditions that the event itself answers, and words that stand in no table of the rule book."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from linehouse.kernel.numbering import Plmn
from linehouse.rating.service import consume, price
from linehouse.rating.values import (
    BandChange,
    Conditions,
    Counts,
    PaidBy,
    Per,
    Percent,
    Rollover,
    Verdict,
    WalkState,
    WhenEmpty,
)
from tests.rating.builders_rating import MIN, MONDAY_18, S, call, data, purse, rule, step, tariff, units
from tests.rating.rule_fixtures import DAY, EVENING

DEAR = rule("any", [step(600_000)])


@pytest.mark.parametrize(
    ("asked", "given_by"),
    [
        ({"closed_user_groups": ("fleet", "office")}, {"closed_user_groups": frozenset({"office"})}),
        ({"friend_lists": ("family",)}, {"friend_lists": frozenset({"family", "friends"})}),
        ({"segments": ("youth",)}, {"segments": frozenset({"youth"})}),
        ({"other_networks": (Plmn("204", "08"),)}, {"other_network": Plmn("204", "08")}),
    ],
)
def test_a_rule_for_those_that_the_event_names(asked, given_by):
    one = tariff([rule("them", [step(60_000)], Conditions(**asked)), DEAR])
    assert price(one, call(MIN, **given_by)).total.micros == 60_000
    assert price(one, call(MIN)).total.micros == 600_000


def test_what_lies_on_an_unknown_side_of_a_switch_is_priced_on_the_cheaper():
    rules = [rule("day", [step(9, 1, 1)], Conditions(time_bands=("day",))), rule("night", [step(1, 1, 1)])]
    one = tariff(rules, time_bands={"day": DAY})
    by_day, by_night = EVENING, EVENING + timedelta(minutes=1)
    assert price(one, data(5, at=by_day, priced_at=by_night)).total.micros == 5
    for first, second in ((by_day, by_night), (by_night, by_day)):
        assert price(one, data(5, at=by_day, priced_at=first, or_priced_at=second)).total.micros == 5


def test_a_correction_takes_back_what_was_used_last_in_the_period():
    steps = [step(10, 1, 1), step(1, 1, 1, start=100)]
    one = tariff([rule("r", steps, per=Per.PERIOD)])
    used = consume([purse("main", None)], one, data(20), counters={"t v1/r": 90})
    assert used.money_takes == {"main": 10 * 10 + 10 * 1}
    back = consume([purse("main", None)], one, data(-20, correction=True), counters={"t v1/r": 110})
    assert back.money_takes == {"main": -110}
    assert dict(back.counted) == {"t v1/r": -20}


def test_a_new_version_of_a_tariff_starts_the_steps_anew():
    steps = [step(10, 1, 1), step(1, 1, 1, start=100)]
    new = tariff([rule("r", steps, per=Per.PERIOD)], version="2")
    assert consume((), new, data(1), counters={"t v1/r": 500}).priced.total.micros == 10


def test_all_usage_moves_the_steps_of_the_period_where_the_tariff_says_so():
    steps = [step(10, 1, 1), step(1, 1, 1, start=100)]
    for counted, left in ((Counts.CHARGED, {}), (Counts.ALL, {"t v1/r": 50})):
        one = tariff([rule("r", steps, per=Per.PERIOD)], period_counts=counted)
        assert dict(consume([units("u", None)], one, data(50)).counted) == left


def test_a_cut_looks_ahead_of_what_is_reported():
    """A block is cut at 18:00 also when the part up to then was reported first and ended before."""
    rules = [rule("day", [step(600_000, block=MIN)], Conditions(time_bands=("day",))), rule("night", [step(60_000)])]
    one = tariff(rules, band_change=BandChange.CUT, time_bands={"day": DAY})
    first = consume((), one, call(10 * S, at=EVENING), resume=WalkState(), final=False)
    last = consume((), one, call(120 * S, at=EVENING), resume=first.state)
    assert last.priced == price(one, call(120 * S, at=EVENING))
    assert last.uncollected == 690_000 - 600_000


def test_the_mildest_promise_of_several_empty_buckets_counts():
    buckets = [units("a", 0, when_empty=WhenEmpty.BLOCK), units("b", 0, when_empty=WhenEmpty.THROTTLE)]
    decided = consume(buckets, tariff([DEAR]), call(MIN))
    assert decided.priced.verdict is Verdict.THROTTLED
    assert decided.priced.reason == "throttled-by-empty-bucket"
    assert [part.paid_by for part in decided.priced.parts] == [PaidBy.THROTTLED]


def test_a_redirect_is_said_so():
    decided = consume([units("a", 0, when_empty=WhenEmpty.REDIRECT)], tariff([DEAR]), call(MIN))
    assert (decided.priced.verdict, decided.priced.reason) == (Verdict.BLOCKED, "redirected-by-empty-bucket")


def test_a_first_use_is_told_with_its_instant():
    decided = consume([units("u", None, lasts=timedelta(days=30))], tariff([DEAR]), call(MIN))
    assert dict(decided.first_used) == {"u": MONDAY_18}


def test_a_percentage_of_nothing_said_is_unrated():
    one = tariff([rule("r", [], percent=Percent(rate=Fraction(3, 100)))])
    assert price(one, data(1)).reason == "no-amount"
    assert price(one, data(1, amount=1_000_000)).total.micros == 30_000


@pytest.mark.parametrize(("unused", "moves"), [(0, 0), (99, 0), (100, 100), (400, 400), (700, 500), (-5, 0)])
def test_rollover_lies_between_its_bounds(unused, moves):
    assert Rollover(minimum=100, maximum=500).of(unused) == moves
