"""What billing does when others tell something, its jobs, and the laws that it keeps."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Sum

from linehouse.balance import service as balance
from linehouse.billing.errors import NothingToBill
from linehouse.billing.events import InvoiceIssued
from linehouse.billing.models import BilledEntry, Invoice, InvoiceLine, InvoiceTax, RunAccount
from linehouse.billing.ports import use_usage
from linehouse.billing.service.charges import Started, billed_at_start, end_charges, start_charges
from linehouse.billing.service.closing import CLOSE, plan_closings, recognise
from linehouse.billing.service.off_cycle import FIRST_BILL, bill_now
from linehouse.billing.service.posting import POST, post_page
from linehouse.billing.service.quoting import first_bill
from linehouse.billing.service.running import CALCULATE, calculate_page
from linehouse.billing.service.usage_of_charging import BillsOfCharging, ChargingUsage, rate_for_charging
from linehouse.catalog.service import use_first_bill
from linehouse.charging.service import use_bills, use_tax_rates
from linehouse.inventory import service as inventory
from linehouse.inventory.events import ProductActivated, ProductTerminated
from linehouse.ledger import service as ledger
from linehouse.platform.checks import Finding, Verdict, check
from linehouse.platform.jobs.registry import Attempt, external_job, job
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.work import SYSTEM, Work

# What rooms below ask of this one, and what this one asks of charging.
use_first_bill(first_bill)
use_tax_rates(rate_for_charging)
balance.use_tax_rates(rate_for_charging)
use_usage(ChargingUsage())
use_bills(BillsOfCharging())


@consumer("billing.start", on=(ProductActivated,))
def begin_charging(event: ProductActivated, work: Work) -> None:
    """A product that works is charged, unless a balance paid it; what asks for a bill at its start gets one."""
    if balance.paid_from_balance(event.product_id):
        return
    rows = start_charges(
        Started(
            product_id=event.product_id,
            product_number=event.product_number,
            customer_id=event.customer_id,
            billing_account_id=event.billing_account_id,
            offering_key=event.offering_key,
            catalog_version=event.catalog_version,
            at=event.activated_at,
        )
    )
    if billed_at_start(rows):
        enqueue(
            FIRST_BILL,
            {"account": str(event.billing_account_id), "product": event.product_number},
            key=event.product_number,
        )


@consumer("billing.stop", on=(ProductTerminated,))
def stop_charging(event: ProductTerminated, work: Work) -> None:
    """A product that has ended is not charged any more."""
    if balance.paid_from_balance(event.product_id):
        return
    product = inventory.find_product(id=event.product_id)
    end_charges(
        Started(
            product_id=event.product_id,
            product_number=event.product_number,
            customer_id=event.customer_id,
            billing_account_id=event.billing_account_id,
            offering_key=event.offering_key,
            catalog_version=product.catalog_version,
            at=event.terminated_at,
        )
    )


@job(FIRST_BILL)
def bill_at_start(payload: dict[str, Any], work: Work) -> None:
    """Bill what was just bought; nothing is left to do when another bill has it already."""
    try:
        bill_now(
            UUID(payload["account"]), actor=SYSTEM, reason=f"first bill of {payload['product']}", only_first_bills=True
        )
    except NothingToBill:
        return


@external_job(CALCULATE, lease_seconds=600)
def calculate(payload: dict[str, Any], attempt: Attempt) -> None:
    """A page of a run's accounts, each in its own transaction."""
    calculate_page(UUID(payload["run"]), payload["page"], actor=SYSTEM)


@external_job(POST, lease_seconds=600)
def post_drafts(payload: dict[str, Any], attempt: Attempt) -> None:
    """A page of a run's drafts, each in its own transaction."""
    post_page(UUID(payload["run"]), payload["page"], actor=SYSTEM)


@consumer("billing.defer", on=(InvoiceIssued,))
def defer(event: InvoiceIssued, work: Work) -> None:
    """Recurring revenue is earned by day: closings are planned until all of it is."""
    plan_closings(Invoice.objects.get(id=event.invoice_id), work)


