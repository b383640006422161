"""What is kept of a line's controls: how far its caps and counters are, what it has set, where it was seen last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from linehouse.balance.periods import cycle_day_after, cycle_first_day
from linehouse.kernel.period import Period, day_start, local_date
from linehouse.rating.controls import NO_CONTROLS, Controls, Per

EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when what has no month counts."""


class SettingKind(StrEnum):
    """What a line may have of its own."""

    LIMIT = "limit"
    BAR = "bar"
    TURBO = "turbo"
    """A policy counter's turbo is on until an instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a line has of its own. ``amount`` (micro-units) is that of a limit; ``hard``: nobody can agree to go on
    above it. ``until`` ends a turbo."""

    kind: SettingKind
    key: str
    on: bool = True
    amount: int | None = None
    hard: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapRow:
    """How far a cap is in a period, micro-units in the tariff's tax mode. ``told``: the highest percent that the
    customer was told. ``recent``: milliseconds since 1970 and amounts, of what rolls."""

    key: str
    starts: datetime = EVER
    ends: datetime | None = None
    spent: int = 0
    reserved: int = 0
    told: int = 0
    consented_at: datetime | None = None
    recent: tuple[tuple[int, int], ...] = ()

    @property
    def name(self) -> str:
        """The cap's key in a decision."""
        return named(self.key, self.starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterRow:
    """How far a policy counter is in a period, base units. ``open`` is granted and not reported yet."""

    key: str
    starts: datetime
    ends: datetime | None = None
    used: int = 0
    open: int = 0

    @property
    def name(self) -> str:
        """The counter's key in a decision."""
        return named(self.key, self.starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """The status of a counter as the network was told; ``next_status`` follows at ``next_at`` if nothing happens."""

    key: str
    status: str
    acts: str
    next_status: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line was seen last, and with which device (a type allocation code)."""

    country: str = ""
    plmn: str = ""
    device: str = ""


def named(key: str, starts: datetime) -> str:
    """A cap or counter of a period, in one word."""
    return key if starts == EVER else f"{key}@{starts.astimezone(UTC):%Y-%m-%dT%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineControls:
    """The controls of a line as they stand. ``vat`` is the rate by which limits before tax grow; ``since`` is when the
    line began."""

    rules: Controls = NO_CONTROLS
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    cycle_day: int = 1
    since: datetime = EVER
    vat: Fraction = Fraction(0)
    settings: Mapping[tuple[SettingKind, str], Setting] = field(default_factory=dict)
    caps: Mapping[str, CapRow] = field(default_factory=dict)
    counters: Mapping[str, CounterRow] = field(default_factory=dict)
    statuses: Mapping[str, StatusRow] = field(default_factory=dict)
    place: Place = Place()

    def period(self, per: Per, instant: datetime) -> Period:
        """The calendar month, or the account's cycle, in which the instant lies."""
        day = local_date(instant, self.zone)
        cycle = 1 if per is Per.MONTH else self.cycle_day
        first, after = cycle_first_day(day, cycle), cycle_day_after(day, cycle)
        return Period(day_start(first, self.zone), day_start(after, self.zone))

    def young(self, days: int | None, now: datetime) -> bool:
        """Whether what is only for new lines is for this one."""
        return days is None or now < self.since + timedelta(days=days)

    def setting(self, kind: SettingKind, key: str) -> Setting | None:
        """What the line has of its own."""
        return self.settings.get((kind, key))

    def limit(self, key: str) -> tuple[int | None, bool]:
        """The amount of a limit (None: it is off), and whether it is hard."""
        rule, own = self.rules.limits[key], self.setting(SettingKind.LIMIT, key)
        if own is None:
            return rule.amount, not rule.consent
        return (own.amount if own.amount is not None else rule.amount) if own.on else None, own.hard or not rule.consent

    def barred(self, key: str) -> bool:
        """Whether a bar is on."""
        own = self.setting(SettingKind.BAR, key)
        return self.rules.bars[key].on if own is None else own.on


NO_LINE_CONTROLS = LineControls()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that others are to hear: ``once`` is its business key, ``facts`` are plain."""

    what: str
    once: str
    facts: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A status that changed, and why."""

    before: str
    now: StatusRow
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a request did to a line's controls: what is to be kept, and told."""

    subscription_id: UUID
    caps: tuple[CapRow, ...] = ()
    counters: tuple[CounterRow, ...] = ()
    statuses: tuple[StatusChange, ...] = ()
    place: Place | None = None
    happenings: tuple[Happening, ...] = ()
