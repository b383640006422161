"""Columns and the price function give the same answers, to the last micro-unit, and leave the same behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

import numpy as np
import polars as pl
from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from linehouse.kernel.numbering import Plmn
from linehouse.kernel.period import Period
from linehouse.kernel.rounding import Rounding
from linehouse.rating.batch.engine import compile_book, rate_piece
from linehouse.rating.batch.events import KINDS, REQUIRED, SINGLE, USAGE_TYPES, micros
from linehouse.rating.batch.kernel import fast_decide, plain_decide
from linehouse.rating.batch.values import Holding, Later, Plan, RateBook
from linehouse.rating.values import (
    AtMaximum,
    Attribute,
    BandChange,
    BucketKind,
    Conditions,
    Due,
    Fee,
    NetworkZone,
    NumberZone,
    RoundTo,
    RuleEffect,
    Scope,
    TimeBand,
    UsageType,
    WeeklyWindow,
    WhenEmpty,
    ZoneKind,
)
from tests.rating.batch.one_by_one import OneByOne
from tests.rating.builders_rating import HOME, NL_MOBILE, purse, rule, step, tariff, units
from tests.rating.test_properties import START, purses, tariffs, unit_buckets

COLUMNS = {**REQUIRED, **KINDS, **SINGLE}
VOICE, SMS, DATA = (USAGE_TYPES.index(one) for one in (UsageType.VOICE, UsageType.SMS, UsageType.DATA))


def frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Rows with whatever columns they have, in the order of subscribers and time."""
    found = pl.DataFrame(rows, schema={name: COLUMNS[name] for name in COLUMNS if any(name in row for row in rows)})
    return found.sort("subscriber", "started", maintain_order=True)


def row(subscriber: int, started: datetime, quantity: int, **more: object) -> dict[str, object]:
    """A call to a mobile at home."""
    return {
        "subscriber": subscriber,
        "started": micros(started),
        "quantity": quantity,
        "usage_type": VOICE,
        "direction": 0,
        "party": NL_MOBILE,
        "network": str(HOME),
        **more,
    }


def same(book: RateBook, plan_of: list[int], events: pl.DataFrame, *, plain: bool = False) -> int:
    """Both ways, row by row and bucket by bucket; how many rows the loop decided by itself."""
    slow = OneByOne(book, plan_of)
    expected = slow.rate(events)
    decide = plain_decide if plain else fast_decide()
    rated = rate_piece(compile_book(book), np.array(plan_of, np.int32), events, decide=decide)
    assert rated.rows.to_dicts() == expected
    balances = {(one["subscriber"], one["bucket"]): one for one in rated.balances.to_dicts()}
    seen = set(events["subscriber"].to_list())
    assert {owner for owner, _ in balances} <= seen
    for subscriber in seen:
        for ref, bucket in slow.buckets[subscriber].items():
            assert balances[subscriber, ref]["left"] == bucket.available
            assert balances[subscriber, ref]["taken"] == slow.taken.get((subscriber, ref), 0)
    counted = {(one["subscriber"], one["period"], one["counter"]): one["used"] for one in rated.counters.to_dicts()}
    assert {key: used for key, used in counted.items() if used} == {
        (*key, counter): used for key, found in slow.counters.items() for counter, used in found.items() if used
    }
    return len(events) - rated.exact


@st.composite
def any_plan(draw, name):
    held = [Holding(one, "ms") for one in draw(unit_buckets(partial=True))]
    return Plan.of(name, [*held, *(Holding(one, "EUR") for one in draw(purses()))])


starts = st.integers(-60, 200).map(lambda ms: START + timedelta(milliseconds=ms))
calls = st.builds(row, st.integers(0, 2), starts, st.integers(-3, 120), correction=st.booleans())


@settings(max_examples=150)
@given(tariffs(), st.data(), st.lists(calls, min_size=1, max_size=8))
def test_every_word_of_a_tariff(priced_by, data, events):
    plans = (data.draw(any_plan("t")), data.draw(any_plan("t")))
    same(RateBook({"t": priced_by}, plans), [0, 1, 0], frame(events))


# --- what the loop decides by itself: no counters, no steps of a period ----------------------------------------------

