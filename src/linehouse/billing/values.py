"""The values billing computes with: terms of a charge, facts of an account, what is due, and what usage brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from linehouse.catalog.values import (
    Anchor,
    DueOn,
    EndDay,
    FirstBill,
    MinimumOf,
    OfferingPrice,
    Parts,
    PeriodLength,
    PeriodUnit,
    PriceKind,
    Prorate,
    TaxMode,
    Texts,
)
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.quantity import Quantity

MONTHLY = PeriodLength(1, PeriodUnit.MONTH)
ONE_DAY = PeriodLength(1, PeriodUnit.DAY)


@dataclass(frozen=True, slots=True)
class ChargeTerms:
    """A price as it was published when the product was activated; it does not change under the customer.

    ``minimum_of``: the price is the least that a period comes to, and only what is missing is charged.
    ``clause`` names the price clause and catalog version that the invoice line cites; ``gl`` is the tail of the
    revenue account (``revenue/<gl>``); ``length`` is None for a one-time charge.
    """

    key: str
    label: Texts
    kind: PriceKind
    price: Money
    mode: TaxMode
    tax_category: str
    clause: str
    gl: str
    length: PeriodLength | None = None
    in_advance: bool = True
    prorate: Prorate = Prorate.DAY
    anchor: Anchor = Anchor.CYCLE
    end_day: EndDay = EndDay.EXCLUDED
    first_bill: FirstBill = FirstBill.AT_START
    due_on: DueOn = DueOn.ACTIVATION
    parts: Parts = Parts.EACH
    minimum_of: MinimumOf | None = None

    def __post_init__(self) -> None:
        if (self.length is None) != (self.kind is PriceKind.ONE_TIME):
            raise Invalid("a recurring charge has a period, a one-time charge has none", field="length", value=self.key)
        if self.price.micros < 0:
            raise Invalid("a price is not negative", field="price", value=str(self.price), expected=">= 0")


def terms_of(price: OfferingPrice, clause: str) -> ChargeTerms:
    """The terms of a published price."""
    return ChargeTerms(
        key=price.key,
        label=dict(price.texts),
        kind=price.kind,
        price=price.amount,
        mode=price.tax_mode,
        tax_category=price.tax_category,
        clause=clause,
        gl=price.gl_code,
        length=price.period,
        in_advance=price.in_advance,
        prorate=price.prorate,
        anchor=price.anchor,
        end_day=price.end_day,
        first_bill=price.first_bill,
        due_on=price.due_on,
        parts=price.parts,
        minimum_of=price.minimum_of,
    )


@dataclass(frozen=True, slots=True)
class SubscriptionCharge:
    """A charge that a subscription bears from ``start`` (local day) until ``end`` (first day without it)."""

    subscription: str
    terms: ChargeTerms
    start: date
    end: date | None = None

    @property
    def key(self) -> str:
        """Tells this charge from an earlier one by the same price on the same subscription."""
        return f"{self.terms.key}@{self.start.isoformat()}"


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What decides amounts on a billing account, frozen for one bill."""

    account: str
    currency: str
    zone: ZoneInfo
    cycle_day: int
    tax_country: str
    language: str = "en"
    payment_days: int = 14

    def __post_init__(self) -> None:
        if not 1 <= self.cycle_day <= 31:
            raise Invalid(
                "a cycle day is a day of the month", field="cycle_day", value=self.cycle_day, expected="1..31"
            )


class CutKind(StrEnum):
    """A cycle bill also holds the advance periods that begin on the cut; a bill off cycle does not."""

    CYCLE = "cycle"
    OFF_CYCLE = "off-cycle"


@dataclass(frozen=True, slots=True)
class Cut:
    """A bill holds what began before the local day ``until``."""

    until: date
    kind: CutKind = CutKind.CYCLE


@dataclass(frozen=True, slots=True)
class UsageItem:
    """One rated record that is not billed yet, as charging hands it over.

    ``amount`` is the charge in its price mode, ``net`` its part without tax as accrued in the journal (both exact to
    the micro-unit). ``group`` and ``label`` say on which line it is summed, ``clause`` the tariff rule that priced it.
    """

    record_id: UUID
    subscription: str
    group: str
    label: Texts
    usage_type: str
    started_at: datetime
    quantity: Quantity
    amount: Money
    net: Money
    mode: TaxMode
    tax_category: str
    clause: str
    gl: str = "usage"
    direction: str = "out"
    peer: str = ""
    network: str = ""
    covered_by: str = ""


class LineKind(StrEnum):
    """What an invoice line is about."""

    ONE_TIME = "one-time"
    RECURRING = "recurring"
    REVERSAL = "reversal"
    USAGE = "usage"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class Basis:
    """One child of a line: what it rests on, its exact share in micro-units, and how that share came about."""

    reference: str
    clause: str
    exact: Fraction
    explanation: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EntryKey:
    """The once-key of a billed entry."""

    subscription: str
    charge: str
    period: DatePeriod
    revision: int

    def __str__(self) -> str:
        return f"{self.subscription}/{self.charge}/{self.period.start.isoformat()}/{self.revision}"
