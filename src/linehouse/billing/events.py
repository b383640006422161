"""What billing tells the other rooms."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from linehouse.kernel.event import Event


class RunStarted(Event, name="billing.run.started", version=1, aggregate="run_id"):
    """A bill run was planned for the accounts whose cycle ends by ``cycle_until``."""

    run_id: UUID
    run_number: str
    cycle_until: date
    accounts: int


class RunCalculated(Event, name="billing.run.calculated", version=1, aggregate="run_id"):
    """Every account of the run has an outcome; the four figures add up to ``expected``."""

    run_id: UUID
    run_number: str
    expected: int
    billed: int
    zero: int
    parked: int
    excluded: int


class RunApproved(Event, name="billing.run.approved", version=1, aggregate="run_id"):
    """A person approved the run's drafts for posting."""

    run_id: UUID
    run_number: str


class RunPosted(Event, name="billing.run.posted", version=1, aggregate="run_id"):
    """Every bill of the run has its number and its entry in the journal."""

    run_id: UUID
    run_number: str
    invoices: int


class RunCancelled(Event, name="billing.run.cancelled", version=1, aggregate="run_id"):
    """The run was given up before approval; its drafts are gone, nothing was billed."""

    run_id: UUID
    run_number: str


class AccountParked(Event, name="billing.account.parked", version=1, aggregate="billing_account_id"):
    """A run could not bill this account; ``code`` is the error's code. It waits for a person."""

    billing_account_id: UUID
    customer_id: UUID
    run_id: UUID
    code: str


class InvoiceIssued(Event, name="billing.invoice.issued", version=1, aggregate="invoice_id"):
    """An invoice or credit note was posted under its number; ``gross_micros`` is in micro-units of ``currency``."""

    invoice_id: UUID
    customer_id: UUID
    billing_account_id: UUID
    number: str
    kind: str
    issue_date: date
    due_date: date
    currency: str
    gross_micros: int


class InvoiceDocumented(Event, name="billing.invoice.documented", version=1, aggregate="invoice_id"):
    """The PDF and the structured XML of an issued invoice are stored and may be delivered."""

    invoice_id: UUID
    customer_id: UUID
    billing_account_id: UUID
    number: str
    pdf_document_id: UUID
    xml_document_id: UUID


class InvoiceSent(Event, name="billing.invoice.sent", version=1, aggregate="invoice_id"):
    """The invoice was delivered to the customer."""

    invoice_id: UUID
    customer_id: UUID
    number: str


class InvoicePartiallyPaid(Event, name="billing.invoice.partially_paid", version=1, aggregate="invoice_id"):
    """Part of the invoice is paid; ``open_micros`` is still due."""

    invoice_id: UUID
    customer_id: UUID
    number: str
    currency: str
    paid_micros: int
    open_micros: int


class InvoiceSettled(Event, name="billing.invoice.settled", version=1, aggregate="invoice_id"):
    """Nothing is open on the invoice any more."""

    invoice_id: UUID
    customer_id: UUID
    number: str


class InvoiceReopened(Event, name="billing.invoice.reopened", version=1, aggregate="invoice_id"):
    """Money was taken back, so that something is open on the invoice again."""

    invoice_id: UUID
    customer_id: UUID
    number: str
    currency: str
    open_micros: int


class RevenueRecognised(Event, name="billing.revenue.recognised", version=1, aggregate="recognition_id"):
    """Recurring revenue was earned by day up to ``until``, for ``lines`` invoice lines."""

    recognition_id: UUID
    until: date
    lines: int


class CreditGiven(Event, name="billing.credit.given", aggregate="credit_id"):
    """Staff gave an account a credit by hand; the credit note carries it, tax stated."""

    credit_id: UUID
    number: str
    customer_id: UUID
    billing_account_id: UUID
    invoice_id: UUID
    reason_code: str
    currency: str
    gross_micros: int


class CreditReversed(Event, name="billing.credit.reversed", aggregate="credit_id"):
    """A manual credit was taken back by an invoice of the same amount."""

    credit_id: UUID
    number: str
    customer_id: UUID
    billing_account_id: UUID
    invoice_id: UUID
    currency: str
    gross_micros: int
