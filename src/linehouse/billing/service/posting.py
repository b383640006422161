"""Posting: a draft gets its number and its entry in the journal; from then on it does not change."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction

from linehouse.billing.errors import InvoiceNotFound
from linehouse.billing.events import InvoiceIssued, InvoiceSettled, RunPosted
from linehouse.billing.invoice import DocumentKind
from linehouse.billing.journal import PostingLine, PostingTax, invoice_transfers
from linehouse.billing.lifecycle import BILL, HELD, PARKED, TASK
from linehouse.billing.models import BilledRecord, BillRun, Invoice, InvoiceLine, InvoiceTax, RunAccount
from linehouse.billing.ports import usage
from linehouse.billing.reference import creditor_reference
from linehouse.billing.service.facts import buyer_of, seller_of
from linehouse.billing.service.running import locked_run, move_run, require_ready
from linehouse.billing.values import LineKind
from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.kernel.error import DomainError
from linehouse.kernel.period import local_date
from linehouse.ledger.service import post as post_entry
from linehouse.ledger.values import Entry
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Actor, Work, current_work, unit_of_work

log = structlog.get_logger()

SERIES = {
    DocumentKind.INVOICE: default_series("invoice", "INV-{n:06d}"),
    DocumentKind.CREDIT_NOTE: default_series("credit-note", "CN-{n:06d}"),
}
POST = "billing.post"
PAGE = 200


def post(run_id: UUID, *, actor: Actor, reason: str = "posted") -> None:
    """Begin to post an approved run; the worker goes on invoice by invoice. Raises RunNotFound, RunNotReady."""
    with unit_of_work(actor, reason) as work:
        run = locked_run(run_id)
        require_ready(run)
        if run.state == "approved":
            move_run(run, "posting", work)
        enqueue(POST, {"run": str(run.id), "page": 0}, key=f"{run.number}/0", serial=f"{POST}/{run.number}")


def post_page(run_id: UUID, page: int, *, actor: Actor) -> None:
    """Post drafts of the run in account order, each in its own transaction, until the page is full or none is left."""
    for _ in range(PAGE):
        if not _post_next(run_id, actor):
            _finish(run_id, actor)
            return
    with unit_of_work(actor, "posted"):
        run = locked_run(run_id)
        key = f"{run.number}/{page + 1}"
        enqueue(POST, {"run": str(run_id), "page": page + 1}, key=key, serial=f"{POST}/{run.number}")


def _post_next(run_id: UUID, actor: Actor) -> bool:
    with unit_of_work(actor, "posted") as work:
        rows = Invoice.objects.select_for_update().filter(run_id=run_id, state="new")
        invoice = rows.order_by("account_number", "id").first()
        if invoice is None:
            return False
        try:
            with transaction.atomic(using=current_brand()):
                issue(invoice)
        except DomainError as error:
            _hold(invoice, error, work)
        return True


def _hold(invoice: Invoice, error: DomainError, work: Work) -> None:
    """What cannot be posted waits for a person; the run goes on."""
    log.warning("invoice held", account=invoice.account_number, code=error.code)
    fresh = Invoice.objects.get(id=invoice.id)
    fresh.state, fresh.hold_reason, fresh.changed_at = BILL.require(fresh.state, "onHold"), str(error)[:500], work.now
    fresh.save(update_fields=["state", "hold_reason", "changed_at"])
    work.touch(HELD, str(fresh.id))
    work.touch(PARKED, str(fresh.account_id))
    task = RunAccount.objects.filter(invoice_id=invoice.id).first()
    if task is not None:
        task.state, task.code, task.reason = TASK.require(task.state, "parked"), error.code, str(error)[:1000]
        task.changed_at = work.now
        task.save(update_fields=["state", "code", "reason", "changed_at"])


def post_held(invoice_id: UUID, *, actor: Actor, reason: str) -> None:
    """Post an invoice that was held, now that its cause is mended. Raises InvoiceNotFound, or what holds it still."""
    with unit_of_work(actor, reason) as work:
        invoice = Invoice.objects.select_for_update().filter(id=invoice_id).first()
        if invoice is None:
            raise InvoiceNotFound("no such invoice", field="invoice", value=str(invoice_id))
        invoice.state, invoice.hold_reason, invoice.changed_at = BILL.require(invoice.state, "new"), "", work.now
        invoice.save(update_fields=["state", "hold_reason", "changed_at"])
        work.touch(HELD, str(invoice.id))
        work.touch(PARKED, str(invoice.account_id))
        issue(invoice)
        RunAccount.objects.filter(invoice=invoice, state="parked").update(
            state="billed", code="", reason="", changed_at=work.now
        )


def _finish(run_id: UUID, actor: Actor) -> None:
    with unit_of_work(actor, "posted") as work:
        run: BillRun = locked_run(run_id)
        if run.state != "posting":
            return
        run.posted_at = work.now
        move_run(run, "posted", work, "posted_at")
        issued = Invoice.objects.filter(run=run, number__isnull=False).count()
        emit(RunPosted(run_id=run.id, run_number=run.number, invoices=issued))


def issue(invoice: Invoice) -> None:
    """Number, dates, parties, journal, event: all in the surrounding unit of work."""
    work = current_work()
    account = customers.billing_account(invoice.account_id)
    customer = customers.customer_view(invoice.customer_id)
    kind = DocumentKind(invoice.kind)
    invoice.issue_date = local_date(work.now, ZoneInfo(invoice.zone))
    invoice.due_date = invoice.issue_date + timedelta(days=invoice.payment_days)
    invoice.seller = seller_of(catalog.published(work.now).brand)
    invoice.buyer = buyer_of(customer, account)
    lines = list(InvoiceLine.objects.filter(invoice=invoice).order_by("number"))
    taxes = list(InvoiceTax.objects.filter(invoice=invoice).order_by("position"))
    # The series is locked from here to the commit, so everything slow comes before.
    invoice.number = next_number(SERIES[kind])
    invoice.payment_reference = creditor_reference(invoice.number)
    invoice.state = BILL.require(invoice.state, "validated")
    invoice.posted_at = invoice.changed_at = work.now
    invoice.save()
    _post_journal(invoice, lines, taxes)
    usage().mark_billed(
        list(BilledRecord.objects.filter(line__invoice=invoice).values_list("record_id", flat=True)),
        invoice.number,
        actor=work.actor,
    )
    emit(
        InvoiceIssued(
            invoice_id=invoice.id,
            customer_id=invoice.customer_id,
            billing_account_id=invoice.account_id,
            number=invoice.number,
            kind=kind.value,
            issue_date=invoice.issue_date,
            due_date=invoice.due_date,
            currency=invoice.currency,
            gross_micros=invoice.gross_micros,
        )
    )
    if not invoice.gross_micros:
        # Nothing is asked for. A credit note is settled when payment has taken its amount as credit.
        invoice.state = BILL.require(invoice.state, "settled")
        invoice.save(update_fields=["state"])
        emit(InvoiceSettled(invoice_id=invoice.id, customer_id=invoice.customer_id, number=invoice.number))


def _post_journal(invoice: Invoice, lines: list[InvoiceLine], taxes: list[InvoiceTax]) -> None:
    transfers = invoice_transfers(
        invoice.account_number,
        invoice.currency,
        [PostingLine(LineKind(r.kind), r.gl, r.net_micros, r.accrued_micros, r.deferred) for r in lines],
        [PostingTax(row.code, row.tax_micros) for row in taxes],
    )
    if transfers:
        post_entry(Entry(f"invoice:{invoice.number}", transfers))
