"""Consent, quiet hours and caps hold marketing back, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.notify.contact_rules import DEFAULTS, SEND, Decision, Verdict, decide, quiet_until
from linehouse.notify.values import Channel, ChannelRules, MessageClass

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 2, 21, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
RULES = DEFAULTS[Channel.SMS]


def ask(
    message_class: MessageClass = MessageClass.MARKETING,
    *,
    consent: bool = True,
    now: datetime = NOON,
    written: datetime | None = None,
    rules: ChannelRules = RULES,
    sent: tuple[datetime, ...] = (),
) -> Decision:
    return decide(
        message_class, consent=consent, now=now, written_at=written or now, zone=AMSTERDAM, rules=rules, sent=sent
    )


@given(
    st.sampled_from([MessageClass.LEGAL, MessageClass.SERVICE]),
    st.booleans(),
    st.integers(0, 365 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.integers(0, 50),
)
def test_what_is_no_marketing_always_goes(kind: MessageClass, consent: bool, now: datetime, many: int) -> None:
    strict = ChannelRules(
        channel=Channel.SMS, quiet_from=time(0), quiet_until=time(23, 59), cap=1, cap_days=366, hold_hours=0
    )
    assert ask(kind, consent=consent, now=now, rules=strict, sent=(now,) * many) == SEND


def test_without_consent_nothing_is_advertised() -> None:
    assert ask(consent=False) == Decision(Verdict.DROP, "no consent")
    assert ask() == SEND


def test_at_night_it_waits_for_the_morning() -> None:
    assert ask(now=NIGHT) == Decision(Verdict.HOLD, "quiet hours", MORNING)
    assert ask(now=MORNING) == SEND


def test_a_full_cap_is_waited_for_and_the_night_after_it_too() -> None:
    sent = (NOON - timedelta(days=6), NOON - timedelta(days=5, hours=-10))
    decision = ask(sent=sent)
    # The first of both leaves the window on 3 November at noon.
    assert decision.until == NOON + timedelta(days=1)
    late = (NIGHT - timedelta(days=6), NIGHT - timedelta(days=3))
    assert ask(now=NIGHT - timedelta(hours=8), sent=late).until == datetime(2026, 11, 4, 8, 0, tzinfo=UTC)


def test_what_would_wait_too_long_is_dropped_with_the_reason() -> None:
    sent = (NOON - timedelta(days=1), NOON - timedelta(days=1))
    decision = ask(sent=sent)
    assert decision.verdict is Verdict.DROP
    assert decision.reason == "2 messages in 7 days were sent already; held for longer than 72 hours"
    assert ask(sent=(NOON - timedelta(days=7), NOON)) == SEND


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-02T19:59", None),
        ("2026-11-02T20:00", "2026-11-03T09:00"),
        ("2026-11-03T00:00", "2026-11-03T09:00"),
        ("2026-11-03T08:59", "2026-11-03T09:00"),
        ("2026-11-03T09:00", None),
        # The nights in which the clocks are changed.
        ("2026-10-24T23:00", "2026-10-25T09:00"),
        ("2026-03-28T23:00", "2026-03-29T09:00"),
    ],
)
def test_quiet_hours_are_local_and_half_open(local: str, expected: str | None) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=AMSTERDAM)
    wanted = datetime.fromisoformat(expected).replace(tzinfo=AMSTERDAM) if expected else None
    assert quiet_until(RULES, now.astimezone(UTC), AMSTERDAM) == wanted


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = ChannelRules(channel=Channel.SMS, quiet_from=time(12), quiet_until=time(14))
    assert quiet_until(noon, NOON, AMSTERDAM) == datetime(2026, 11, 2, 13, 0, tzinfo=UTC)
    assert quiet_until(noon, NIGHT, AMSTERDAM) is None
    assert quiet_until(DEFAULTS[Channel.EMAIL], NIGHT, AMSTERDAM) is None
