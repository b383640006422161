"""What subscribers do: calls, messages and data sessions, day by day, as the seed has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from linehouse.kernel.period import require_aware
from linehouse.simulators.cdr_feed.chance import Chance

_AWAKE_FROM, _AWAKE_SECONDS = 7 * 3600, 16 * 3600


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Whose usage is made up: IMSI and MSISDN, digits only."""

    imsi: str
    msisdn: str


@dataclass(frozen=True, slots=True)
class Habits:
    """How much a subscriber does in a day, at most, and with whom."""

    calls: int = 4
    messages: int = 3
    sessions: int = 6
    longest_call_seconds: int = 900
    largest_session_octets: int = 400_000_000
    parties: tuple[str, ...] = (
        "31612340001",
        "31612340002",
        "31201234567",
        "4930123456",
        "447700900123",
        "12025550123",
    )
    apn: str = "internet.robin.example"


@dataclass(frozen=True, slots=True)
class Use:
    """One use of the network. ``kind`` is voice, sms or data; ``direction`` out or in; ``started_at`` is UTC."""

    kind: str
    direction: str
    subscriber: Subscriber
    started_at: datetime
    reference: int
    party: str = ""
    seconds: int = 0
    octets_up: int = 0
    octets_down: int = 0
    apn: str = ""


def make_usage(
    seed: str, subscribers: Sequence[Subscriber], first: date, days: int, zone: ZoneInfo, habits: Habits = Habits()
) -> tuple[Use, ...]:
    """The usage of these subscribers on ``days`` local days from ``first``, in order of time."""
    uses: list[Use] = []
    for subscriber in subscribers:
        for day in range(days):
            chance = Chance(f"{seed}/{subscriber.imsi}/{first + timedelta(days=day)}")
            uses.extend(_day(chance, subscriber, first + timedelta(days=day), zone, habits))
    uses.sort(key=lambda use: (use.started_at, use.subscriber.imsi, use.reference))
    return tuple(uses)


def _day(chance: Chance, subscriber: Subscriber, day: date, zone: ZoneInfo, habits: Habits) -> list[Use]:
    uses = []
    for _ in range(chance.between(0, habits.calls)):
        started, reference = _when(chance, day, zone), chance.below(2**31)
        direction = chance.choose(("out", "out", "in"))
        seconds = chance.between(0, habits.longest_call_seconds)
        uses.append(Use("voice", direction, subscriber, started, reference, chance.choose(habits.parties), seconds))
    for _ in range(chance.between(0, habits.messages)):
        started, reference = _when(chance, day, zone), chance.below(2**31)
        direction = chance.choose(("out", "in"))
        uses.append(Use("sms", direction, subscriber, started, reference, chance.choose(habits.parties)))
    for _ in range(chance.between(1, max(1, habits.sessions))):
        started, reference = _when(chance, day, zone), chance.below(2**31)
        down = chance.between(10_000, habits.largest_session_octets)
        up = down // chance.between(5, 40)
        seconds = chance.between(10, 7200)
        uses.append(
            Use(
                "data", "out", subscriber, started, reference,
                seconds=seconds, octets_up=up, octets_down=down, apn=habits.apn,
            )
        )  # fmt: skip
    return uses


def _when(chance: Chance, day: date, zone: ZoneInfo) -> datetime:
    second = _AWAKE_FROM + chance.below(_AWAKE_SECONDS)
    return require_aware(datetime.combine(day, time(), tzinfo=zone) + timedelta(seconds=second))
