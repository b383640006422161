"""Reading bills and runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from django.db.models import Sum

from linehouse.billing.errors import InvoiceNotFound, RunNotFound
from linehouse.billing.models import BilledEntry, BilledRecord, BillRun, Invoice, InvoiceLine, InvoiceTax, RunAccount
from linehouse.billing.ports import usage
from linehouse.billing.service.running import report_of
from linehouse.billing.service.views import (
    Child,
    Explanation,
    InvoiceDetail,
    InvoiceView,
    LineView,
    RunAccountView,
    RunView,
    SettlementView,
    TaxView,
)
from linehouse.billing.values import LineKind, UsageItem
from linehouse.catalog.values import TaxMode
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.quantity import Quantity, Unit

SORTS = {
    "number": "number",
    "issue_date": "issue_date",
    "due_date": "due_date",
    "gross": "gross_micros",
    "state": "state",
    "account": "account_number",
    "created": "created_at",
}
"""What lists of bills can be sorted by."""


def invoice(invoice_id: UUID) -> InvoiceView:
    """A bill by id. Raises InvoiceNotFound."""
    return _invoice_view(_row(invoice_id))


def invoice_by_number(number: str) -> InvoiceView:
    """An issued bill by its number. Raises InvoiceNotFound."""
    row = Invoice.objects.filter(number=number).first()
    if row is None:
        raise InvoiceNotFound("no such invoice", field="number", value=number)
    return _invoice_view(row)


def invoice_detail(invoice_id: UUID) -> InvoiceDetail:
    """A bill with lines, taxes and settlements. Raises InvoiceNotFound."""
    return _detail(_row(invoice_id))


def invoice_taxes(invoice_ids: Iterable[UUID]) -> dict[UUID, tuple[TaxView, ...]]:
    """The taxes of many bills by id, in one query; a bill without any is left out."""
    found: dict[UUID, list[TaxView]] = {}
    rows = InvoiceTax.objects.filter(invoice_id__in=set(invoice_ids)).select_related("invoice").order_by("position")
    for tax in rows:
        found.setdefault(tax.invoice_id, []).append(_tax_view(tax, tax.invoice.currency))
    return {key: tuple(taxes) for key, taxes in found.items()}


def _detail(row: Invoice) -> InvoiceDetail:
    currency = row.currency
    return InvoiceDetail(
        invoice=_invoice_view(row),
        lines=tuple(line_view(line, currency) for line in row.lines.order_by("number")),
        taxes=tuple(_tax_view(tax, currency) for tax in row.taxes.order_by("position")),
        settlements=tuple(
            SettlementView(s.reference, Money(s.amount_micros, currency), s.created_at)
            for s in row.settlements.order_by("created_at", "id")
        ),
    )


def search_invoices(
    *,
    query: str = "",
    customer_id: UUID | None = None,
    account_id: UUID | None = None,
    run_id: UUID | None = None,
    states: Sequence[str] = (),
    drafts: bool = False,
    off_cycle: bool = False,
    sort: str = "",
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[InvoiceView], int]:
    """A page of bills, newest first unless sorted by a key of ``SORTS``, and how many match; drafts only on demand.

    ``query`` is a part of the number, of the reference, or of the account's or customer's number. ``off_cycle`` leaves
    only those that no bill run made.
    """
    rows = Invoice.objects.all() if drafts else Invoice.objects.filter(number__isnull=False)
    if query:
        fields = ("number", "payment_reference", "account_number", "customer_number")
        matched = Invoice.objects.none()
        for field in fields:
            matched |= Invoice.objects.filter(**{f"{field}__icontains": query.strip()})
        rows &= matched
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if run_id is not None:
        rows = rows.filter(run_id=run_id)
    if off_cycle:
        rows = rows.filter(run_id__isnull=True)
    if states:
        rows = rows.filter(state__in=list(states))
    column = SORTS.get(sort, "created_at")
    rows = rows.order_by(f"{'-' if descending else ''}{column}", "-id" if descending else "id")
    return [_invoice_view(row) for row in rows[offset : offset + limit]], rows.count()


def lines_by_id(ids: Sequence[UUID]) -> Mapping[UUID, LineView]:
    """Lines by id; unknown ids are left out."""
    rows = InvoiceLine.objects.filter(id__in=list(ids)).select_related("invoice")
    return {row.id: line_view(row, row.invoice.currency) for row in rows}


def search_lines(
    *,
    invoice_id: UUID | None = None,
    account_id: UUID | None = None,
    subscription: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[tuple[InvoiceView, LineView]], int]:
    """A page of lines of issued bills with their bills, newest bill first, and how many match."""
    rows = InvoiceLine.objects.filter(invoice__number__isnull=False).select_related("invoice")
    if invoice_id is not None:
        rows = rows.filter(invoice_id=invoice_id)
    if account_id is not None:
        rows = rows.filter(invoice__account_id=account_id)
    if subscription:
        rows = rows.filter(subscription=subscription)
    page = rows.order_by("-invoice__created_at", "-invoice_id", "number")[offset : offset + limit]
    return [(_invoice_view(row.invoice), line_view(row, row.invoice.currency)) for row in page], rows.count()


def explain_line(line_id: UUID, *, offset: int = 0, limit: int = 200) -> Explanation:
    """A line taken apart into what it rests on; children of all pages sum exactly to it. Raises InvoiceNotFound."""
    row = InvoiceLine.objects.select_related("invoice").filter(id=line_id).first()
    if row is None:
        raise InvoiceNotFound("no such line", field="line", value=str(line_id))
    line = line_view(row, row.invoice.currency)
    if line.kind is LineKind.USAGE:
        billed = BilledRecord.objects.filter(line=row)
        total = billed.aggregate(micros=Sum("amount_micros"))["micros"] or 0
        page = list(billed.order_by("record_id")[offset : offset + limit])
        items = {item.record_id: item for item in usage().records([record.record_id for record in page])}
        children = tuple(_record_child(record, items.get(record.record_id)) for record in page)
        return Explanation(line, children, billed.count(), Fraction(total), line.amount.micros - Fraction(total))
    if line.kind is LineKind.ADJUSTMENT:
        facts = {name: str(value) for name, value in row.explanation.items()}
        whole = Child(
            reference=facts.get("credit", line.key),
            kind=line.kind.value,
            clause=line.clause,
            exact=Fraction(row.exact),
            facts=facts,
            reverses_line=None,
        )
        return Explanation(line, (whole,), 1, whole.exact, line.amount.micros - whole.exact)
    entry = BilledEntry.objects.get(line=row)
    child = Child(
        reference=str(entry),
        kind=line.kind.value,
        clause=line.clause,
        exact=Fraction(entry.exact),
        facts=entry.explanation,
        reverses_line=_origin(entry),
    )
    return Explanation(line, (child,), 1, child.exact, line.amount.micros - child.exact)


def _origin(entry: BilledEntry) -> UUID | None:
    if entry.reverses is None:
        return None
    return BilledEntry.objects.values_list("line_id", flat=True).get(
        subscription=entry.subscription,
        charge_key=entry.charge_key,
        period_start=entry.period_start,
        period_end=entry.period_end,
        revision=entry.reverses,
    )


def _record_child(record: BilledRecord, item: UsageItem | None) -> Child:
    facts: dict[str, str] = {}
    if item is not None:
        facts = {
            "usage_type": item.usage_type,
            "direction": item.direction,
            "started_at": item.started_at.isoformat(),
            "quantity": item.quantity.human(),
            "peer": item.peer,
            "network": item.network,
            "covered_by": item.covered_by,
        }
    return Child(
        reference=str(record.record_id),
        kind="record",
        clause=record.clause,
        exact=Fraction(record.amount_micros),
        facts=facts,
        record_id=record.record_id,
    )


def line_of_record(record_id: UUID) -> UUID | None:
    """The line on which a usage record stands, or None while it is not billed."""
    return BilledRecord.objects.filter(record_id=record_id).values_list("line_id", flat=True).first()


def run(run_id: UUID) -> RunView:
    """A bill run by id. Raises RunNotFound."""
    return _run_view(_run_row(id=run_id))


def run_by_number(number: str) -> RunView:
    """A bill run by number. Raises RunNotFound."""
    return _run_view(_run_row(number=number))


def search_runs(*, state: str = "", offset: int = 0, limit: int = 50) -> tuple[Sequence[RunView], int]:
    """A page of runs, newest first, and how many there are."""
    rows = BillRun.objects.filter(state=state) if state else BillRun.objects.all()
    return [_run_view(row) for row in rows.order_by("-number")[offset : offset + limit]], rows.count()


def run_accounts(
    run_id: UUID, *, state: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[RunAccountView], int]:
    """A page of a run's accounts, by number, and how many match."""
    rows = RunAccount.objects.filter(run_id=run_id).select_related("invoice")
    if state:
        rows = rows.filter(state=state)
    page = rows.order_by("account_number")[offset : offset + limit]
    return [_run_account_view(row) for row in page], rows.count()


