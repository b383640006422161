"""What payments do when others tell something, and the laws that they keep."""

from __future__ import annotations

from django.db.models import Sum

from linehouse.billing.events import InvoiceIssued
from linehouse.ledger import service as ledger
from linehouse.payment.models import Allocation, BankEntry, Payment, Refund, RefundShare
from linehouse.payment.service.payments import allocate_open, take_credit_note
from linehouse.payment.service.refunds import OWED, PAY_BACK, refuse_refund
from linehouse.payment.service.statements import bank_account
from linehouse.platform.approval.events import ChangeDecided
from linehouse.platform.approval.reading import find_proposal
from linehouse.platform.checks import Finding, Verdict, check
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.work import SYSTEM, Work


@consumer("payment.use_credit", on=(InvoiceIssued,))
def use_credit(event: InvoiceIssued, work: Work) -> None:
    """Credit is used before payment is asked; a credit note's amount becomes credit and is used at once."""
    if event.kind == "credit-note":
        take_credit_note(event.invoice_id, actor=SYSTEM)
    allocate_open(event.billing_account_id, actor=SYSTEM, reason=f"credit used for {event.number}")


@check("payment.credit", "What is left of an account's payments is its credit in the journal.")
def credit_agrees() -> Verdict:
    """Per billing account and currency."""
    sums = Payment.objects.values_list("billing_account_number", "currency").annotate(left=Sum("left_micros"))
    return ledger.agreement({(f"credit/{account}", currency): int(left) for account, currency, left in sums}, "credit/")


@check("payment.whole", "Every payment is its allocations, what was refunded of it and what is left.")
def payments_are_whole() -> Verdict:
    """Amount = allocated + refunded + left."""
    allocated: dict[object, int] = {}
    for back in RefundShare.objects.all():
        allocated[back.payment_id] = allocated.get(back.payment_id, 0) + back.micros
    for share in Allocation.objects.all():
        allocated[share.payment_id] = allocated.get(share.payment_id, 0) + share.micros
    rows = list(Payment.objects.all())
    findings = [
        Finding(row.number, str(row.amount_micros), str(allocated.get(row.id, 0) + row.left_micros))
        for row in rows
        if row.amount_micros != allocated.get(row.id, 0) + row.left_micros
    ]
    return Verdict(len(rows), tuple(findings))


@consumer("payment.refund_decided", on=(ChangeDecided,))
def refund_decided(event: ChangeDecided, work: Work) -> None:
    """A refund that nobody approved is over."""
    if event.kind == PAY_BACK and event.state in ("refused", "expired", "withdrawn", "failed"):
        decided = find_proposal(event.number)
        refuse_refund(str(decided.payload["refund"]), decided.result or decided.note)


@check("payment.refunds", "What is owed as refunds in the journal is what is approved and not paid yet.")
def refunds_agree() -> Verdict:
    """Per currency."""
    sums = Refund.objects.filter(state__in=("approved", "exported")).values_list("currency")
    wanted = {(OWED, currency): int(total) for currency, total in sums.annotate(total=Sum("amount_micros"))}
    return ledger.agreement(wanted, OWED)


@check("payment.bank", "The bank's accounts in the journal are the sums of the bookings that were taken.")
def bank_agrees() -> Verdict:
    """Per bank account; a statement's opening balance before Linehouse is not part of it."""
    sums: dict[tuple[str, str], int] = {}
    for iban, currency, total in BankEntry.objects.values_list("iban", "currency").annotate(total=Sum("amount_micros")):
        key = (bank_account(iban), currency)
        sums[key] = sums.get(key, 0) + int(total)
    return ledger.agreement(sums, "bank/")