WEEK, WORKING = frozenset(range(7)), frozenset(range(5))
BANDS = {
    "day": TimeBand(key="day", name="Day", windows=(WeeklyWindow(weekdays=WORKING, start=time(8), end=time(18)),)),
    "night": TimeBand(key="night", name="Night", windows=(WeeklyWindow(weekdays=WEEK, start=time(2), end=time(3)),)),
    "feast": TimeBand(key="feast", name="Feast", dates=frozenset({datetime(2026, 10, 25).date()})),  # noqa: DTZ001
}
# The clocks go back on 25 October 2026 at 01:00 UTC, and went forward on 29 March.
MARKS = [
    datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 26, 7, 0, tzinfo=UTC),
    datetime(2026, 10, 26, 17, 0, tzinfo=UTC),
]
ABROAD = "310-410"
DE = Plmn("262", "01")
number_zones = {
    "nl": NumberZone(key="nl", name="NL", prefixes=frozenset({"31"})),
    "nl-mobile": NumberZone(key="nl-mobile", name="NL mobile", prefixes=frozenset({"316"})),
    "de": NumberZone(key="de", name="DE", prefixes=frozenset({"49"})),
    "sos": NumberZone(key="sos", name="SOS", short_codes=frozenset({"112"}), kind=ZoneKind.EMERGENCY),
}
ported_zones = {**number_zones, "other": NumberZone(key="other", name="O", networks=frozenset({DE}))}
network_zones = {
    "home": NetworkZone(key="home", name="Home", plmns=frozenset({HOME})),
    "us": NetworkZone(key="us", name="US", countries=frozenset({"US"})),
}
amounts = st.integers(0, 50)


def conditions(*, bands=True, draw=None):
    one = {
        "usage_types": st.sampled_from([(), (UsageType.VOICE,), (UsageType.DATA, UsageType.SMS)]),
        "number_zones": st.sampled_from([(), (), ("nl-mobile",), ("de", "unknown")]),
        "network_zones": st.sampled_from([(), (), ("home",), ("us",)]),
        "time_bands": st.sampled_from([(), ("day",), ("night", "feast"), ("unheard-of",)]) if bands else st.just(()),
        "on_net": st.sampled_from([None, None, True]),
        "apns": st.sampled_from([(), (), (), ("internet",)]),
        "rating_groups": st.sampled_from([(), (), (), (7,)]),
        "friend_lists": st.sampled_from([(), (), (), ("best",)]),
        "other_networks": st.sampled_from([(), (), (), (DE,)]),
    }
    return st.builds(Conditions, **one)


@st.composite
def simple_prices(draw):
    steps = [
        step(draw(amounts), draw(st.integers(1, 9)), draw(st.integers(1, 7)), 0, draw(st.sampled_from([0, 0, 11])))
    ]
    overhang = draw(st.booleans())
    for _ in range(draw(st.integers(0, 2))):
        last = steps.pop()
        length = last.block * draw(st.integers(1, 3)) + (draw(st.integers(0, last.block - 1)) if overhang else 0)
        steps.append(replace(last, overhang=overhang))
        start = last.start + max(1, length)
        steps.append(
            step(draw(amounts), draw(st.integers(1, 9)), draw(st.integers(1, 7)), start, draw(st.just(0) | amounts))
        )
    minimum = draw(st.none() | st.none() | amounts)
    fee = st.none() | st.builds(Fee, amounts, st.sampled_from(Due))
    return {
        "steps": steps,
        "connect": draw(fee),
        "finish": draw(st.none() | fee),
        "free": draw(st.sampled_from([0, 0, 3, 10])),
        "minimum": minimum,
        "maximum": draw(st.none() | st.none() | st.integers(minimum or 0, 200)),
        "at_maximum": draw(st.sampled_from(AtMaximum)),
    }


@st.composite
def simple_tariffs(draw, key="t", fallback=None):
    rules = []
    for place in range(draw(st.integers(0, 3))):
        effect = draw(st.sampled_from([RuleEffect.PRICE] * 4 + [RuleEffect.FREE, RuleEffect.BLOCKED]))
        more = draw(simple_prices()) if effect is RuleEffect.PRICE else {}
        made = rule(f"{key}{place}", conditions=draw(conditions()), effect=effect, **more)
        since = draw(st.none() | st.none() | st.sampled_from(MARKS))
        rules.append(replace(made, valid=Period(since) if since is not None else None))
    if draw(st.integers(0, 4)):
        rules.append(rule(f"{key}-rest", **draw(simple_prices())))
    return tariff(
        rules,
        key=key,
        time_bands=BANDS,
        number_zones=draw(st.sampled_from([number_zones, ported_zones])),
        network_zones=network_zones,
        fallback=fallback,
        serving_time=draw(st.integers(0, 9)) == 0,
        attribute=draw(st.sampled_from([Attribute.GRANT, Attribute.GRANT, *Attribute])),
        band_change=draw(st.sampled_from(BandChange)),
        round_to=RoundTo(draw(st.sampled_from(Rounding)), draw(st.sampled_from([6, 6, 5]))),
    )


