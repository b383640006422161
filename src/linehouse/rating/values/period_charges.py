"""Prices of what a whole period used: metered data of a machine, users of a service, the highest level of a month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod, require_aware
from linehouse.kernel.quantity import Unit
from linehouse.rating.values.tariff import RoundTo


class Aggregate(StrEnum):
    """How the readings of a period become one quantity."""

    SUM = "sum"
    """Each reading is a quantity that was used."""
    MAXIMUM = "maximum"
    """Each reading is a level that holds until the next one; the highest counts."""
    MEAN = "mean"
    """Each reading is a level that holds until the next one; the mean over time counts, exact."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A quantity used at an instant, or a level from an instant on, in base units."""

    at: datetime
    value: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", require_aware(self.at))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodStep:
    """From ``start`` (base units of the period's quantity) on, ``price`` micro-units per ``unit``.

    ``block``: what falls in the step is rounded up to whole blocks of so many base units; None: exact, pro rata.
    ``flat`` is due when the step is entered.
    """

    start: int
    price: int
    unit: int
    block: int | None = None
    flat: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPrice:
    """One version of a period charge, in force from a local day on.

    Steps ascend, the first from zero. ``volume``: the step that the quantity reaches prices all of it; else each step
    prices what falls in it. The first step's ``flat`` is due at zero quantity too unless ``flat_on_use``.
    ``committed`` base units are charged at least. ``minimum`` and ``maximum`` (micro-units) bound a full period;
    ``invoice_at`` (micro-units): as soon as so much is not invoiced yet, all of it is.
    """

    key: str
    version: str
    valid_from: date
    currency: str
    unit: Unit
    steps: tuple[PeriodStep, ...]
    aggregate: Aggregate = Aggregate.SUM
    volume: bool = False
    flat_on_use: bool = False
    committed: int = 0
    minimum: int | None = None
    maximum: int | None = None
    invoice_at: int | None = None
    round_to: RoundTo = field(default_factory=RoundTo)


@dataclass(frozen=True, slots=True)
class PeriodDiscount:
    """Taken off each part before its bounds: first a share of it, then micro-units of a full period."""

    share: Fraction = Fraction(0)
    amount: int = 0


class LineKind(StrEnum):
    """What a line of a period charge is for."""

    USAGE = "usage"
    FLAT = "flat"
    DISCOUNT = "discount"
    MAXIMUM = "maximum"
    """What the maximum takes off."""
    MINIMUM = "minimum"
    """What is missing to the minimum: on the last part."""
    BILLED = "billed"
    """What was invoiced before, subtracted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodLine:
    """One line: which days and version, the step (counted from 0), how much of what, and the exact amount."""

    kind: LineKind
    days: DatePeriod
    version: str
    amount: Fraction
    step: int = 0
    quantity: Fraction = Fraction(0)
    """Base units that are paid for, whole blocks where the step has blocks."""
    price: int = 0
    unit: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodCharge:
    """What a period costs. ``exact`` is the sum of the lines, ``total`` the same rounded once."""

    lines: tuple[PeriodLine, ...]
    exact: Fraction
    total: Money
