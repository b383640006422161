"""Statements, entries and payments as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from linehouse.kernel.money import Money


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One booking of a bank: ``amount`` above zero came in, below zero went out.

    ``bank_ref`` is the bank's own key of the booking (camt.053 AcctSvcrRef); ``reference`` the structured creditor
    reference, ``text`` the free remittance text, ``payer`` the name that the bank gives.
    """

    bank_ref: str
    amount: Money
    booked_on: date
    value_on: date
    reference: str = ""
    text: str = ""
    payer: str = ""
    payer_account: str = ""
    end_to_end: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A bank statement of one account: balances before and after, and the bookings between them."""

    number: str
    iban: str
    opening: Money
    closing: Money
    entries: tuple[StatementEntry, ...]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice on which something is due."""

    id: UUID
    number: str
    reference: str
    billing_account_id: UUID
    due_on: date
    open: Money


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a payment goes to an invoice."""

    invoice: OpenInvoice
    amount: Money


@dataclass(frozen=True, slots=True)
class AllocationView:
    """A share that was booked."""

    invoice_id: UUID
    invoice_number: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment with what it settled; ``left`` is still free."""

    id: UUID
    number: str
    billing_account_id: UUID
    billing_account_number: str
    customer_id: UUID
    method: str
    state: str
    amount: Money
    left: Money
    received_at: datetime
    booked_on: date
    reference: str
    bank_ref: str
    allocations: tuple[AllocationView, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryView:
    """A bank entry as the screen shows it."""

    id: UUID
    statement_id: UUID
    statement_number: str
    bank_ref: str
    amount: Money
    booked_on: date
    reference: str
    text: str
    payer: str
    state: str
    reason: str
    payment_id: UUID | None
    payment_number: str
    top_up: str = ""


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement as the screen shows it."""

    id: UUID
    number: str
    iban: str
    name: str
    opening: Money
    closing: Money
    made_at: datetime
    received_at: datetime
    document_id: UUID
    entries: int
    matched: int
    unmatched: int


TAKEN_BY = {"cash": False, "card": True, "wallet": True, "check": False}
"""How money is taken elsewhere than at the bank, and whether a provider must have authorised it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePayment:
    """Money that was taken for an account. ``invoice_id`` is settled first where it is named."""

    billing_account_id: UUID
    amount: Money
    method: str
    authorization: str = ""
    reference: str = ""
    invoice_id: UUID | None = None
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund. ``iban`` and ``holder`` are personal: screens mask them. ``proposal`` is its proposal's number."""

    id: UUID
    number: str
    state: str
    customer_id: UUID
    billing_account_id: UUID
    billing_account_number: str
    amount: Money
    iban: str
    holder: str
    reason: str
    requested_by: str
    requested_at: datetime
    changed_at: datetime
    proposal: str
    batch: str
    batch_document_id: UUID | None
    paid_on: date | None
    bank_ref: str
    outcome: str
    shares: tuple[tuple[UUID, str, Money], ...] = ()
    """Payment id, payment number and the part of it that goes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """What is to be paid back, and where to. ``once`` is the asker's key for repeats (made when empty)."""

    billing_account_id: UUID
    amount: Money
    iban: str
    holder: str
    reason: str
    once: str = ""


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """One credit transfer of a batch; ``number`` is its end-to-end id."""

    number: str
    amount: Money
    iban: str
    holder: str
    text: str


@dataclass(frozen=True, slots=True)
class RefundExport:
    """Refunds on their way to the bank."""

    number: str
    made_at: datetime
    orders: tuple[RefundOrder, ...]
    total: Money