def _run_account_view(row: RunAccount) -> RunAccountView:
    bill = row.invoice
    gross = Money(bill.gross_micros, bill.currency) if bill else None
    return RunAccountView(
        row.account_id,
        row.account_number,
        row.customer_id,
        row.cut,
        row.state,
        row.code,
        row.reason,
        row.invoice_id,
        gross,
    )


def _run_row(**by: object) -> BillRun:
    row = BillRun.objects.filter(**by).first()
    if row is None:
        raise RunNotFound("no such bill run", field="run", value=str(next(iter(by.values()))))
    return row


def _run_view(row: BillRun) -> RunView:
    sums = Invoice.objects.filter(run=row).values_list("currency").annotate(gross=Sum("gross_micros"))
    return RunView(
        id=row.id,
        number=row.number,
        state=row.state,
        cycle_until=row.cycle_until,
        started_by=row.started_by,
        approved_by=row.approved_by,
        created_at=row.created_at,
        calculated_at=row.calculated_at,
        posted_at=row.posted_at,
        report=report_of(row.id),
        gross={currency: Money(int(gross), currency) for currency, gross in sums},
    )


def _row(invoice_id: UUID) -> Invoice:
    row = Invoice.objects.filter(id=invoice_id).first()
    if row is None:
        raise InvoiceNotFound("no such invoice", field="invoice", value=str(invoice_id))
    return row


