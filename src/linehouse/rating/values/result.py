"""The answer: what was assigned to whom, at what price, and enough to explain every figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Unit
from linehouse.rating.values.tariff import RoundTo, TaxMode, Verdict
from linehouse.rating.values.zones import NetworkMatch, NumberMatch


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run of equal blocks of one event, with one payer.

    ``start``–``end`` is the position in the event in base units: usage, not blocks. ``blocks`` × ``block`` is what was
    paid for. ``amount`` is exact micro-units before rounding, ``flat`` the step's entry fee within it. ``taken``
    is what came out of the bucket, exact.
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
    amount: Fraction = Fraction(0)
    bucket: str = ""
    bucket_name: str = ""
    taken: Fraction = Fraction(0)

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
    """A fee of the event, or what a bound added or took away: ``connect``, ``finish``, ``minimum``, ``maximum``."""

    kind: str
    rule: str
    amount: Fraction


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
    exact: Fraction
    total: Money
    rounding: RoundTo
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumption:
    """The decision on one event: its price, what each bucket gives, and what nobody pays.

    ``unit_takes`` are whole base units by bucket, ``money_takes`` micro-units by bucket; together with ``uncollected``
    the money takes are exactly ``priced.total``. ``blocked`` is usage (base units) that a rule or an empty
    bucket forbade.
    """

    priced: Priced
    unit_takes: Mapping[str, int] = field(default_factory=dict)
    money_takes: Mapping[str, int] = field(default_factory=dict)
    uncollected: int = 0
    blocked: int = 0
