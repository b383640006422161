"""Statuses of policy counters, and caps over any order of sessions, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.catalog.values import BillingMode
from linehouse.charging.controls import deciding, policy_status
from linehouse.charging.controls.values import CounterRow, LineControls, Place, Setting, SettingKind, StatusRow
from linehouse.charging.decision import unbilled_purse
from linehouse.charging.values import Line
from linehouse.kernel.numbering import Plmn
from linehouse.rating.controls import read_controls
from linehouse.rating.session.decide import decide
from linehouse.rating.session.requests import Ask, Operation, Report, Request
from linehouse.rating.session.state import Holding, Session, State
from linehouse.rating.session.terms import Terms
from linehouse.rating.values import UsageEvent, UsageType
from linehouse.rating.yaml_source import load_marked
from tests.charging.controls.house import CONTROLS, US
from tests.conftest import ROBIN

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
TARIFF = read_catalogue(read_folder(ROBIN)).catalogue.tariffs["robin-standard"]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
GB, MB = 10**9, 10**6

SPEED = """
policy-counters:
  speed:
    name: {en: Speed}
    of: {usage-type: data}
    per: billing-month
    statuses:
      - {status: boosted, acts: turbo, when: {boosted: true}}
      - {status: tethered, acts: throttle, when: {device: "35"}}
      - {status: abroad, acts: throttle, when: {where: world}}
      - {status: night, acts: zero-rate, when: {hours: "22:00-06:00"}}
      - {status: slow, acts: throttle, when: {used: 10 GB}}
      - {status: full}
"""


def line(text: str = SPEED, **said: Any) -> LineControls:
    rules = read_controls([load_marked(text, "controls/own.yaml")], "NL", "EUR")
    known = LineControls(rules=rules, zone=AMSTERDAM, since=NOON, vat=Fraction(21, 100))
    return replace(known, **said)


def used(amount: int) -> dict[str, CounterRow]:
    starts, ends = datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC)
    row = CounterRow(key="speed", starts=starts, ends=ends, used=amount)
    return {row.name: row}


def turbo(until: datetime) -> dict[tuple[SettingKind, str], Setting]:
    return {(SettingKind.TURBO, "speed"): Setting(kind=SettingKind.TURBO, key="speed", until=until)}


@pytest.mark.parametrize(
    ("known", "at", "status", "then", "when"),
    [
        (line(), NOON, "full", "night", datetime(2026, 11, 10, 21, tzinfo=UTC)),
        (line(), datetime(2026, 11, 10, 23, tzinfo=UTC), "night", "full", datetime(2026, 11, 11, 5, tzinfo=UTC)),
        (line(counters=used(10 * GB)), NOON, "slow", "night", datetime(2026, 11, 10, 21, tzinfo=UTC)),
        (line(counters=used(10 * GB - 1)), NOON, "full", "night", datetime(2026, 11, 10, 21, tzinfo=UTC)),
        (
            line(counters=used(10 * GB), settings=turbo(NOON + timedelta(hours=1))),
            NOON,
            "boosted",
            "slow",
            NOON + timedelta(hours=1),
        ),
        (line(settings=turbo(NOON)), NOON, "full", "night", datetime(2026, 11, 10, 21, tzinfo=UTC)),
        (line(place=Place("US")), NOON, "abroad", "", None),
        (line(place=Place("FR")), NOON, "full", "night", datetime(2026, 11, 10, 21, tzinfo=UTC)),
        (line(place=Place("US", "310-410", "35123456")), NOON, "tethered", "", None),
    ],
)
def test_the_first_status_that_holds_and_the_next_one(known, at, status, then, when) -> None:
    [row] = policy_status.statuses(known, (), at)
    assert (row.status, row.next_status, row.next_at) == (status, then, when)


def test_only_what_changed_is_told() -> None:
    before = {"speed": StatusRow(key="speed", status="full", acts="normal")}
    now = StatusRow(key="speed", status="slow", acts="throttle")
    assert policy_status.changes(before, [before["speed"]], "usage") == ()
    [change] = policy_status.changes(before, [now], "usage")
    assert (change.before, change.now.status) == ("full", "slow")


LINE = Line(
    customer_id=UUID(int=1),
    subscription_id=UUID(int=2),
    subscription="S-1",
    account_id=UUID(int=3),
    account="BA-1",
    offering="robin-sim-only-20",
    tariff_key="robin-standard",
    billing_mode=BillingMode.POSTPAID,
    currency="EUR",
    tax_country="NL",
    zone=AMSTERDAM,
)
STEP = st.tuples(
    st.sampled_from(("data", "premium")),
    st.integers(0, 3),
    st.sampled_from((Operation.START, Operation.UPDATE, Operation.FINISH)),
    st.integers(0, 100),
    st.integers(1, 120),
    st.integers(0, 1800),
)


@settings(max_examples=60)
@given(st.lists(STEP, min_size=1, max_size=14))
def test_no_order_of_sessions_spends_or_reserves_more_than_a_limit(steps) -> None:
    known, now = line(CONTROLS), NOON
    sessions: dict[str, Session] = {}
    purse = unbilled_purse(LINE)
    holding, spent = Holding(bucket=purse, asset="EUR"), []
    terms = Terms((TARIFF,))
    for place, (kind, number, operation, share, want, later) in enumerate(steps):
        now += timedelta(seconds=later)
        slot = f"{kind}-{number}"
        session = sessions.get(slot)
        if session is not None and session.closed_at is not None:
            session = None
        doing = operation if session is not None else Operation.START
        name = session.id if session is not None else f"{slot}-{place}"
        before = deciding.parts(known, session, now).into(
            State(holdings={purse.ref: holding}, sessions={} if session is None else {name: session})
        )
        service = session.services[""] if session is not None else None
        ask = Ask(
            event=service.event if service is not None else _event(kind, now),
            used=(Report(service.granted * share // 100),) if service is not None and service.granted else (),
            want=want * (MB if kind == "data" else 10_000),
            wants=doing is not Operation.FINISH,
        )
        request = Request(key=str(place), operation=doing, session=name, subscriber="S-1", asks=(ask,))
        made = decide(before, request, terms, now)
        after = made.state.sessions[name]
        known, _ = deciding.outcome(
            deciding.Decided(
                subscription_id=LINE.subscription_id,
                line=known,
                before=before,
                after=made.state,
                session_before=session,
                session=after,
                answer=made.answer,
                tariff=TARIFF,
                buckets=(),
                now=now,
            )
        )
        holding = made.state.holdings[purse.ref]
        sessions[slot] = after
        spent.append((now, kind, made.answer.only.charged))
        for row in known.caps.values():
            open_in = sum(
                one.reserved_caps.get(row.name, 0) for live in sessions.values() for one in live.services.values()
            )
            assert row.reserved == open_in
        month = [row for row in known.caps.values() if row.key == "roaming-data"]
        assert all(row.spent + row.reserved <= 60_500_000 for row in month)
        hour = sum(more for at, of, more in spent if of == "premium" and at > now - timedelta(minutes=60))
        assert hour <= 5_000_000


def _event(kind: str, now: datetime) -> UsageEvent:
    if kind == "data":
        return UsageEvent(usage_type=UsageType.DATA, started_at=now, quantity=0, serving_plmn=US)
    return UsageEvent(
        usage_type=UsageType.VOICE,
        started_at=now,
        quantity=0,
        other_party="+31900123456",
        serving_plmn=Plmn.parse("204-04"),
    )
