"""What payment tells the other rooms."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class StatementReceived(Event, name="payment.statement.received", aggregate="statement_id"):
    """A bank statement was read: how many entries it has and how they were matched."""

    statement_id: UUID
    number: str
    entries: int
    matched: int
    unmatched: int
    repeated: int


class EntryUnmatched(Event, name="payment.entry.unmatched", aggregate="entry_id"):
    """Money came in that nothing says whose it is; it waits for a person."""

    entry_id: UUID
    currency: str
    micros: int
    reason: str


class PaymentReceived(Event, name="payment.payment.received", aggregate="payment_id"):
    """Money of a customer came in."""

    payment_id: UUID
    customer_id: UUID
    billing_account_id: UUID
    number: str
    method: str
    currency: str
    micros: int


class PaymentAllocated(Event, name="payment.payment.allocated", aggregate="payment_id"):
    """Part of a payment was set against an invoice; ``left_micros`` of the payment is still free."""

    payment_id: UUID
    customer_id: UUID
    invoice_id: UUID
    invoice_number: str
    currency: str
    micros: int
    left_micros: int


class RefundRequested(Event, name="payment.refund.requested", aggregate="refund_id"):
    """Somebody asks to pay unused credit back; another must approve it."""

    refund_id: UUID
    number: str
    customer_id: UUID
    billing_account_id: UUID
    currency: str
    micros: int


class RefundMoved(Event, name="payment.refund.moved", aggregate="refund_id"):
    """A refund was approved, exported, paid, returned by the bank, or refused."""

    refund_id: UUID
    number: str
    customer_id: UUID
    billing_account_id: UUID
    old: str
    new: str
    currency: str
    micros: int
