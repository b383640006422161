"""A posted bill as a frozen value: everything that a PDF, an XML file or a screen shows, and nothing to compute.

The same document value gives the same bytes; edges format it and never do arithmetic on it. Numbers of the business
terms of EN 16931-1 (BT-…, BG-…) are given where a field carries one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from linehouse.billing.invoice import DocumentKind
from linehouse.billing.values import LineKind
from linehouse.catalog.values import TaxMode
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """Who issues the bill (BG-4, BG-5) and where it is paid to (BG-17). ``country`` is ISO 3166-1 alpha-2."""

    name: str
    trade_name: str
    street: str
    postcode: str
    city: str
    country: str
    registration: str
    vat_id: str
    email: str
    phone: str
    website: str = ""
    iban: str = ""
    bic: str = ""
    account_holder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """To whom it is addressed (BG-7, BG-8)."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    vat_id: str = ""
    email: str = ""
    customer_number: str = ""
    account_number: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One line (BG-25). ``amount`` is in the price mode, ``net`` without tax; ``rounding`` is what rounding added.

    ``explanation`` holds the facts by which the amount came about, such as ``days`` and ``of_days``; ``records`` is the
    number of usage records that it sums.
    """

    number: int
    subscription: str
    kind: LineKind
    text: str
    period: DatePeriod | None
    amount: Money
    net: Money
    tax_code: str
    tax_percent: Decimal
    tax_category: str
    clause: str
    quantity: Quantity | None = None
    records: int = 0
    explanation: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTax:
    """The sum of one rate (BG-23)."""

    code: str
    percent: Decimal
    category: str
    mode: TaxMode
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        """Net and tax together."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """One record of the itemised annex; ``at`` is local to the account. ``line`` is the number of its invoice line."""

    line: int
    subscription: str
    at: datetime
    usage_type: str
    direction: str
    peer: str
    place: str
    quantity: Quantity
    amount: Money
    clause: str
    covered_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """How a subscription is headed on the document: its product and its number."""

    reference: str
    product: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """An issued invoice or credit note. Amounts carry their own sign; a credit note's are negative here."""

    kind: DocumentKind
    number: str
    issue_date: date
    due_date: date
    period: DatePeriod
    currency: str
    language: str
    zone: ZoneInfo
    mode: TaxMode
    seller: Seller
    buyer: Buyer
    subscriptions: tuple[Subscription, ...]
    lines: tuple[DocumentLine, ...]
    taxes: tuple[DocumentTax, ...]
    net: Money
    tax: Money
    gross: Money
    payment_reference: str
    prepaid: Money
    refers_to: str = ""
    usage: tuple[UsageRow, ...] = ()
    colours: Mapping[str, str] = field(default_factory=dict)

    @property
    def payable(self) -> Money:
        """What is to be paid (BT-115): the sum less what was paid before."""
        return self.gross - self.prepaid
