"""Whether a message may go now: consent, quiet hours and caps, which concern marketing alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from linehouse.notify.values import Channel, ChannelRules, MessageClass


class Verdict(StrEnum):
    """What is done with a message now."""

    SEND = "send"
    HOLD = "hold"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, until when it is held, and why in words that are kept as evidence."""

    verdict: Verdict
    reason: str = ""
    until: datetime | None = None


SEND = Decision(Verdict.SEND)
DEFAULTS = {
    Channel.EMAIL: ChannelRules(channel=Channel.EMAIL, cap=4, cap_days=7),
    Channel.SMS: ChannelRules(channel=Channel.SMS, quiet_from=time(20), quiet_until=time(9), cap=2, cap_days=7),
}
"""What holds until the brand decides otherwise: no advertising by SMS at night, two of them a week."""


def decide(
    message_class: MessageClass,
    *,
    consent: bool,
    now: datetime,
    written_at: datetime,
    zone: ZoneInfo,
    rules: ChannelRules,
    sent: Sequence[datetime],
) -> Decision:
    """Decide about a message. ``zone`` is where quiet hours are looked at, ``sent`` when marketing went out by the
    channel to this customer. Nothing but marketing is ever held or dropped (EECC 105(4), Roaming Regulation 13-14)."""
    if message_class is not MessageClass.MARKETING:
        return SEND
    if not consent:
        return Decision(Verdict.DROP, "no consent")
    until, reason = now, ""
    # After a cap is free again it may be quiet, and the other way round: the later of both counts.
    for _ in range(3):
        free = _cap_free(until, rules, sent)
        if free > until:
            until, reason = free, f"{rules.cap} messages in {rules.cap_days} days were sent already"
        quiet = quiet_until(rules, until, zone)
        if quiet is None:
            break
        until, reason = quiet, reason or "quiet hours"
    if until == now:
        return SEND
    if until - written_at > timedelta(hours=rules.hold_hours):
        return Decision(Verdict.DROP, f"{reason}; held for longer than {rules.hold_hours} hours")
    return Decision(Verdict.HOLD, reason, until)


def quiet_until(rules: ChannelRules, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the quiet time ends in which ``now`` lies; None outside of it. Local times, half-open, across midnight."""
    begin, end = rules.quiet_from, rules.quiet_until
    if begin is None or end is None or begin == end:
        return None
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    if begin < end:
        inside, day = begin <= clock < end, local.date()
    else:
        inside = clock >= begin or clock < end
        day = local.date() + timedelta(days=1) if clock >= begin else local.date()
    return datetime.combine(day, end, zone).astimezone(UTC) if inside else None


def _cap_free(at: datetime, rules: ChannelRules, sent: Sequence[datetime]) -> datetime:
    window = timedelta(days=rules.cap_days)
    recent = sorted(moment for moment in sent if moment > at - window)
    if not rules.cap or len(recent) < rules.cap:
        return at
    return recent[-rules.cap] + window
