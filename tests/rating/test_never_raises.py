"""Whatever a meter says about usage, the price function answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from linehouse.kernel.numbering import Plmn
from linehouse.rating.service import consume, explain, plain, price
from linehouse.rating.values import (
    Attribute,
    Direction,
    UsageEvent,
    UsageType,
    Verdict,
    WalkState,
)
from tests.rating.builders_rating import purse, robin
from tests.rating.test_properties import counted, purses, tariffs, unit_buckets

instants = st.datetimes(timezones=st.just(UTC))
texts = st.text(max_size=8) | st.sampled_from(["", "+31612345678", "112", "911", "+", "anonymous", "+999", "0", "٣"])
events = st.builds(
    UsageEvent,
    usage_type=st.sampled_from(UsageType),
    started_at=instants,
    quantity=st.integers(-(2**70), 2**70) | st.integers(-5, 200),
    direction=st.sampled_from(Direction),
    other_party=texts,
    serving_plmn=st.none() | st.sampled_from([Plmn("204", "04"), Plmn("999", "99"), Plmn("901", "12")]),
    serving_country=st.none() | texts,
    apn=st.none() | texts,
    rating_group=st.none() | st.integers(-1, 2**40),
    service_id=st.none() | texts,
    on_net=st.none() | st.booleans(),
    correction=st.booleans(),
    other_network=st.none() | st.just(Plmn("204", "08")),
    closed_user_groups=st.frozensets(texts, max_size=2),
    friend_lists=st.frozensets(texts, max_size=2),
    segments=st.frozensets(texts, max_size=2),
    amount=st.none() | st.integers(-(2**70), 2**70),
    utc_offset=st.none() | st.timedeltas(timedelta(days=-2), timedelta(days=2)),
    ended_at=st.none() | instants,
    priced_at=st.none() | instants,
    or_priced_at=st.none() | instants,
)
ROBIN = tuple(robin().values())


@settings(max_examples=200)
@given(st.sampled_from(ROBIN), events)
def test_any_event_against_the_demo_brands_tariffs(tariff, event):
    answer = price(tariff, event)
    assert answer.verdict in Verdict
    assert answer.verdict is not Verdict.UNRATED or (answer.reason and answer.detail)
    assert explain(answer)
    assert plain(answer)


@settings(max_examples=200)
@given(tariffs(), unit_buckets(), purses(), events, st.sampled_from(Attribute), st.booleans(), counted)
def test_any_event_against_any_tariff(tariff, given_units, money, event, attribute, serving, counters):
    object.__setattr__(tariff, "attribute", attribute)
    object.__setattr__(tariff, "serving_time", serving)
    answer = consume([*given_units, *money], tariff, event, counters=counters)
    assert answer.priced.verdict in Verdict
    kept = sum(answer.money_takes.values()) + answer.uncollected
    assert kept == answer.priced.total.micros


@settings(max_examples=100)
@given(tariffs(), unit_buckets(), st.lists(events, min_size=2, max_size=3))
def test_any_report_after_any_other(tariff, given_units, reports):
    state = WalkState()
    for event in reports:
        answer = consume([*given_units, purse("main", 100)], tariff, event, resume=state)
        state = answer.state or state


def test_an_instant_that_no_calendar_reaches_is_unrated():
    event = UsageEvent(usage_type=UsageType.VOICE, started_at=datetime(9999, 12, 31, tzinfo=UTC), quantity=60_000)
    assert price(ROBIN[0], event).reason == "instant-out-of-range"
