"""What a subscriber has: buckets of units and of money, as the decision sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from linehouse.kernel.period import Period
from linehouse.rating.values.conditions import Conditions
from linehouse.rating.values.prices import OwnPrice


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
    """Money is not asked, usage ends."""
    THROTTLE = "throttle"
    """Usage goes on, slower, without money; a policy counter says how slow."""
    REDIRECT = "redirect"
    """Usage ends at a page or an announcement where more can be bought; money is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which usage a bucket covers: any ``include`` clause (none: all usage) and no ``exclude`` clause."""

    include: tuple[Conditions, ...] = ()
    exclude: tuple[Conditions, ...] = ()

    @property
    def timed(self) -> bool:
        """Whether a clause asks for the time."""
        return any(clause.time_bands for clause in (*self.include, *self.exclude))


@dataclass(frozen=True, slots=True)
class Rollover:
    """What of an unused rest moves on: nothing below ``minimum``, at most ``maximum`` (None: all), for ``lasts``."""

    minimum: int = 0
    maximum: int | None = None
    lasts: timedelta | None = None

    def of(self, unused: int) -> int:
        """The part of an unused rest that moves into the next bucket."""
        if unused <= 0 or unused < self.minimum:
            return 0
        return unused if self.maximum is None else min(unused, self.maximum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bucket at the moment of the decision.

    ``available`` is what is left, in base units or micro-units; None never empties. ``ref`` is its business key.
    ``block`` (base units) replaces the tariff step's block for what this bucket covers. ``factor`` is the exact
    number of bucket units per covered unit. ``created_at`` decides between equals: the oldest first. ``stop``: when it
    cannot pay, no later bucket is asked.

    ``cap_left`` is what this member may still take of a shared bucket (None: no cap). ``price`` is the bucket's own
    price: units and money are both taken. ``lasts``: the bucket has not been used yet; from its first use, which must
    lie in ``valid``, it lasts so long. ``rollover`` and ``when_empty_to`` (a throttle's policy counter, a redirect's
    address) are facts for others.

    Money: ``overdraft`` is how far below zero it may go (a granted overdraft; the credit limit of a postpaid account
    whose ``available`` is minus what is unbilled). ``overdraw``: usage that has happened is debited below that too.
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
    when_empty_to: str = ""
    cap_left: int | None = None
    price: OwnPrice | None = None
    lasts: timedelta | None = None
    rollover: Rollover | None = None
    overdraft: int = 0
    overdraw: bool = False

    @property
    def is_money(self) -> bool:
        """Whether it holds money."""
        return self.kind is not BucketKind.UNITS

    @property
    def room(self) -> int | None:
        """What it can give: what is left, with its overdraft, within the member's cap; None: any amount."""
        left = None if self.available is None else max(0, self.available + self.overdraft)
        if self.cap_left is None:
            return left
        cap = max(0, self.cap_left)
        return cap if left is None else min(left, cap)
