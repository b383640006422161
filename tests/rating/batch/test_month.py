"""A full month of the demo brand's usage: both engines say the same of every event, balance and counter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from linehouse.kernel.period import Period
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


def test_the_demo_month_is_the_same_in_columns():
    people = [Subscriber(f"20404{number:010d}", f"3161020{number:04d}") for number in range(12)]
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
    plans = (Plan.of("robin-sim-only", held(20, None, None)), Plan.of("robin-standard", held(5, 120, 40_000_000)))
    events = frame(rows)
    assert len(events) > 2_000
    assert same(RateBook(robin(), plans), [place % 2 for place in range(12)], events) > len(events) * 0.9
