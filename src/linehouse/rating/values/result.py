"""The answer: what was assigned to whom, at what price, and enough to explain every figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Unit
from linehouse.rating.values.tariff import RoundTo, TaxMode, Verdict
from linehouse.rating.values.zones import NetworkMatch, NumberMatch

Exact = Fraction | int
"""An exact number; whole ones stay whole, because that is much faster."""


class PaidBy(StrEnum):
    """What paid for a part of an event."""

    BUCKET = "bucket"
    MONEY = "money"
    FREE_UNITS = "free-units"
    """The price's own free units, taken off first."""
    FREE_RULE = "free-rule"
    MAXIMUM = "maximum"
    """The event's maximum was reached: the rest is free."""
    BLOCKED = "blocked"
    """Nobody: a rule forbids it."""
    EMPTY = "empty-bucket"
    """Nobody: the bucket that should pay is empty and does not let money be asked."""
    THROTTLED = "throttled"
    """An allowance that is used up lets usage go on, slower, without money."""
    REDIRECTED = "redirected"
    """Nobody: the bucket that should pay is empty and sends the user to where more can be bought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run of equal blocks of one event, with one payer.

    ``start``–``end`` is the position in the event in base units: usage, not blocks. ``blocks`` × ``block`` is what was
    paid for. ``amount`` is exact micro-units before rounding, ``flat`` the step's entry fee within it. ``taken``
    is what came out of the bucket, exact; a bucket with a price of its own has an ``amount`` as well. ``band`` is the
    time band by which the rule held, ``position`` where in the steps the part began (of the event or of the period).
    ``counters`` of the period count it; ``exact``: its bucket gives what was used, not blocks; ``continues``: it is the
    rest of the block of which the part before took a share.
    """

    start: int
    end: int
    paid_by: PaidBy
    tariff: str
    rule: str
    rule_name: str
    step: int
    blocks: int
    block: int
    price: int = 0
    unit: int = 1
    flat: int = 0
    amount: Exact = 0
    bucket: str = ""
    bucket_name: str = ""
    taken: Exact = 0
    band: str = ""
    position: int = 0
    counters: tuple[str, ...] = ()
    exact: bool = False
    continues: bool = False

    @property
    def quantity(self) -> int:
        """Usage in this part, base units."""
        return self.end - self.start

    @property
    def charged(self) -> int:
        """What was paid for, in base units: blocks as priced or as taken."""
        return self.blocks * self.block


@dataclass(frozen=True, slots=True)
class FeePart:
    """What is due besides blocks: ``connect``, ``finish``, ``minimum``, ``percent``, ``volume`` (usage of the period
    priced anew, may be negative), ``bucket-connect`` (``rule`` is then the bucket's reference)."""

    kind: str
    rule: str
    amount: Exact


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkState:
    """What was assigned so far to an event that is reported in parts; ``consume(…, resume=state)`` goes on from it.

    ``used`` is the usage assigned (cumulative), ``position`` where the next block begins: beyond ``used`` when a block
    that has begun is paid for. ``parts`` are the assignments, in order; ``money`` says which money bucket paid what
    of them (exact micro-units, in order). ``units_booked``, ``money_booked``, ``uncollected`` and ``counted`` are what
    earlier answers told the caller to book. The rest is the walk's own. Everything is exact and can be kept as JSON:
    see ``linehouse.rating.state_json``.
    """

    used: int = 0
    position: int = 0
    rest: RestState | None = None
    first: tuple[str, str] | None = None
    free: int = 0
    begun: bool = False
    paid_first: bool = False
    money_paid: bool = False
    finish: Fraction = Fraction(0)
    charged: Fraction = Fraction(0)
    skipped: int = 0
    amount_priced: int = 0
    ends_at: int | None = None
    entered: tuple[tuple[str, str, int], ...] = ()
    connected: tuple[str, ...] = ()
    opened: Mapping[str, datetime] = field(default_factory=dict)
    taken: Mapping[str, Fraction] = field(default_factory=dict)
    walked: Mapping[str, int] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    fees: tuple[FeePart, ...] = ()
    money: tuple[tuple[str, Fraction], ...] = ()
    total: int = 0
    units_booked: Mapping[str, int] = field(default_factory=dict)
    money_booked: Mapping[str, int] = field(default_factory=dict)
    uncollected: int = 0
    counted: Mapping[str, int] = field(default_factory=dict)
    blocked: int = 0
    throttled: int = 0


@dataclass(frozen=True, slots=True)
class RestState:
    """The rest of a block of which a bucket took a part: by which rule and step it goes on, and to where."""

    tariff: str
    rule: str
    step: int
    end: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """The price of one event and how it came about; nothing has moved.

    ``total`` is rounded once, by ``rounding``; ``exact`` is the sum before that, in micro-units. ``reason`` is a code
    a sentence, given when the event is unrated or blocked.
    """

    verdict: Verdict
    tariff: str
    currency: str
    tax_mode: TaxMode
    unit: Unit
    quantity: int
    number: NumberMatch
    network: NetworkMatch
    parts: tuple[Part, ...]
    fees: tuple[FeePart, ...]
    exact: Exact
    total: Money
    rounding: RoundTo
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumption:
    """The decision on one event: its price, what each bucket gives, and what nobody pays.

    ``unit_takes`` are whole base units by bucket, ``money_takes`` micro-units by bucket; together with
    ``uncollected`` the money takes are exactly ``priced.total``, or with ``resume`` what this call adds to it: all
    figures of this class are what this call adds, ``priced`` is the whole event so far. ``blocked`` is usage (base
    units) that a rule or an empty bucket forbade, ``throttled`` usage that went on slower without money.
    ``counted`` is what is added to the period's counters. ``first_used`` names buckets that were used for the first
    time, and when. ``ends_at`` is the position at which the event's maximum says ``then: disconnect``: no more is
    granted from there.
    """

    priced: Priced
    unit_takes: Mapping[str, int] = field(default_factory=dict)
    money_takes: Mapping[str, int] = field(default_factory=dict)
    uncollected: int = 0
    blocked: int = 0
    throttled: int = 0
    counted: Mapping[str, int] = field(default_factory=dict)
    first_used: Mapping[str, datetime] = field(default_factory=dict)
    ends_at: int | None = None
    state: WalkState | None = None
