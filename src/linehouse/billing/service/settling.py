"""What is open on invoices, and what payments do to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models.functions import Substr

from linehouse.billing.errors import InvoiceNotFound, SettlesTooMuch
from linehouse.billing.events import InvoicePartiallyPaid, InvoiceReopened, InvoiceSent, InvoiceSettled
from linehouse.billing.lifecycle import BILL
from linehouse.billing.models import Invoice, Settlement
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work

_OPEN = ("validated", "sent", "partiallyPaid")


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice on which something is due."""

    id: UUID
    number: str
    reference: str
    billing_account_id: UUID
    due_date: date
    open: Money


def open_invoices(billing_account_id: UUID) -> Sequence[OpenInvoice]:
    """What the account owes, the oldest due first. Inside a transaction they are held until it ends."""
    rows = Invoice.objects.filter(account_id=billing_account_id, state__in=_OPEN, gross_micros__gt=0)
    return [_open(row) for row in rows.order_by("due_date", "number")]


def invoices_by_reference(references: Sequence[str]) -> Sequence[OpenInvoice]:
    """Open invoices whose payment reference or number, without blanks and punctuation, is among these, oldest first."""
    wanted = {re.sub(r"[^A-Z0-9]", "", text.upper()) for text in references}
    rows = Invoice.objects.filter(state__in=_OPEN, gross_micros__gt=0)
    by_reference = rows.filter(payment_reference__in=wanted)
    # A reference is RF, two check digits and the plain number; so the number finds it too.
    by_number = rows.annotate(plain=Substr("payment_reference", 5)).filter(plain__in=wanted)
    found = {row.id: row for row in (*by_reference, *by_number)}
    return [_open(row) for row in sorted(found.values(), key=lambda r: (r.due_date or date.max, r.number or ""))]


def settle(invoice_id: UUID, amount: Money, reference: str, *, actor: Actor) -> OpenInvoice:
    """Set an amount against the invoice, once per reference; a negative amount is money that was taken back.

    On a credit note the amount is negative: what the account has taken as credit.
    Returns what is open now. Raises InvoiceNotFound, SettlesTooMuch, CurrencyMismatch.
    """
    with unit_of_work(actor, f"paid by {reference}") as work:
        row = Invoice.objects.select_for_update().filter(id=invoice_id, number__isnull=False).first()
        if row is None:
            raise InvoiceNotFound("no such invoice", field="invoice", value=str(invoice_id))
        if Settlement.objects.filter(invoice=row, reference=reference).exists():
            return _open(row)
        before = Money(row.paid_micros, row.currency)
        paid = before + amount
        if not min(0, row.gross_micros) <= paid.micros <= max(0, row.gross_micros):
            raise SettlesTooMuch(
                f"{amount} does not fit {row.number}",
                field="amount",
                value=str(amount),
                expected=f"at most {Money(row.gross_micros, row.currency) - before}",
            )
        Settlement(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            invoice=row,
            reference=reference,
            amount_micros=amount.micros,
        ).save(force_insert=True)
        row.paid_micros, row.changed_at = paid.micros, work.now
        _follow(row)
        row.save(update_fields=["paid_micros", "state", "changed_at"])
        return _open(row)


def _follow(row: Invoice) -> None:
    """The state that follows from what is paid, and the event of the move."""
    number = row.number or ""
    if row.paid_micros == row.gross_micros:
        row.state = BILL.require(row.state, "settled")
        emit(InvoiceSettled(invoice_id=row.id, customer_id=row.customer_id, number=number))
        return
    left = row.gross_micros - row.paid_micros
    new = "partiallyPaid" if row.paid_micros else "sent"
    was_settled = row.state == "settled"
    if row.state != new:
        row.state = BILL.require(row.state, new)
    if was_settled or not row.paid_micros:
        emit(
            InvoiceReopened(
                invoice_id=row.id, customer_id=row.customer_id, number=number, currency=row.currency, open_micros=left
            )
        )
        return
    emit(
        InvoicePartiallyPaid(
            invoice_id=row.id,
            customer_id=row.customer_id,
            number=number,
            currency=row.currency,
            paid_micros=row.paid_micros,
            open_micros=left,
        )
    )


def mark_sent(invoice_id: UUID, *, actor: Actor, reason: str = "delivered") -> None:
    """The invoice has reached the customer; one that is paid in part already, or settled, stays so."""
    with unit_of_work(actor, reason) as work:
        row = Invoice.objects.select_for_update().filter(id=invoice_id, number__isnull=False).first()
        if row is None:
            raise InvoiceNotFound("no such invoice", field="invoice", value=str(invoice_id))
        if row.sent_at is not None:
            return
        if row.state == "validated":
            row.state = BILL.require(row.state, "sent")
        row.sent_at = row.changed_at = work.now
        row.save(update_fields=["state", "sent_at", "changed_at"])
        emit(InvoiceSent(invoice_id=row.id, customer_id=row.customer_id, number=row.number or ""))


def _open(row: Invoice) -> OpenInvoice:
    if row.number is None or row.due_date is None:
        raise TypeError("a draft owes nothing")
    left = Money(row.gross_micros - row.paid_micros, row.currency)
    return OpenInvoice(row.id, row.number, row.payment_reference or "", row.account_id, row.due_date, left)
