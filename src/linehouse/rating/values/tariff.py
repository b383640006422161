"""Tariffs: an ordered list of rules; the first whose conditions all hold prices the event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from linehouse.kernel.numbering import Plmn
from linehouse.kernel.period import Period
from linehouse.kernel.quantity import Quantity
from linehouse.kernel.rounding import Rounding
from linehouse.rating.values.accepted import Accepted
from linehouse.rating.values.conditions import Conditions
from linehouse.rating.values.prices import Counts, Price
from linehouse.rating.values.usage import Direction, UsageType
from linehouse.rating.values.zones import NetworkZone, NumberZone, TimeBand, ZoneKind


class RuleEffect(StrEnum):
    """What a rule does with usage."""

    PRICE = "price"
    FREE = "free"
    """No money and no allowance."""
    BLOCKED = "blocked"
    """Not allowed; usage that happened all the same is never priced by accident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One clause of a tariff. ``price`` is there exactly when ``effect`` is PRICE.

    ``valid``: the rule is in force for blocks that start within it; None: as long as its tariff. ``regulated`` names
    the regulation that bounds it (a key of a regulation pack), for lint.
    """

    key: str
    name: str
    conditions: Conditions
    effect: RuleEffect
    price: Price | None = None
    line: str = ""
    """Which of the tariff's invoice lines sums what this rule prices."""
    valid: Period | None = None
    regulated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Usage of a period under one name: for conditions on accumulated usage, and for steps that several rules share.

    ``what`` (its time bands and accumulated usage are not asked) says which usage it counts, ``counts`` whether
    what a bucket covered is counted.
    """

    key: str
    name: str = ""
    what: Conditions = field(default_factory=Conditions)
    counts: Counts = Counts.CHARGED


@dataclass(frozen=True, slots=True)
class RoundTo:
    """The one rounding at the end of an event: mode, and decimals of the major unit (0 to 6)."""

    mode: Rounding = Rounding.HALF_UP
    decimals: int = 6


class BandChange(StrEnum):
    """What happens when the rule changes within an event."""

    BLOCK = "block"
    """Each block is priced by the rule in force at the instant at which it starts."""
    CUT = "cut"
    """The event is cut at the boundary; each part is rounded up in its own rule's blocks."""


class Attribute(StrEnum):
    """By which instant the volume of a data report or record is priced."""

    GRANT = "grant"
    """When its grant was made; offline: when the record opened."""
    REPORT = "report"
    """When it was reported; offline: when the record closed."""
    PRO_RATA = "pro-rata"
    """As if it had been used evenly in between."""


class TaxMode(StrEnum):
    """Whether the prices of a tariff contain tax."""

    GROSS = "gross"
    NET = "net"


