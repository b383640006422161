"""The price function, as worked examples."""

from __future__ import annotations

from datetime import UTC, datetime, time
from fractions import Fraction
from time import perf_counter

import pytest

from linehouse.kernel.numbering import Plmn
from linehouse.kernel.rounding import Rounding
from linehouse.rating.service import explain, failed_examples, price
from linehouse.rating.values import (
    BandChange,
    Conditions,
    Direction,
    Due,
    Fee,
    PaidBy,
    RoundTo,
    RuleEffect,
    TimeBand,
    UsageType,
    Verdict,
    WeeklyWindow,
)
from tests.rating.builders_rating import (
    AMSTERDAM,
    MIN,
    MONDAY_18,
    NL_MOBILE,
    S,
    call,
    data,
    robin,
    rule,
    step,
    tariff,
)

SIXTY_ONE = (step(150_000, block=MIN), step(150_000, block=S, start=MIN))
WEEK = frozenset(range(7))
DAY_BAND = TimeBand(key="day", name="Day", windows=(WeeklyWindow(weekdays=WEEK, start=time(8), end=time(18)),))
DAY_AND_NIGHT = {"day": DAY_BAND}


def micros(rules, event, **more):
    return price(tariff(rules, **more), event).total.micros


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, 0), (1, 150_000), (59, 150_000), (60, 150_000), (61, 152_500), (90, 225_000), (3600, 9_000_000)],
)
def test_sixty_one_pricing(seconds, expected):
    assert micros([rule("r", SIXTY_ONE)], call(seconds * S)) == expected


def test_a_started_second_counts_only_because_the_block_says_so():
    assert micros([rule("r", [step(60_000, block=S)])], call(1_001)) == 2_000
    assert micros([rule("r", [step(60_000, block=1)])], call(1_001)) == 1_001


def test_explained_from_position_to_total():
    lines = explain(price(tariff([rule("r", SIXTY_ONE)]), call(61 * S)))
    assert [str(line) for line in lines] == [
        "1 min 1 s by tariff t v1.",
        "Number zone nl-mobile (prefix 316), network zone home (204-04).",
        "0 s – 1 min: 1 × 1 min at 0.15 EUR per 1 min = 0.15 EUR, rule r (r).",
        "1 min – 1 min 1 s: 1 × 1 s at 0.15 EUR per 1 min = 0.0025 EUR, rule r (r).",
        "Total 0.1525 EUR (tax included).",
    ]


def test_robin_price_lists_keep_their_promises():
    for known in robin().values():
        assert known.examples
        assert failed_examples(known) == []


class TestRules:
    def test_the_first_rule_whose_conditions_hold_prices(self):
        rules = [
            rule("mobile", [step(60_000)], Conditions(number_zones=("nl-mobile",))),
            rule("any", [step(600_000)]),
        ]
        assert micros(rules, call(S)) == 1_000
        assert micros(rules, call(S, to="+31201234567")) == 10_000

    def test_the_longest_prefix_wins_over_all_zones(self):
        rules = [rule("nl", [step(60_000)], Conditions(number_zones=("nl",)))]
        assert price(tariff(rules), call(S)).verdict is Verdict.UNRATED
        assert price(tariff(rules), call(S, to="+31201234567")).number.prefix == "31"

    @pytest.mark.parametrize("party", ["", "anonymous", "0612345678", "+", "+31abc", "112"])
    def test_what_cannot_be_normalised_is_unknown_never_home(self, party):
        priced = price(tariff([rule("nl", [step(1)], Conditions(number_zones=("nl", "nl-mobile")))]), call(S, to=party))
        assert (priced.verdict, priced.number.zone, priced.total.micros) == (Verdict.UNRATED, "unknown", 0)
        assert priced.reason == "no-rule"

    @pytest.mark.parametrize("plmn", [None, Plmn("999", "99"), Plmn("901", "12")])
    def test_an_unknown_network_is_unknown_never_home(self, plmn):
        rules = [rule("home", [step(1)], Conditions(network_zones=("home",)))]
        assert price(tariff(rules), call(S, serving_plmn=plmn)).network.zone == "unknown"

    def test_the_fallback_is_asked_only_when_no_own_rule_matched(self):
        base = tariff([rule("base", [step(600_000)])], key="base")
        own = [rule("sms", [step(1, unit=1, block=1)], Conditions(usage_types=(UsageType.SMS,)))]
        priced = price(tariff(own, fallback=base), call(S))
        assert (priced.total.micros, priced.parts[0].tariff) == (10_000, "base v1")

    @pytest.mark.parametrize(
        ("conditions", "fits", "other"),
        [
            (Conditions(directions=(Direction.IN,)), {"direction": Direction.IN}, {}),
            (Conditions(apns=("internet",)), {"apn": "internet.mnc004.mcc204.gprs"}, {"apn": "ims"}),
            (Conditions(rating_groups=(7,)), {"rating_group": 7}, {"rating_group": 8}),
            (Conditions(service_ids=("x",)), {"service_id": "x"}, {}),
            (Conditions(on_net=True), {"on_net": True}, {"on_net": None}),
        ],
    )
    def test_conditions(self, conditions, fits, other):
        rules = [rule("r", [step(1, unit=1, block=1)], conditions)]
        assert price(tariff(rules), data(1, **fits)).verdict is Verdict.PRICED
        assert price(tariff(rules), data(1, **other)).verdict is Verdict.UNRATED

    def test_blocked_and_free_are_said_so(self):
        assert price(tariff([rule("r", effect=RuleEffect.BLOCKED)]), call(S)).verdict is Verdict.BLOCKED
        assert price(tariff([rule("r", effect=RuleEffect.FREE)]), call(S)).verdict is Verdict.FREE