def _invoice_view(row: Invoice) -> InvoiceView:
    currency = row.currency
    return InvoiceView(
        id=row.id,
        number=row.number or "",
        kind=row.kind,
        state=row.state,
        run_id=row.run_id,
        customer_id=row.customer_id,
        customer_number=row.customer_number,
        account_id=row.account_id,
        account_number=row.account_number,
        period=DatePeriod(row.period_start, row.period_end),
        issue_date=row.issue_date,
        due_date=row.due_date,
        currency=currency,
        language=row.language,
        net=Money(row.net_micros, currency),
        tax=Money(row.tax_micros, currency),
        gross=Money(row.gross_micros, currency),
        paid=Money(row.paid_micros, currency),
        reference=row.payment_reference or "",
        buyer_name=row.buyer.get("name", ""),
        hold_reason=row.hold_reason,
        pdf_document_id=row.pdf_document_id,
        xml_document_id=row.xml_document_id,
        created_at=row.created_at,
        changed_at=row.changed_at,
        posted_at=row.posted_at,
        sent_at=row.sent_at,
    )


def line_view(row: InvoiceLine, currency: str) -> LineView:
    """The row as a value."""
    covered = None
    if row.covered_start is not None and row.covered_end is not None:
        covered = DatePeriod(row.covered_start, row.covered_end)
    return LineView(
        id=row.id,
        invoice_id=row.invoice_id,
        number=row.number,
        subscription=row.subscription,
        kind=LineKind(row.kind),
        key=row.key,
        label=row.label,
        exact=Fraction(row.exact),
        amount=Money(row.amount_micros, currency),
        net=Money(row.net_micros, currency),
        mode=TaxMode(row.mode),
        tax_code=row.tax_code,
        tax_percent=row.tax_percent,
        tax_category=row.tax_category,
        gl=row.gl,
        clause=row.clause,
        covered=covered,
        quantity=None if row.quantity is None else Quantity(row.quantity, Unit(row.unit)),
        records=row.records,
        explanation=row.explanation,
    )


def _tax_view(row: InvoiceTax, currency: str) -> TaxView:
    return TaxView(
        code=row.code,
        percent=row.percent,
        category=row.category,
        mode=TaxMode(row.mode),
        net=Money(row.net_micros, currency),
        tax=Money(row.tax_micros, currency),
    )
