"""A full month of the demo brand's usage: both engines say the same of every event, balance and counter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from linehouse.kernel.period import Period
from linehouse.rating.batch.engine import compile_book, rate_piece
from linehouse.rating.batch.values import Holding, Plan, RateBook
from linehouse.rating.values import Conditions, Scope, UsageType
from linehouse.simulators.cdr_feed.usage import Habits, Subscriber, make_usage
from tests.rating.batch.test_same_answers import DATA, SMS, VOICE, frame, row, same
from tests.rating.builders_rating import AMSTERDAM, GB, MIN, purse, robin, units

NOVEMBER = Period(datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))
KIND = {"voice": VOICE, "sms": SMS, "data": DATA}
ABROAD = ["204-04"] * 8 + ["208-01", "310-410"]


def covering(kind: UsageType) -> Scope:
    return Scope(include=(Conditions(usage_types=(kind,), network_zones=("home", "roaming-union")),))


def held(gigabytes: int, minutes: int | None, money: int | None) -> list[Holding]:
    data = units("data", gigabytes * GB, valid=NOVEMBER, scope=covering(UsageType.DATA))
    calls = units("calls", minutes and minutes * MIN, valid=NOVEMBER, scope=covering(UsageType.VOICE))
    return [Holding(data, "octet"), Holding(calls, "ms"), Holding(purse("money", money), "EUR")]


def month(count: int) -> pl.DataFrame:
    people = [Subscriber(f"20404{number:010d}", f"3161020{number:04d}") for number in range(count)]
    uses = make_usage(
        "2026", people, date(2026, 11, 1), 30, AMSTERDAM, Habits(calls=5, largest_session_octets=300_000_000)
    )
    places = {one.imsi: place for place, one in enumerate(people)}
    rows = [
        row(
            places[use.subscriber.imsi],
            use.started_at,
            {"voice": use.seconds * 1000, "sms": 1, "data": use.octets_up + use.octets_down}[use.kind],
            usage_type=KIND[use.kind],
            direction=0 if use.direction == "out" else 1,
            party=f"+{use.party}" if use.party else "",
            network=ABROAD[use.reference % 10],
            ended=None
            if not use.seconds
            else int((use.started_at + timedelta(seconds=use.seconds)).timestamp()) * 10**6,
        )
        for use in uses
    ]
    return frame(rows)


PLANS = (Plan.of("robin-sim-only", held(20, None, None)), Plan.of("robin-standard", held(5, 120, 40_000_000)))


def test_the_demo_month_is_the_same_in_columns():
    events = month(12)
    assert len(events) > 2_000
    assert same(RateBook(robin(), PLANS), [place % 2 for place in range(12)], events) > len(events) * 0.9


def test_the_demo_month_is_rated_by_the_loop_but_for_one_record_in_a_hundred():
    """A word that is new in a tariff, a price or a bucket, and that the loop is not told of, fails here."""
    events = month(40)
    rated = rate_piece(compile_book(RateBook(robin(), PLANS)), np.array([0, 1] * 20, np.int32), events)
    assert len(events) > 8_000
    assert rated.exact <= len(events) // 100


def test_a_compiled_book_takes_more_plans_and_answers_as_one_made_for_them():
    events, plan_of = month(12), np.array([0, 1, 2] * 4, np.int32)
    longer = (*PLANS, Plan.of("robin-standard", held(1, 30, 5_000_000), cycle_day=7))
    grown = compile_book(RateBook(robin(), PLANS))
    rate_piece(grown, plan_of % 2, events)
    assert grown.grow(longer)
    after, anew = (rate_piece(book, plan_of, events) for book in (grown, compile_book(RateBook(robin(), longer))))
    assert after.rows.equals(anew.rows)
    assert after.balances.equals(anew.balances)
    other = Plan.of("robin-standard", [Holding(units("any", GB, valid=NOVEMBER), "octet")])
    assert not grown.grow((*longer, other))
    assert grown.book.plans == longer
