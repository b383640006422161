"""What a subscriber has: buckets of units and of money, as the decision sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from linehouse.kernel.period import Period
from linehouse.rating.values.tariff import Conditions


class BucketKind(StrEnum):
    """Units pay before money, and promotional credit before the main balance."""

    UNITS = "units"
    PROMOTIONAL = "promotional"
    MAIN = "main"
    """A prepaid main balance: never below zero."""
    UNBILLED = "unbilled"
    """A postpaid account: usage gathers until the invoice."""


class WhenEmpty(StrEnum):
    """What happens to usage in a unit bucket's scope when no bucket can pay."""

    CHARGE = "charge"
    """Go on with money."""
    BLOCK = "block"
    """Money is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which usage a bucket covers: any ``include`` clause (none: all usage) and no ``exclude`` clause."""

    include: tuple[Conditions, ...] = ()
    exclude: tuple[Conditions, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bucket at the moment of the decision.

    ``available`` is what is left, in base units or micro-units; None never empties. ``ref`` is its business key.
    ``block`` (base units) replaces the tariff step's block for what this bucket covers. ``factor`` is the exact
    number of bucket units per covered unit. ``created_at`` decides between equals: the oldest first.
    """

    ref: str
    kind: BucketKind
    available: int | None
    valid: Period
    created_at: datetime
    name: str = ""
    priority: int = 100
    scope: Scope = Scope()
    shared: bool = False
    block: int | None = None
    exact: bool = False
    partial: bool = False
    stop: bool = False
    factor: Fraction = Fraction(1)
    when_empty: WhenEmpty = WhenEmpty.CHARGE

    @property
    def is_money(self) -> bool:
        """Whether it holds money."""
        return self.kind is not BucketKind.UNITS