@st.composite
def holdings(draw):
    found = []
    for place in range(draw(st.integers(0, 4))):
        clauses = st.lists(conditions(bands=draw(st.booleans())), max_size=2).map(tuple)
        scope = Scope(include=draw(clauses), exclude=draw(st.just(()) | clauses)) if draw(st.booleans()) else Scope()
        begin = draw(st.sampled_from([MARKS[1] - timedelta(days=9), *MARKS]))
        until = draw(st.none() | st.sampled_from(MARKS))
        found.append(
            Holding(
                units(
                    f"u{place}",
                    draw(st.none() | st.integers(0, 200)),
                    valid=Period(begin, until if until is None or until > begin else None),
                    priority=draw(st.integers(1, 3)),
                    scope=scope,
                    block=draw(st.none() | st.none() | st.integers(1, 9)),
                    exact=draw(st.booleans()),
                    stop=draw(st.integers(0, 5)) == 0,
                    factor=draw(st.sampled_from([Fraction(1)] * 5 + [Fraction(2, 3)])),
                    cap_left=draw(st.sampled_from([None, None, None, 30])),
                    when_empty=draw(st.sampled_from([WhenEmpty.CHARGE, WhenEmpty.CHARGE, *WhenEmpty])),
                    lasts=draw(st.sampled_from([None] * 5 + [timedelta(hours=2)])),
                ),
                draw(st.sampled_from(["ms", "ms", "octet", "sms"])),
            )
        )
    for place in range(draw(st.integers(0, 3))):
        available = draw(st.none() | st.integers(-20, 600))
        money = purse(
            f"m{place}",
            available,
            draw(st.sampled_from([BucketKind.MAIN, BucketKind.PROMOTIONAL, BucketKind.UNBILLED])),
            scope=Scope(include=draw(st.lists(conditions(), max_size=1).map(tuple))),
            overdraft=draw(st.sampled_from([0, 0, 40])),
            overdraw=draw(st.integers(0, 5)) == 0,
            stop=draw(st.integers(0, 5)) == 0,
        )
        found.append(Holding(money, draw(st.sampled_from(["EUR", "EUR", "EUR", "USD"]))))
    return found


@st.composite
def any_events(draw, subscribers):
    mark = draw(st.sampled_from(MARKS))
    begin = mark + timedelta(milliseconds=draw(st.integers(-150, 150) | st.integers(-9_000_000, 9_000_000)))
    kind = draw(st.sampled_from([VOICE, VOICE, SMS, DATA]))
    small, huge = st.integers(0, 120), st.sampled_from([-5, 2**40, 2**61, 2**62 + 1])
    return row(
        draw(st.integers(0, subscribers - 1)),
        begin,
        draw(st.one_of(*[small] * 9, huge)),
        usage_type=kind,
        direction=draw(st.sampled_from([0, 0, 0, 1])),
        party=draw(st.sampled_from([NL_MOBILE, "+31201234567", "+49301234567", "112", "", "+999", "nobody", "+3"])),
        network=draw(st.sampled_from([str(HOME), str(HOME), ABROAD, None])),
        country=draw(st.sampled_from([None, "US"])),
        on_net=draw(st.sampled_from([None, True, False])),
        apn=draw(st.sampled_from([None, "internet", "Internet.mnc004.mcc204.gprs"])),
        rating_group=draw(st.sampled_from([None, 7])),
        friends=draw(st.sampled_from([None, "best other"])),
        party_network=draw(st.sampled_from([None, None, str(DE)])),
        correction=draw(st.booleans()),
        ended=draw(st.none() | st.integers(0, 10_000_000).map(lambda more: micros(begin) + more)),
        utc_offset=draw(st.none() | st.sampled_from([0, 540])),
    )


@st.composite
def pieces(draw):
    below = draw(st.none() | simple_tariffs(key="below"))
    tariffs_by_key = {key: draw(simple_tariffs(key=key, fallback=below)) for key in ("a", "b")}
    plans = tuple(
        Plan.of(
            draw(st.sampled_from("ab")),
            draw(holdings()),
            cycle_day=draw(st.integers(1, 31)),
            later=draw(st.lists(st.builds(Later, st.sampled_from(MARKS), st.sampled_from("ab")), max_size=2)),
        )
        for _ in range(2)
    )
    plan_of = draw(st.lists(st.integers(0, 1), min_size=3, max_size=3))
    return RateBook(tariffs_by_key, plans), plan_of, frame(draw(st.lists(any_events(3), min_size=1, max_size=30)))


@settings(max_examples=150)
@given(pieces())
def test_what_the_loop_decides(piece):
    book, plan_of, events = piece
    fast = same(book, plan_of, events)
    note(f"by the loop: {fast * 10 // len(events) * 10} %")


@settings(max_examples=50)
@given(pieces())
def test_machine_code_is_the_same_loop(piece):
    same(*piece, plain=True)


def test_the_empty_piece():
    book = RateBook({"t": tariff([rule("r", [step(10)])])}, (Plan.of("t", [Holding(purse("p", None), "EUR")]),))
    rated = rate_piece(compile_book(book), np.array([0], np.int32), pl.DataFrame(schema=REQUIRED))
    assert (len(rated.rows), len(rated.balances), len(rated.counters)) == (0, 0, 0)
