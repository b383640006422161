"""An issued bill as the frozen document that edges print, and the files that they made of it."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from linehouse.billing.document import (
    Buyer,
    DocumentLine,
    DocumentTax,
    InvoiceDocument,
    Seller,
    Subscription,
    UsageRow,
)
from linehouse.billing.errors import InvoiceNotFound
from linehouse.billing.events import InvoiceDocumented
from linehouse.billing.invoice import DocumentKind
from linehouse.billing.models import BilledRecord, Charge, Invoice
from linehouse.billing.ports import usage
from linehouse.billing.service.look import line_view
from linehouse.billing.service.views import LineView
from linehouse.billing.values import LineKind, UsageItem
from linehouse.catalog import service as catalog
from linehouse.catalog.values import TaxMode, text_in
from linehouse.inventory import service as inventory
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work


def document(invoice_id: UUID) -> InvoiceDocument:
    """The issued bill, ready to print: the same value whenever it is asked for. Raises InvoiceNotFound.

    What was paid since is not on it: a document says what was asked for on its day.
    """
    row = Invoice.objects.filter(id=invoice_id, number__isnull=False).first()
    if row is None or row.number is None or row.issue_date is None or row.due_date is None:
        raise InvoiceNotFound("no such issued invoice", field="invoice", value=str(invoice_id))
    lines = [line_view(line, row.currency) for line in row.lines.order_by("number")]
    seller = dict(row.seller)
    colours = seller.pop("colours", {})
    return InvoiceDocument(
        kind=DocumentKind(row.kind),
        number=row.number,
        issue_date=row.issue_date,
        due_date=row.due_date,
        period=DatePeriod(row.period_start, row.period_end),
        currency=row.currency,
        language=row.language,
        zone=ZoneInfo(row.zone),
        mode=lines[0].mode if lines else TaxMode.GROSS,
        seller=Seller(**seller),
        buyer=Buyer(**row.buyer),
        subscriptions=_subscriptions({line.subscription for line in lines}),
        lines=tuple(_line(line, row.language) for line in lines),
        taxes=tuple(
            DocumentTax(
                code=tax.code,
                percent=tax.percent,
                category=tax.category,
                mode=TaxMode(tax.mode),
                net=Money(tax.net_micros, row.currency),
                tax=Money(tax.tax_micros, row.currency),
            )
            for tax in row.taxes.order_by("position")
        ),
        net=Money(row.net_micros, row.currency),
        tax=Money(row.tax_micros, row.currency),
        gross=Money(row.gross_micros, row.currency),
        payment_reference=row.payment_reference or "",
        prepaid=Money.zero(row.currency),
        usage=_usage_rows(row),
        colours=colours,
    )


def _line(line: LineView, language: str) -> DocumentLine:
    explanation = dict(line.explanation)
    if line.kind is LineKind.USAGE:
        explanation = {"exact": str(Money(int(line.exact), line.amount.currency))}
    return DocumentLine(
        number=line.number,
        subscription=line.subscription,
        kind=line.kind,
        text=text_in(line.label, language),
        period=line.covered,
        amount=line.amount,
        net=line.net,
        tax_code=line.tax_code,
        tax_percent=line.tax_percent,
        tax_category=line.tax_category,
        clause=line.clause,
        quantity=line.quantity,
        records=line.records,
        explanation=explanation,
    )


def _subscriptions(numbers: set[str]) -> tuple[Subscription, ...]:
    """Each product's name, and the mobile number of its line as on the day on which the product began."""
    found = []
    charges = Charge.objects.filter(product_number__in=numbers).order_by("product_number", "start")
    first = {row.product_number: row for row in reversed(charges)}
    products = inventory.products_by_id(row.product_id for row in first.values())
    for number in sorted(numbers):
        charge = first.get(number)
        product = products.get(charge.product_id) if charge else None
        name = product.offering_name if product else number
        if charge is not None and product is None:
            name = catalog.version(charge.catalog_version).offering(charge.offering_key).name
        msisdn = product.msisdn.digits if product and product.msisdn else ""
        found.append(Subscription(reference=number, product=name, number=msisdn))
    return tuple(found)


def _usage_rows(row: Invoice) -> tuple[UsageRow, ...]:
    lines = dict(BilledRecord.objects.filter(line__invoice=row).values_list("record_id", "line__number"))
    items = usage().records(list(lines)) if lines else ()
    zone = ZoneInfo(row.zone)
    return tuple(
        _usage_row(item, lines[item.record_id], zone)
        for item in sorted(items, key=lambda i: (i.started_at, str(i.record_id)))
    )


def _usage_row(item: UsageItem, line: int, zone: ZoneInfo) -> UsageRow:
    return UsageRow(
        line=line,
        subscription=item.subscription,
        at=item.started_at.astimezone(zone),
        usage_type=item.usage_type,
        direction=item.direction,
        peer=item.peer,
        place=item.network,
        quantity=item.quantity,
        amount=item.amount,
        clause=item.clause,
        covered_by=item.covered_by,
    )


def attach(invoice_id: UUID, *, pdf: UUID, xml: UUID, actor: Actor) -> None:
    """The files of an issued invoice are kept; it may be delivered. Once: later files are refused silently."""
    with unit_of_work(actor, "documents") as work:
        row = Invoice.objects.select_for_update().filter(id=invoice_id, number__isnull=False).first()
        if row is None:
            raise InvoiceNotFound("no such issued invoice", field="invoice", value=str(invoice_id))
        if row.pdf_document_id is not None:
            return
        row.pdf_document_id, row.xml_document_id, row.changed_at = pdf, xml, work.now
        row.save(update_fields=["pdf_document_id", "xml_document_id", "changed_at"])
        emit(
            InvoiceDocumented(
                invoice_id=row.id,
                customer_id=row.customer_id,
                billing_account_id=row.account_id,
                number=row.number or "",
                pdf_document_id=pdf,
                xml_document_id=xml,
            )
        )