@job(CLOSE)
def close(payload: dict[str, Any], work: Work) -> None:
    """A month's closing."""
    recognise(date.fromisoformat(payload["until"]), actor=SYSTEM)


@check("billing.lines", "The lines of every bill come to its sums.")
def lines_add_up() -> Verdict:
    """Line nets to the net; for each rate too."""
    rows = Invoice.objects.annotate(lines_net=Sum("lines__net_micros")).exclude(lines_net=F("net_micros"))
    findings = [
        Finding(row.number or f"draft of {row.account_number}", str(row.net_micros), str(row.lines_net)) for row in rows
    ]
    return Verdict(Invoice.objects.count(), tuple(findings))


@check("billing.entries", "Every line about a charge has one entry of the same amount.")
def lines_have_entries() -> Verdict:
    """A line rests on its entry."""
    rows = InvoiceLine.objects.exclude(kind__in=("usage", "adjustment"))
    wrong = rows.filter(entry__isnull=True) | rows.exclude(entry__amount_micros=F("amount_micros"))
    findings = [Finding(f"{line.subscription} {line.key}", str(line.amount_micros), "another amount") for line in wrong]
    return Verdict(rows.count(), tuple(findings))


@check("billing.reversals", "What was taken back never exceeds what was charged.")
def reversals_fit() -> Verdict:
    """Per subscription, charge and period the entries come to zero or more."""
    keys = ("subscription", "charge_key", "period_start", "period_end")
    sums = BilledEntry.objects.values(*keys).annotate(total=Sum("amount_micros"))
    findings = [
        Finding(f"{r['subscription']} {r['charge_key']} {r['period_start']}", ">= 0", str(r["total"]))
        for r in sums.filter(total__lt=0)
    ]
    return Verdict(sums.count(), tuple(findings))


@check("billing.runs", "Every account of a closed run was billed, had nothing due, is parked or was excluded.")
def runs_add_up() -> Verdict:
    """No account of a run that was posted is still waiting."""
    left = RunAccount.objects.filter(run__state="posted", state="waiting").select_related("run")
    findings = [Finding(f"{row.run.number} {row.account_number}", "an outcome", "waiting") for row in left]
    return Verdict(RunAccount.objects.count(), tuple(findings))


@check("billing.deferred", "What is deferred in the journal is what lines and packs have not earned yet.")
def deferred_agrees() -> Verdict:
    """Per kind of revenue and currency."""
    rows = InvoiceLine.objects.filter(deferred=True, invoice__number__isnull=False)
    sums = rows.values_list("gl", "invoice__currency").annotate(left=Sum(F("net_micros") - F("earned_micros")))
    wanted = balance.deferred_of_packs()
    for gl, currency, left in sums:
        wanted[f"deferred/{gl}", currency] = wanted.get((f"deferred/{gl}", currency), 0) + int(left)
    return ledger.agreement(wanted, "deferred/")


@check("billing.receivable", "An account's receivable in the journal is what is open on its invoices.")
def receivable_agrees() -> Verdict:
    """Gross less paid, per account and currency; credit notes that nobody has taken yet count below zero."""
    issued = Invoice.objects.filter(number__isnull=False)
    sums = issued.values_list("account_number", "currency").annotate(left=Sum(F("gross_micros") - F("paid_micros")))
    wanted = {(f"receivable/{account}", currency): int(left) for account, currency, left in sums}
    return ledger.agreement(wanted, "receivable/")


@check("billing.tax", "The tax in the journal is at least the tax of issued bills; credit may add its own when used.")
def tax_agrees() -> Verdict:
    """The journal never has less than the bills say."""
    rows = InvoiceTax.objects.filter(invoice__number__isnull=False)
    sums = rows.values_list("code", "invoice__currency").annotate(tax=Sum("tax_micros"))
    booked = {(account.key, account.asset): account.balance for account in ledger.accounts("tax/")}
    findings = [
        Finding(f"tax/{code} {currency}", f">= {tax}", str(booked.get((f"tax/{code}", currency), 0)))
        for code, currency, tax in sums
        if booked.get((f"tax/{code}", currency), 0) < tax
    ]
    return Verdict(len(sums), tuple(findings))
