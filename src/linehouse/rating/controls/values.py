"""Limits, bars, attempts and policy counters of a brand, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from functools import cache

from linehouse.rating.countries import calling_prefixes, country_of_mcc, group
from linehouse.rating.emergency import emergency_zone
from linehouse.rating.matching import Facts
from linehouse.rating.values import Direction, UsageEvent, UsageType, ZoneKind

ROAMING_UNION = "roaming-union"


class Whereabouts(StrEnum):
    """Where a subscriber is."""

    HOME = "home"
    UNION = "union"
    """In another country of the roaming union."""
    WORLD = "world"
    """In a country that is neither home nor of the union."""


class SetBy(StrEnum):
    """Who may set a limit or a bar of a line."""

    CUSTOMER = "customer"
    CARE = "care"


class Per(StrEnum):
    """For which time a limit counts, or a counter of policy."""

    MONTH = "calendar-month"
    BILLING_MONTH = "billing-month"
    """The cycle of the line's account."""
    ROLLING = "rolling"
    """The last minutes before each request."""


class Acts(StrEnum):
    """What the network is to do under a status."""

    NORMAL = "normal"
    THROTTLE = "throttle"
    BLOCK = "block"
    TURBO = "turbo"
    ZERO_RATE = "zero-rate"


@cache
def _union(day: date) -> frozenset[str]:
    return group(ROAMING_UNION, day)


def whereabouts(country: str, home: str, day: date) -> Whereabouts:
    """Where a country is, seen from home; a country that nobody told counts as home."""
    if not country or country == home:
        return Whereabouts.HOME
    return Whereabouts.UNION if country in _union(day) else Whereabouts.WORLD


def country_of(event: UsageEvent) -> str:
    """The country of the serving network; empty: nobody told."""
    if event.serving_plmn is not None:
        return country_of_mcc(event.serving_plmn.mcc) or ""
    return event.serving_country or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which usage a limit, a bar or a counter is about; what is not given asks nothing.

    ``kinds`` are kinds of number zones. ``international``: numbers that are not of the home country. ``places`` is
    where the subscriber is. ``rating_groups`` and ``without_rating_groups`` tell services of data apart.
    """

    home: str = ""
    usage_types: tuple[UsageType, ...] = ()
    directions: tuple[Direction, ...] = ()
    kinds: tuple[ZoneKind, ...] = ()
    international: bool = False
    places: tuple[Whereabouts, ...] = ()
    rating_groups: tuple[int, ...] = ()
    without_rating_groups: tuple[int, ...] = ()

    def covers(self, facts: Facts) -> bool:
        """Whether the event is meant."""
        event = facts.event
        return (
            (not self.usage_types or event.usage_type in self.usage_types)
            and (not self.directions or event.direction in self.directions)
            and (not self.rating_groups or event.rating_group in self.rating_groups)
            and event.rating_group not in self.without_rating_groups
            and (not self.kinds or _kind(facts) in self.kinds)
            and (not self.international or self._abroad(event))
            and (not self.places or self.place_of(event) in self.places)
        )

    def place_of(self, event: UsageEvent) -> Whereabouts:
        """Where the subscriber was."""
        return whereabouts(country_of(event), self.home, event.started_at.date())

    def _abroad(self, event: UsageEvent) -> bool:
        digits = event.e164
        if digits is None:
            return False
        return not any(digits.startswith(prefix) for prefix in calling_prefixes().get(self.home, ()))


def _kind(facts: Facts) -> ZoneKind | None:
    zone = facts.tariff.number_zones.get(facts.number.zone)
    return zone.kind if zone is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendLimit:
    """A bound on what a line may spend. ``amount`` (micro-units) None: off, unless the line has one of its own.

    ``without_vat``: the amount is one before tax. ``minutes`` belong to a rolling limit. ``notices`` are whole
    percents at which the customer is told. ``consent``: the customer may agree to go on. ``first_days``: only for
    lines younger than that.
    """

    key: str
    name: Mapping[str, str]
    reach: Reach
    amount: int | None
    per: Per
    without_vat: bool = False
    minutes: int = 0
    notices: tuple[int, ...] = (80, 100)
    consent: bool = False
    first_days: int | None = None
    set_by: tuple[SetBy, ...] = (SetBy.CUSTOMER, SetBy.CARE)
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarRule:
    """Usage that a line may have barred. ``on``: it is, unless the line says otherwise."""

    key: str
    name: Mapping[str, str]
    reach: Reach
    on: bool = False
    set_by: tuple[SetBy, ...] = (SetBy.CUSTOMER, SetBy.CARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLimit:
    """At most so many sessions of a kind may begin within some minutes."""

    key: str
    name: Mapping[str, str]
    reach: Reach
    most: int
    minutes: int
    first_days: int | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Local hours of every day, ``[start, end)``; an end before the start lies on the next day."""

    start: time
    end: time

    def holds(self, clock: time) -> bool:
        """Whether the clock shows one of them."""
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRule:
    """A status and when it holds: all that is given must.

    ``used``: so much (base units) of the counter or more. ``left``: at most so many percent of the counter's
    allowance are left. ``devices`` are beginnings of a type allocation code. ``boosted``: a turbo is on.
    """

    status: str
    acts: Acts = Acts.NORMAL
    used: int | None = None
    left: int | None = None
    places: tuple[Whereabouts, ...] = ()
    hours: Hours | None = None
    devices: tuple[str, ...] = ()
    boosted: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterRule:
    """A counter that says how the network treats a line: its first status that holds is the one in force.

    ``allowance`` is the key of the allowance whose rest is asked; ``turbo`` are keys of allowances that boost while
    they are valid.
    """

    key: str
    name: Mapping[str, str]
    reach: Reach
    unit: str
    per: Per
    statuses: tuple[StatusRule, ...]
    allowance: str = ""
    turbo: tuple[str, ...] = ()

    @property
    def thresholds(self) -> tuple[int, ...]:
        """Where the network must ask again."""
        return tuple(sorted({one.used for one in self.statuses if one.used}))


ControlRule = SpendLimit | BarRule | AttemptLimit | CounterRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """Everything that a brand says about it. ``open_zones`` are number zones that nothing here ever stops."""

    home: str = ""
    limits: Mapping[str, SpendLimit] = field(default_factory=dict)
    bars: Mapping[str, BarRule] = field(default_factory=dict)
    attempts: Mapping[str, AttemptLimit] = field(default_factory=dict)
    counters: Mapping[str, CounterRule] = field(default_factory=dict)
    open_zones: frozenset[str] = frozenset()

    def by_kind(self) -> dict[str, ControlRule]:
        """Every rule by kind and key: ``limit roaming-data``."""
        of: dict[str, Mapping[str, ControlRule]] = {
            "limit": self.limits,
            "bar": self.bars,
            "attempts": self.attempts,
            "policy counter": self.counters,
        }
        return {f"{kind} {key}": rule for kind, rules in of.items() for key, rule in rules.items()}

    def passes(self, facts: Facts) -> bool:
        """Whether the event is one that nothing here may stop: emergency, and the numbers that the brand names."""
        if facts.event.usage_type is UsageType.DATA:
            return False
        return facts.number.zone in self.open_zones or emergency_zone(facts) is not None


NO_CONTROLS = Controls()