class TestPrice:
    def test_connect_free_units_and_steps_from_there(self):
        rules = [rule("r", [step(600_000, start=0), step(60_000, start=10 * S)], connect=Fee(50_000), free=5 * S)]
        # 5 s free, 10 s at 1 ct, 5 s at 0.1 ct, connect 5 ct
        assert micros(rules, call(20 * S)) == 50_000 + 100_000 + 5_000

    def test_within_the_free_units_nothing_is_due(self):
        rules = [rule("r", [step(600_000)], connect=Fee(50_000), free=5 * S)]
        assert micros(rules, call(5 * S)) == 0

    def test_finish_and_flat_are_due_once(self):
        rules = [rule("r", [step(0), step(0, start=60 * S, flat=200_000)], finish=Fee(30_000))]
        assert micros(rules, call(60 * S)) == 30_000
        assert micros(rules, call(900 * S)) == 230_000

    def test_minimum_and_maximum_include_connect(self):
        rules = [rule("r", [step(60_000)], connect=Fee(10_000), minimum=50_000, maximum=100_000)]
        assert micros(rules, call(S)) == 50_000
        assert micros(rules, call(50 * S)) == 60_000
        assert micros(rules, call(500 * S)) == 100_000

    def test_beyond_the_maximum_the_rest_is_free_and_shown(self):
        parts = price(tariff([rule("r", [step(60_000)], maximum=100_000)]), call(500 * S)).parts
        assert [(p.paid_by, p.start, p.end) for p in parts] == [
            (PaidBy.MONEY, 0, 100 * S),
            (PaidBy.MAXIMUM, 100 * S, 500 * S),
        ]

    def test_an_overhang_is_paid_and_the_next_step_begins_on_time(self):
        steps = [step(60_000, block=20 * S, overhang=True), step(6_000, start=50 * S)]
        # three blocks of 20 s for the first 50 s, then 10 s
        assert micros([rule("r", steps)], call(60 * S)) == 60_000 + 1_000

    @pytest.mark.parametrize(
        ("round_to", "expected"),
        [
            (RoundTo(), 333_333),
            (RoundTo(Rounding.UP, 6), 333_334),
            (RoundTo(Rounding.UP, 2), 340_000),
            (RoundTo(Rounding.DOWN, 2), 330_000),
            (RoundTo(Rounding.HALF_EVEN, 0), 0),
        ],
    )
    def test_rounded_once_at_the_end(self, round_to, expected):
        rules = [rule("r", [step(1_000_000, unit=3, block=1)])]
        priced = price(tariff(rules, round_to=round_to), data(1))
        assert (priced.total.micros, priced.exact) == (expected, Fraction(1_000_000, 3))

    def test_a_connect_fee_that_is_always_due_is_due_without_buckets_too(self):
        assert micros([rule("r", [step(0)], connect=Fee(7, Due.ALWAYS))], call(S)) == 7


