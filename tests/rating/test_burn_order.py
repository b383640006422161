"""Which bucket pays, as docs/rules/burn-order.md tells it."""

from __future__ import annotations

from datetime import UTC, datetime, time
from fractions import Fraction

import pytest

from linehouse.kernel.period import Period
from linehouse.rating.service import consume, explain, in_burn_order
from linehouse.rating.values import (
    BucketKind,
    Conditions,
    Due,
    Fee,
    PaidBy,
    Scope,
    TimeBand,
    UsageType,
    Verdict,
    WeeklyWindow,
    WhenEmpty,
)
from tests.rating.builders_rating import (
    AMSTERDAM,
    LONG_AGO,
    MIN,
    S,
    call,
    data,
    purse,
    rule,
    step,
    tariff,
    units,
)

ONE_ONE = tariff([rule("r", [step(1, unit=1, block=1)])])
BY_MINUTE = tariff([rule("r", [step(150_000, block=MIN)], connect=Fee(50_000))])


def until(year: int) -> Period:
    return Period(LONG_AGO, datetime(year, 1, 1, tzinfo=UTC))


def covering(*usage_types: UsageType, **more) -> Scope:
    return Scope(include=(Conditions(usage_types=usage_types, **more),))


def test_the_order():
    wide, narrow = covering(UsageType.DATA), covering(UsageType.DATA, network_zones=("home",))
    buckets = {
        "units before money": units("1", 1, priority=200),
        "promotional before main": purse("2", 1, BucketKind.PROMOTIONAL, priority=300),
        "main last": purse("3", 1, priority=1),
        "lowest priority first": units("0a", 1, priority=1),
        "then the one that expires first": units("0b", 1, priority=2, valid=until(2027)),
        "then the narrower scope": units("0c", 1, priority=2, valid=until(2028), scope=narrow, shared=True),
        "then own": units("0d", 1, priority=2, valid=until(2028), scope=wide),
        "before shared": units(
            "0e", 1, priority=2, valid=until(2028), scope=wide, shared=True, created_at=datetime(2026, 2, 1, tzinfo=UTC)
        ),
        "then the oldest": units(
            "0f", 1, priority=2, valid=until(2028), scope=wide, shared=True, created_at=datetime(2026, 3, 1, tzinfo=UTC)
        ),
    }
    assert [bucket.ref for bucket in in_burn_order(reversed(buckets.values()))] == sorted(
        bucket.ref for bucket in buckets.values()
    )


class TestBlocks:
    def test_a_covered_block_takes_units_and_no_money_and_no_connect(self):
        decided = consume([units("u", 10 * MIN), purse("m", None)], BY_MINUTE, call(61 * S))
        assert (decided.unit_takes, decided.money_takes) == ({"u": 2 * MIN}, {})

    def test_connect_always_is_due_all_the_same(self):
        always = tariff([rule("r", [step(150_000, block=MIN)], connect=Fee(50_000, Due.ALWAYS))])
        decided = consume([units("u", 10 * MIN), purse("m", None)], always, call(61 * S))
        assert (decided.unit_takes, decided.money_takes) == ({"u": 2 * MIN}, {"m": 50_000})

    def test_exact_takes_what_was_used(self):
        decided = consume([units("u", 10 * MIN, exact=True)], BY_MINUTE, call(61 * S))
        assert decided.unit_takes == {"u": 61 * S}

    def test_what_cannot_be_covered_in_full_goes_on_and_the_rest_stays(self):
        decided = consume([units("u", 90 * S), purse("m", None)], BY_MINUTE, call(2 * MIN))
        assert (decided.unit_takes, decided.money_takes) == ({"u": 60 * S}, {"m": 150_000})

    def test_partial_takes_the_remainder_and_money_pays_pro_rata(self):
        decided = consume([units("u", 90 * S, partial=True), purse("m", None)], BY_MINUTE, call(2 * MIN))
        assert (decided.unit_takes, decided.money_takes) == ({"u": 90 * S}, {"m": 75_000})

    def test_an_exact_bucket_that_failed_on_a_block_covers_the_short_last_one(self):
        buckets = [units("u", 5 * S, exact=True), purse("m", None)]
        decided = consume(buckets, BY_MINUTE, call(2 * MIN + 4 * S))
        assert (decided.unit_takes, decided.money_takes) == ({"u": 4 * S}, {"m": 350_000})

    def test_a_bucket_with_its_own_block(self):
        decided = consume([units("u", 10 * MIN, block=10 * S)], BY_MINUTE, call(61 * S))
        assert decided.unit_takes == {"u": 70 * S}

    def test_a_factor_is_rounded_up_once_per_event(self):
        decided = consume([units("u", 10, factor=Fraction(1, 3))], ONE_ONE, call(7))
        assert decided.unit_takes == {"u": 3}

    def test_covered_units_count_for_the_position(self):
        stepped = tariff([rule("r", [step(9, unit=1, block=1), step(1, unit=1, block=1, start=10)])])
        decided = consume([units("u", 10), purse("m", None)], stepped, call(15))
        assert decided.money_takes == {"m": 5}

    def test_unlimited_never_empties(self):
        decided = consume([units("u", None), purse("m", 0)], ONE_ONE, call(10**9))
        assert (decided.unit_takes, decided.uncollected) == ({"u": 10**9}, 0)


