"""TMF678 `appliedCustomerBillingRate`: the lines of issued bills, each with the clause that it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from linehouse.billing import service
from linehouse.billing.service import InvoiceView, LineView
from linehouse.catalog.values import TaxMode, text_in
from linehouse.edge.tmf.customer_bill.bill import API_PATH, account_ref
from linehouse.edge.tmf.kit.declaration import Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none
from linehouse.edge.tmf.kit.shapes import (
    Characteristic,
    Instant,
    MoneyValue,
    Ref,
    Representation,
    Shape,
    TimePeriod,
    at_midnight,
)
from linehouse.inventory import service as inventory
from linehouse.kernel.error import NotFound


class AppliedTax(Shape):
    """`AppliedBillingTaxRate`: the tax in the line; rounding is settled on the bill, by rate."""

    tax_category: str
    tax_rate: Decimal
    tax_amount: MoneyValue | None = None


class AppliedCustomerBillingRate(Representation):
    """`AppliedCustomerBillingRate`."""

    name: str
    type: str
    date: Instant | None = None
    description: str | None = None
    is_billed: bool
    bill: Ref
    billing_account: Ref
    product: Ref | None = None
    period_coverage: TimePeriod | None = None
    tax_excluded_amount: MoneyValue
    tax_included_amount: MoneyValue | None = None
    applied_tax: list[AppliedTax]
    characteristic: list[Characteristic]


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line with its bill, and the product that it is for where there is one."""

    invoice: InvoiceView
    line: LineView
    product_id: UUID | None


def represent(held: BilledLine, links: Links) -> AppliedCustomerBillingRate:
    """A line as TMF678 says it."""
    line, view = held.line, held.invoice
    gross = line.amount if line.mode is TaxMode.GROSS else None
    tax = MoneyValue.from_money(gross - line.net) if gross is not None else None
    product = None
    if held.product_id is not None:
        href = links.to("productInventory", "product", held.product_id)
        product = Ref(id=str(held.product_id), href=href, name=line.subscription)
    return AppliedCustomerBillingRate(
        id=str(line.id),
        name=text_in(line.label, view.language),
        type=line.kind.value,
        date=at_midnight(view.issue_date),
        description=line.clause or None,
        is_billed=bool(view.number),
        bill=Ref(id=str(view.id), href=links.to(API_PATH, "customerBill", view.id)),
        billing_account=account_ref(view, links),
        product=product,
        period_coverage=(
            TimePeriod(start_date_time=at_midnight(line.covered.start), end_date_time=at_midnight(line.covered.end))
            if line.covered
            else None
        ),
        tax_excluded_amount=MoneyValue.from_money(line.net),
        tax_included_amount=MoneyValue.from_money(gross) if gross is not None else None,
        applied_tax=[AppliedTax(tax_category=line.tax_category, tax_rate=line.tax_percent, tax_amount=tax)],
        characteristic=list(_characteristics(line)),
    )


def _characteristics(line: LineView) -> Iterator[Characteristic]:
    yield Characteristic(name="lineNumber", value=line.number)
    yield Characteristic(name="clause", value=line.clause)
    yield Characteristic(name="ledgerCode", value=line.gl)
    if line.quantity is not None:
        yield Characteristic(name="quantity", value=line.quantity.human())
    if line.records:
        yield Characteristic(name="usageRecords", value=line.records)
    for name, value in line.explanation.items():
        yield Characteristic(name=name, value=value)


def get(key: str) -> BilledLine:
    """A line of a bill. Raises NotFound."""
    line = service.lines_by_id([id_of(key)]).get(id_of(key))
    if line is None:
        raise NotFound("there is no such line of a bill", field="id", value=key)
    return BilledLine(service.invoice(line.invoice_id), line, _products([line.subscription])[line.subscription])


def search(narrow: Narrow) -> Slice[BilledLine]:
    """Lines of issued bills by bill, account or product, newest bill first."""
    ids: dict[str, UUID | None] = {}
    for path in ("bill.id", "billingAccount.id"):
        wanted = narrow.get(path)
        ids[path] = id_or_none(wanted)
        if wanted and ids[path] is None:
            return Slice.empty()
    found, total = service.search_lines(
        invoice_id=ids["bill.id"],
        account_id=ids["billingAccount.id"],
        subscription=narrow.get("product.name") or "",
        offset=narrow.offset,
        limit=narrow.limit,
    )
    products = _products([line.subscription for _, line in found])
    return Slice([BilledLine(invoice, line, products[line.subscription]) for invoice, line in found], total)


def _products(numbers: list[str]) -> dict[str, UUID | None]:
    known = inventory.product_ids_by_number(numbers)
    return {number: known.get(number) for number in numbers}


RATE: Resource[BilledLine] = Resource(
    name="appliedCustomerBillingRate",
    kind="AppliedCustomerBillingRate",
    description="The lines of issued bills",
    read="billing.read",
    representation=AppliedCustomerBillingRate,
    represent=represent,
    search=search,
    narrows=("bill.id", "billingAccount.id", "product.name"),
    get=get,
)