class TestBadData:
    def test_nothing_used_costs_nothing_even_where_it_would_be_blocked(self):
        priced = price(tariff([rule("r", effect=RuleEffect.BLOCKED)]), call(0))
        assert (priced.verdict, priced.total.micros, priced.parts) == (Verdict.FREE, 0, ())

    def test_a_negative_quantity_is_unrated(self):
        assert price(tariff([rule("r", SIXTY_ONE)]), call(-1)).reason == "negative-quantity"

    def test_a_correction_gives_back_the_price_of_its_quantity(self):
        priced = price(tariff([rule("r", SIXTY_ONE)]), call(-61 * S, correction=True))
        assert (priced.verdict, priced.total.micros) == (Verdict.PRICED, -152_500)

    def test_an_impossible_quantity_is_unrated(self):
        assert price(tariff([rule("r", SIXTY_ONE)]), call(10**18)).reason == "quantity-out-of-range"


class TestBands:
    RULES = (
        rule("day", [step(600_000, block=MIN)], Conditions(time_bands=("day",))),
        rule("night", [step(60_000, block=S)]),
    )

    def at(self, hour: int, minute: int, second: int = 0) -> datetime:
        return datetime(2026, 11, 2, hour, minute, second, tzinfo=AMSTERDAM)

    def test_a_block_is_priced_by_the_rule_in_force_when_it_starts(self):
        # 17:59:30: the first minute starts by day and is paid in full, the next 60 s are by night
        event = call(120 * S, at=self.at(17, 59, 30))
        assert micros(self.RULES, event, time_bands=DAY_AND_NIGHT) == 600_000 + 60_000

    def test_cut_rounds_each_side_up_in_its_own_blocks(self):
        event = call(120 * S, at=self.at(17, 59, 30))
        cut = micros(self.RULES, event, time_bands=DAY_AND_NIGHT, band_change=BandChange.CUT)
        assert cut == 600_000 + 90_000

    def test_the_position_keeps_counting_over_the_boundary(self):
        rules = [
            rule("day", [step(0)], Conditions(time_bands=("day",))),
            rule("night", [step(0), step(60_000, start=60 * S)]),
        ]
        event = call(90 * S, at=self.at(17, 59, 30))
        assert micros(rules, event, time_bands=DAY_AND_NIGHT) == 30_000

    def test_a_gap_in_the_week_is_unrated_as_a_whole(self):
        event = call(120 * S, at=self.at(17, 59, 30))
        priced = price(tariff(self.RULES[:1], time_bands=DAY_AND_NIGHT), event)
        assert (priced.verdict, priced.reason, priced.total.micros) == (Verdict.UNRATED, "no-rule", 0)

    def test_data_is_priced_as_of_its_start(self):
        rules = [
            rule("day", [step(1, unit=1, block=1)], Conditions(time_bands=("day",))),
            rule("night", [step(9, unit=1, block=1)]),
        ]
        assert micros(rules, data(5, at=self.at(17, 59, 59)), time_bands=DAY_AND_NIGHT) == 5

    @pytest.mark.parametrize(
        ("start", "hours", "day_seconds"),
        [
            # clocks go back on 25 October 2026: 02:00–03:00 happens twice
            (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), 25, 2 * 3600),
            # clocks go forward on 29 March 2026: 02:00–03:00 does not happen
            (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), 23, 0),
            (datetime(2026, 3, 27, 23, 0, tzinfo=UTC), 24, 3600),
        ],
    )
    def test_days_of_23_and_25_hours(self, start, hours, day_seconds):
        night = TimeBand(key="day", name="2 to 3", windows=(WeeklyWindow(weekdays=WEEK, start=time(2), end=time(3)),))
        rules = [
            rule("two", [step(60_000)], Conditions(time_bands=("day",))),
            rule("rest", [step(0)]),
        ]
        event = call(hours * 3600 * S, at=start)
        assert micros(rules, event, time_bands={"day": night}) == day_seconds * 1_000


def test_a_long_call_costs_no_more_work_than_a_short_one():
    one = tariff([rule("r", SIXTY_ONE)])
    assert len(price(one, call(72 * 3600 * S)).parts) == 2
    started = perf_counter()
    for _ in range(200):
        price(one, call(72 * 3600 * S))
    assert perf_counter() - started < 2


def test_the_other_party_is_read_as_number_short_code_or_nothing():
    assert call(1, to=NL_MOBILE).e164 == "31612345678"
    assert call(1, to="112").short_code == "112"
    assert call(1, to="+31x").e164 is None
    assert MONDAY_18.weekday() == 0