class TestScope:
    @pytest.mark.parametrize(
        ("scope", "covered"),
        [
            (Scope(), True),
            (covering(UsageType.DATA), False),
            (covering(UsageType.VOICE, number_zones=("nl-mobile",)), True),
            (covering(UsageType.VOICE, number_zones=("de",)), False),
            (Scope(exclude=(Conditions(number_zones=("nl-mobile",)),)), False),
            (Scope(include=(Conditions(), Conditions()), exclude=(Conditions(network_zones=("home",)),)), False),
            (covering(UsageType.VOICE, time_bands=("never heard of",)), False),
        ],
    )
    def test_no_include_means_all_and_exclude_beats_include(self, scope, covered):
        decided = consume([units("u", 100, scope=scope), purse("m", None)], ONE_ONE, call(7))
        assert decided.unit_takes == ({"u": 7} if covered else {})

    def test_scope_is_tested_at_the_start_of_each_block(self):
        day = TimeBand(
            key="day", name="Day", windows=(WeeklyWindow(weekdays=frozenset(range(7)), start=time(8), end=time(18)),)
        )
        timed = tariff([rule("r", [step(60_000, block=10 * S)])], time_bands={"day": day})
        bucket = units("u", 10 * MIN, scope=covering(UsageType.VOICE, time_bands=("day",)))
        start = datetime(2026, 11, 2, 17, 59, 35, tzinfo=AMSTERDAM)
        decided = consume([bucket, purse("m", None)], timed, call(60 * S, at=start))
        assert (decided.unit_takes, decided.money_takes) == ({"u": 30 * S}, {"m": 30_000})

    def test_a_bucket_that_expires_during_a_call_covers_blocks_that_begin_before(self):
        start = datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC)
        buckets = [units("u", 100 * MIN, valid=until(2027)), purse("m", None)]
        decided = consume(buckets, tariff([rule("r", [step(60_000, block=20 * S)])]), call(2 * MIN, at=start))
        assert (decided.unit_takes, decided.money_takes) == ({"u": 40 * S}, {"m": 80_000})

    def test_a_late_record_does_not_touch_a_bucket_of_another_time(self):
        buckets = [units("u", 100, valid=until(2027)), purse("m", None)]
        decided = consume(buckets, ONE_ONE, data(5, at=datetime(2027, 1, 1, tzinfo=UTC)))
        assert decided.unit_takes == {}


class TestEmpty:
    def test_block_means_that_money_is_not_asked(self):
        buckets = [units("u", 3, when_empty=WhenEmpty.BLOCK), purse("m", None)]
        decided = consume(buckets, ONE_ONE, data(5))
        assert (decided.unit_takes, decided.money_takes, decided.blocked) == ({"u": 3}, {}, 2)
        assert [part.paid_by for part in decided.priced.parts] == [PaidBy.BUCKET, PaidBy.EMPTY]

    def test_another_bucket_may_still_pay(self):
        buckets = [units("u", 0, when_empty=WhenEmpty.BLOCK), units("v", 5, priority=200)]
        assert consume(buckets, ONE_ONE, data(5)).unit_takes == {"v": 5}

    def test_stop_asks_nobody_after_it(self):
        buckets = [units("u", 0, stop=True), units("v", 5, priority=200), purse("m", None)]
        decided = consume(buckets, ONE_ONE, data(5))
        assert (decided.unit_takes, decided.money_takes, decided.blocked) == ({}, {}, 5)

    def test_all_blocked_is_said_so(self):
        decided = consume([units("u", 0, when_empty=WhenEmpty.BLOCK)], ONE_ONE, data(5))
        assert (decided.priced.verdict, decided.priced.reason) == (Verdict.BLOCKED, "blocked-by-empty-bucket")


class TestMoney:
    def test_promotional_before_main(self):
        buckets = [purse("main", 100), purse("promo", 4, BucketKind.PROMOTIONAL)]
        assert consume(buckets, ONE_ONE, data(10)).money_takes == {"promo": 4, "main": 6}

    def test_a_prepaid_balance_is_debited_as_far_as_it_goes(self):
        decided = consume([purse("main", 4)], ONE_ONE, data(10))
        assert (decided.money_takes, decided.uncollected) == ({"main": 4}, 6)
        assert str(explain(decided)[-1]) == "Nobody could pay 0.000006 EUR: uncollected usage."

    def test_promotional_credit_for_some_usage_only(self):
        promo = purse("promo", 100, BucketKind.PROMOTIONAL, scope=covering(UsageType.VOICE))
        assert consume([promo, purse("main", 100)], ONE_ONE, data(10)).money_takes == {"main": 10}

    def test_a_correction_goes_back_to_main_and_to_no_bucket(self):
        buckets = [units("u", 100), purse("promo", 4, BucketKind.PROMOTIONAL), purse("main", 4)]
        decided = consume(buckets, ONE_ONE, data(-10, correction=True))
        assert (decided.unit_takes, decided.money_takes) == ({}, {"main": -10})
