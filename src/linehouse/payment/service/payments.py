"""Recording a payment and setting it against what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linehouse.billing import service as billing
from linehouse.customer import service as customers
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.ledger.service import post
from linehouse.ledger.values import Entry, Transfer
from linehouse.payment.allocation import allocate
from linehouse.payment.events import PaymentAllocated, PaymentReceived
from linehouse.payment.lifecycle import PAYMENT
from linehouse.payment.models import Allocation, Payment
from linehouse.payment.values import OpenInvoice
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, current_work, unit_of_work

SERIES = default_series("payment", "PAY-{n:06d}")


@dataclass(frozen=True, slots=True)
class Received:
    """Money that has come in for a billing account, and where the journal has it until now."""

    billing_account_id: UUID
    amount: Money
    method: str
    booked_on: date
    source: str
    reference: str = ""
    bank_ref: str = ""


def record(received: Received, named: UUID | None = None) -> Payment:
    """Book a payment in the surrounding unit of work and set it against what is open, the named invoice first.

    ``received.source`` is the ledger account from which the money comes: the bank's, or unmatched money.
    """
    work = current_work()
    account = customers.billing_account(received.billing_account_id)
    row = Payment(
        id=new_id(),
        created_at=work.now,
        changed_at=work.now,
        number=next_number(SERIES),
        customer_id=account.customer_id,
        billing_account_id=account.id,
        billing_account_number=account.number,
        method=received.method,
        currency=received.amount.currency,
        amount_micros=received.amount.micros,
        left_micros=received.amount.micros,
        booked_on=received.booked_on,
        reference=received.reference[:140],
        bank_ref=received.bank_ref,
    )
    row.save(force_insert=True)
    transfer = Transfer(received.source, f"credit/{account.number}", received.amount.micros, received.amount.currency)
    post(Entry(f"payment:{row.number}", (transfer,), note=received.bank_ref[:140]))
    emit(
        PaymentReceived(
            payment_id=row.id,
            customer_id=account.customer_id,
            billing_account_id=account.id,
            number=row.number,
            method=row.method,
            currency=row.currency,
            micros=row.amount_micros,
        )
    )
    _allocate(row, named)
    return row


def _allocate(row: Payment, named: UUID | None) -> None:
    work = current_work()
    open_invoices = [open_invoice(item) for item in billing.open_invoices(row.billing_account_id)]
    for share in allocate(Money(row.left_micros, row.currency), open_invoices, named):
        Allocation(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            payment=row,
            invoice_id=share.invoice.id,
            invoice_number=share.invoice.number,
            currency=row.currency,
            micros=share.amount.micros,
        ).save(force_insert=True)
        row.left_micros -= share.amount.micros
        credit, owed = f"credit/{row.billing_account_number}", f"receivable/{row.billing_account_number}"
        post(
            Entry(
                f"allocation:{row.number}/{share.invoice.number}",
                (Transfer(credit, owed, share.amount.micros, row.currency),),
            )
        )
        billing.settle(share.invoice.id, share.amount, f"{row.number}/{share.invoice.number}", actor=work.actor)
        emit(
            PaymentAllocated(
                payment_id=row.id,
                customer_id=row.customer_id,
                invoice_id=share.invoice.id,
                invoice_number=share.invoice.number,
                currency=row.currency,
                micros=share.amount.micros,
                left_micros=row.left_micros,
            )
        )
    if not row.left_micros and row.state == "captured":
        row.state = PAYMENT.require(row.state, "done")
    row.changed_at = work.now
    row.save(update_fields=["left_micros", "state", "changed_at"])


def allocate_open(billing_account_id: UUID, *, actor: Actor, reason: str = "credit used") -> Money | None:
    """Set an account's unused credit against what is open now, the oldest payment first; returns how much, or None."""
    with unit_of_work(actor, reason):
        used: Money | None = None
        rows = Payment.objects.select_for_update().filter(billing_account_id=billing_account_id, left_micros__gt=0)
        for row in rows.order_by("created_at", "number"):
            before = row.left_micros
            _allocate(row, None)
            if row.left_micros < before:
                part = Money(before - row.left_micros, row.currency)
                used = part if used is None or used.currency != part.currency else used + part
        return used


def take_credit_note(invoice_id: UUID, *, actor: Actor) -> None:
    """Turn an issued credit note into the account's credit, once; what is open is settled from it, the rest is kept.

    The note stands as a negative receivable in the journal; recording it moves that into the account's credit.
    """
    with unit_of_work(actor, "credit note"):
        note = billing.invoice(invoice_id)
        if note.issue_date is None or Payment.objects.filter(bank_ref=f"note/{note.number}").exists():
            return
        source = f"receivable/{note.account_number}"
        record(
            Received(
                note.account_id,
                abs(note.gross),
                "creditNote",
                note.issue_date,
                source,
                note.number,
                f"note/{note.number}",
            )
        )
        billing.settle(invoice_id, note.gross, note.number, actor=actor)


def open_invoice(item: billing.OpenInvoice) -> OpenInvoice:
    """Billing's view of an open invoice as this room uses it."""
    return OpenInvoice(item.id, item.number, item.reference, item.billing_account_id, item.due_date, item.open)
