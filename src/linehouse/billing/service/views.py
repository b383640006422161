"""Bills, lines, runs and explanations as values for screens, APIs and documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from linehouse.billing.service.running import RunReport
from linehouse.billing.values import LineKind
from linehouse.catalog.values import TaxMode
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceView:
    """A bill without its lines. ``number``, dates and ``reference`` are empty for a draft."""

    id: UUID
    number: str
    kind: str
    state: str
    run_id: UUID | None
    customer_id: UUID
    customer_number: str
    account_id: UUID
    account_number: str
    period: DatePeriod
    issue_date: date | None
    due_date: date | None
    currency: str
    language: str
    net: Money
    tax: Money
    gross: Money
    paid: Money
    reference: str
    buyer_name: str
    hold_reason: str
    pdf_document_id: UUID | None
    xml_document_id: UUID | None
    created_at: datetime
    changed_at: datetime
    posted_at: datetime | None
    sent_at: datetime | None

    @property
    def open(self) -> Money:
        """What is still due; nothing on a draft or a credit note."""
        if not self.number or self.gross.micros <= 0:
            return Money.zero(self.currency)
        return self.gross - self.paid

    def overdue(self, today: date) -> bool:
        """Whether something is open past the due date."""
        return self.due_date is not None and self.due_date < today and bool(self.open)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line of a bill. ``exact`` is the exact sum of its children in micro-units; ``amount`` is in the price mode."""

    id: UUID
    invoice_id: UUID
    number: int
    subscription: str
    kind: LineKind
    key: str
    label: Mapping[str, str]
    exact: Fraction
    amount: Money
    net: Money
    mode: TaxMode
    tax_code: str
    tax_percent: Decimal
    tax_category: str
    gl: str
    clause: str
    covered: DatePeriod | None
    quantity: Quantity | None
    records: int
    explanation: Mapping[str, str]

    @property
    def rounding(self) -> Fraction:
        """What rounding added to the sum of the children, in micro-units."""
        return self.amount.micros - self.exact


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxView:
    """The sum of one rate."""

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
class InvoiceDetail:
    """A bill with its lines, taxes and what was paid of it."""

    invoice: InvoiceView
    lines: tuple[LineView, ...]
    taxes: tuple[TaxView, ...]
    settlements: tuple[SettlementView, ...]


@dataclass(frozen=True, slots=True)
class SettlementView:
    """Part of an invoice that was paid (or came back, below zero)."""

    reference: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What a line, or a part of it, rests on: an entry with its price clause, or a rated record with its tariff rule.

    ``record_id`` leads on to charging's explanation of the record.
    """

    reference: str
    kind: str
    clause: str
    exact: Fraction
    facts: Mapping[str, str]
    record_id: UUID | None = None
    reverses_line: UUID | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A line taken apart: children sum exactly to ``exact``; ``exact`` and ``rounding`` make the amount.

    ``children`` is a page; ``shown`` and ``total`` say how many there are, ``exact`` is always the sum of all.
    """

    line: LineView
    children: tuple[Child, ...]
    total: int
    exact: Fraction
    rounding: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A bill run with its figures."""

    id: UUID
    number: str
    state: str
    cycle_until: date
    started_by: str
    approved_by: str
    created_at: datetime
    calculated_at: datetime | None
    posted_at: datetime | None
    report: RunReport
    gross: Mapping[str, Money]
    """The sum of its bills, drafts included, by currency."""


@dataclass(frozen=True, slots=True)
class RunAccountView:
    """One account of a run and what became of it."""

    account_id: UUID
    account_number: str
    customer_id: UUID
    cut: date
    state: str
    code: str
    reason: str
    invoice_id: UUID | None
    gross: Money | None