class Verdict(StrEnum):
    """How pricing ended."""

    PRICED = "priced"
    FREE = "free"
    BLOCKED = "blocked"
    THROTTLED = "throttled"
    """An allowance is used up and promises to go on, slower, without money."""
    UNRATED = "unrated"


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffExample:
    """A sentence of a tariff file that is executed: this event must end so, at this price (micro-units)."""

    sentence: str
    line: int
    usage_type: UsageType
    direction: Direction
    quantity: Quantity
    other_party: str
    serving_plmn: Plmn | None
    serving_country: str | None
    started_at: datetime
    verdict: Verdict
    micros: int = 0
    on_net: bool | None = None
    other_network: Plmn | None = None
    closed_user_groups: frozenset[str] = frozenset()
    friend_lists: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    amount: int | None = None
    used: int | None = None
    """Used of the period before, for every counter of the same unit."""
    used_of: Mapping[str, int] = field(default_factory=dict)
    """Used of the period before, by counter."""
    left: int | None = None
    """What is left of an allowance that covers the event; None: there is none."""
    part: int | None = None
    """Reported in parts of so many base units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """A row of a dated table: from ``valid_from`` on, one unit of the tariff's currency is ``rate`` units of
    ``currency``. ``source`` says who published it. Amounts are rounded half-up to the micro-unit, once per event."""

    currency: str
    valid_from: datetime
    rate: Fraction
    source: str


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """One version of a price list. ``fallback`` is asked only when no own rule matches.

    Times are read in ``time_zone``, or with ``serving_time`` at the offset that came with the record, where one
    did. Numbers in a zone of the kind EMERGENCY are free and never blocked, whatever else is said. ``cost`` is the
    wholesale twin: what the same usage costs the brand. ``period_counts`` says whether covered usage moves ``per:
    period`` steps on. ``one_bucket``: a money bucket that cannot pay a whole block is skipped for it. Zones are
    looked up over all zones of the tariff, longest prefix first, so that each event is in exactly one number zone
    and one network zone.
    """

    key: str
    name: str
    version: str
    valid_from: datetime
    currency: str
    tax_mode: TaxMode
    time_zone: ZoneInfo
    rules: tuple[Rule, ...]
    number_zones: Mapping[str, NumberZone]
    network_zones: Mapping[str, NetworkZone]
    time_bands: Mapping[str, TimeBand]
    round_to: RoundTo = RoundTo()
    band_change: BandChange = BandChange.BLOCK
    fallback_key: str | None = None
    fallback: Tariff | None = None
    cost_key: str | None = None
    cost: Tariff | None = None
    serving_time: bool = False
    attribute: Attribute = Attribute.GRANT
    one_bucket: bool = False
    period_counts: Counts = Counts.CHARGED
    counters: Mapping[str, Counter] = field(default_factory=dict)
    lines: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Invoice lines by key: their text by language. ``included`` is for what buckets cover entirely."""
    examples: tuple[TariffExample, ...] = ()
    source: str = ""
    """Where it was written: file name and line."""
    accepted: tuple[Accepted, ...] = ()
    """Warnings of lint that stand."""
    exchange: tuple[ExchangeRate, ...] = ()
    """What this tariff's currency was worth in others, oldest first: for a wholesale tariff in another currency."""
    prefix_index: Mapping[str, str] = field(init=False, repr=False, compare=False)
    short_index: Mapping[str, str] = field(init=False, repr=False, compare=False)
    plmn_index: Mapping[Plmn, str] = field(init=False, repr=False, compare=False)
    country_index: Mapping[str, str] = field(init=False, repr=False, compare=False)
    longest_prefix: int = field(init=False, repr=False, compare=False)
    prefix_lengths: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """The lengths that prefixes have, longest first: what a lookup tries."""
    ported_index: Mapping[Plmn, str] = field(init=False, repr=False, compare=False)
    emergency_keys: frozenset[str] = field(init=False, repr=False, compare=False)

    matched: dict[Any, Any] = field(init=False, repr=False, compare=False, default_factory=dict)
    """Which rules may price which kind of event: filled by ``linehouse.rating.matching``, forgotten when it is full."""

    def __post_init__(self) -> None:
        prefixes = {prefix: zone.key for zone in self.number_zones.values() for prefix in zone.prefixes}
        put = object.__setattr__
        put(self, "prefix_index", prefixes)
        put(self, "short_index", {code: zone.key for zone in self.number_zones.values() for code in zone.short_codes})
        put(self, "plmn_index", {plmn: zone.key for zone in self.network_zones.values() for plmn in zone.plmns})
        put(self, "country_index", {land: zone.key for zone in self.network_zones.values() for land in zone.countries})
        put(self, "longest_prefix", max(map(len, prefixes), default=0))
        put(self, "prefix_lengths", tuple(sorted(set(map(len, prefixes)), reverse=True)))
        ported = {network: zone.key for zone in self.number_zones.values() for network in zone.networks}
        put(self, "ported_index", ported)
        emergencies = (zone.key for zone in self.number_zones.values() if zone.kind is ZoneKind.EMERGENCY)
        put(self, "emergency_keys", frozenset(emergencies))

    @property
    def asks_on_net(self) -> bool:
        """Whether a rule of it or of its fallbacks depends on the other party's network."""
        own = any(rule.conditions.on_net is not None or rule.conditions.other_networks for rule in self.rules)
        return own or (self.fallback is not None and self.fallback.asks_on_net)

    @property
    def asks_emergency(self) -> bool:
        """Whether it or a fallback knows emergency numbers."""
        return bool(self.emergency_keys) or (self.fallback is not None and self.fallback.asks_emergency)

    @property
    def asks_ported(self) -> bool:
        """Whether a number zone of it or of its fallbacks depends on the network to which a number was ported."""
        return bool(self.ported_index) or (self.fallback is not None and self.fallback.asks_ported)

    @property
    def label(self) -> str:
        """For explanations: ``robin-standard v3``."""
        return f"{self.key} v{self.version}"
