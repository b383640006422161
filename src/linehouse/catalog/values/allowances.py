"""What an offering includes in units: the pattern from which balance makes buckets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from linehouse.catalog.values.words import PeriodLength, Texts, text_in
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.allowance_periods import OnChange
from linehouse.rating.values import OwnPrice, Scope, WhenEmpty


class FirstPeriod(StrEnum):
    """How much of a recurring allowance the first, shorter period gets."""

    FULL = "full"
    PRORATE = "prorate"


class Sharing(StrEnum):
    """Who uses an allowance together with the line that brings it."""

    ACCOUNT = "account"
    """Every line that the billing account pays."""
    CUSTOMER = "customer"
    """Every line of the customer: a family with several payers, an organisation with its departments."""
    GROUP = "group"
    """The lines that were taken into the group of the line that brings it, whoever pays them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollover:
    """What of an unused rest moves on: nothing below ``minimum``, at most ``maximum`` (None: all), in base units.

    ``lasts`` None: until the period that begins then is over. ``priority`` None: that of the allowance. What moved on
    does not move on again.
    """

    minimum: int = 0
    maximum: int | None = None
    lasts: PeriodLength | None = None
    priority: int | None = None

    def of(self, unused: int) -> int:
        """The part of an unused rest that moves on."""
        if unused <= 0 or unused < self.minimum:
            return 0
        return unused if self.maximum is None else min(unused, self.maximum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How an allowance is consumed: its own block (base units), the used part only (``exact``), also a part of a block
    (``partial``), nothing after it (``stop``), so many of its units for each unit used, and a price of its own.

    ``when_empty_to`` names the policy counter of a throttle and the address of a redirect. ``lasts``: so long from its
    first use. ``rollover``: what becomes of an unused rest.
    """

    block: int | None = None
    exact: bool = False
    partial: bool = False
    stop: bool = False
    factor: Fraction = Fraction(1)
    price: OwnPrice | None = None
    when_empty_to: str = ""
    lasts: timedelta | None = None
    rollover: Rollover | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Units that an offering includes: the pattern from which buckets are made.

    ``amount`` None means unlimited. ``recurring`` allowances are granted anew for every billing cycle; the others once
    at activation, for ``validity`` from that instant (None: as long as the product lives). Lower ``priority`` is used
    first. ``scope`` is rating's: which usage it covers; nothing included means all. ``shared`` None: for its own line
    only; ``cap`` (base units) is what one line may take of a shared one, per period. ``on_change`` is what a change of
    plan in mid period makes of it.
    """

    key: str
    unit: Unit
    amount: Quantity | None
    texts: Texts
    scope: Scope = field(default_factory=Scope)
    priority: int = 100
    recurring: bool = False
    validity: PeriodLength | None = None
    first_period: FirstPeriod = FirstPeriod.FULL
    on_change: OnChange = OnChange.PRORATE
    when_empty: WhenEmpty = WhenEmpty.CHARGE
    shared: Sharing | None = None
    cap: int | None = None
    terms: Terms = field(default_factory=Terms)

    @property
    def unlimited(self) -> bool:
        """Whether it never empties."""
        return self.amount is None

    def text(self, language: str) -> str:
        """What the subscriber reads, in that language, else in the first one that there is."""
        return text_in(self.texts, language)
