"""TMF678 `customerBill`: what is due. Bills come from bill runs; by API one is released, or said to be sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from linehouse.billing import service
from linehouse.billing.events import InvoiceIssued, InvoicePartiallyPaid, InvoiceSent, InvoiceSettled
from linehouse.billing.service import InvoiceView, TaxView
from linehouse.edge.tmf.kit.declaration import EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.shapes import (
    Instant,
    MoneyValue,
    Ref,
    RelatedParty,
    Representation,
    Shape,
    TimePeriod,
    at_midnight,
)
from linehouse.kernel.money import Money
from linehouse.payment import service as payments
from linehouse.payment.values import PaymentView
from linehouse.platform.work import Actor

API_PATH = "customerBillManagement"
_DRAFTS = ("new", "onHold")


class TaxItem(Shape):
    """`TaxItem`: the sum of one rate."""

    tax_category: str
    tax_rate: Decimal
    tax_amount: MoneyValue


class AppliedPayment(Shape):
    """`AppliedPayment`: the part of a payment that was set against the bill."""

    applied_amount: MoneyValue
    payment: Ref


class BillDocument(Shape):
    """`AttachmentRefOrValue`: the bill as a file."""

    id: str
    name: str
    attachment_type: str
    mime_type: str


class CustomerBill(Representation):
    """`CustomerBill`."""

    bill_no: str | None = None
    category: str
    run_type: str
    state: str
    bill_date: Instant | None = None
    payment_due_date: Instant | None = None
    last_update: Instant
    billing_period: TimePeriod
    billing_account: Ref
    related_party: list[RelatedParty]
    amount_due: MoneyValue
    remaining_amount: MoneyValue
    tax_excluded_amount: MoneyValue
    tax_included_amount: MoneyValue
    tax_item: list[TaxItem]
    applied_payment: list[AppliedPayment] | None = None
    bill_document: list[BillDocument] | None = None


class CustomerBillUpdate(Shape):
    """`CustomerBill_Update`: the state."""

    state: str


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill with what was paid of it."""

    invoice: InvoiceView
    taxes: tuple[TaxView, ...]
    paid: tuple[tuple[PaymentView, Money], ...]


def get(key: str) -> Bill:
    """A bill. Raises InvoiceNotFound."""
    bill_id = id_of(key)
    return _with_money([service.invoice(bill_id)])[0]


def _with_money(views: Sequence[InvoiceView]) -> list[Bill]:
    """Each bill with its taxes and what was paid of it; one question each for all of them."""
    ids = [view.id for view in views]
    taxes, paid = service.invoice_taxes(ids), payments.payments_of_invoices(ids)
    return [Bill(view, taxes.get(view.id, ()), tuple(paid.get(view.id, ()))) for view in views]


def represent(bill: Bill, links: Links) -> CustomerBill:
    """A bill as TMF678 says it."""
    view = bill.invoice
    return CustomerBill(
        id=str(view.id),
        bill_no=view.number or None,
        category=view.kind,
        run_type="onCycle" if view.run_id else "offCycle",
        state=view.state,
        bill_date=at_midnight(view.issue_date),
        payment_due_date=at_midnight(view.due_date),
        last_update=view.changed_at,
        billing_period=TimePeriod(
            start_date_time=at_midnight(view.period.start), end_date_time=at_midnight(view.period.end)
        ),
        billing_account=account_ref(view, links),
        related_party=[
            RelatedParty(
                id=str(view.customer_id),
                href=links.to("customerManagement", "customer", view.customer_id),
                name=view.buyer_name or None,
                role="customer",
                referred_type="Customer",
            )
        ],
        amount_due=MoneyValue.from_money(view.gross),
        remaining_amount=MoneyValue.from_money(view.open),
        tax_excluded_amount=MoneyValue.from_money(view.net),
        tax_included_amount=MoneyValue.from_money(view.gross),
        tax_item=[
            TaxItem(tax_category=tax.category, tax_rate=tax.percent, tax_amount=MoneyValue.from_money(tax.tax))
            for tax in bill.taxes
        ],
        applied_payment=[_applied(payment, amount, links) for payment, amount in bill.paid] or None,
        bill_document=list(_documents(view)) or None,
    )


def account_ref(view: InvoiceView, links: Links) -> Ref:
    """The account for which the bill is."""
    return Ref(
        id=str(view.account_id),
        href=links.to("accountManagement", "billingAccount", view.account_id),
        name=view.account_number,
    )


def _applied(payment: PaymentView, amount: Money, links: Links) -> AppliedPayment:
    ref = Ref(id=str(payment.id), href=links.to("payment", "payment", payment.id), name=payment.number)
    return AppliedPayment(applied_amount=MoneyValue.from_money(amount), payment=ref)


def _documents(view: InvoiceView) -> Iterator[BillDocument]:
    files = (
        (view.pdf_document_id, f"{view.number}.pdf", "invoice", "application/pdf"),
        (view.xml_document_id, f"{view.number}.xml", "EN 16931", "application/xml"),
    )
    for document_id, name, kind, media_type in files:
        if document_id is not None:
            yield BillDocument(id=str(document_id), name=name, attachment_type=kind, mime_type=media_type)


def patch(key: str, body: CustomerBillUpdate, actor: Actor) -> Bill:
    """Release a bill that is held (`validated`), or say that one has reached the customer (`sent`)."""
    bill_id = id_of(key)
    state = service.invoice(bill_id).state
    if (state, body.state) == ("onHold", "validated"):
        service.post_held(bill_id, actor=actor, reason="released by API")
    elif (state, body.state) == ("validated", "sent"):
        service.mark_sent(bill_id, actor=actor, reason="said to be sent by API")
    else:
        raise ApiProblem(
            409,
            "tmf.state",
            f"a bill that is {state} cannot be set to {body.state}; by API onHold becomes validated and validated"
            " becomes sent, the other states follow from bill runs and payments",
            "/state",
        )
    return get(key)


def search(narrow: Narrow) -> Slice[Bill]:
    """Issued bills by account, customer or state, newest first; drafts only where their state is asked for."""
    account, owner = narrow.get("billingAccount.id"), narrow.get("relatedParty.id")
    account_id, owner_id = id_or_none(account), id_or_none(owner)
    if (account and account_id is None) or (owner and owner_id is None):
        return Slice.empty()
    state = narrow.get("state")
    values, total = service.search_invoices(
        account_id=account_id,
        customer_id=owner_id,
        states=(state,) if state else (),
        drafts=state in _DRAFTS,
        offset=narrow.offset,
        limit=narrow.limit,
    )
    return Slice(_with_money(values), total)


CUSTOMER_BILL: Resource[Bill] = Resource(
    name="customerBill",
    kind="CustomerBill",
    description="What is due; bills come from bill runs",
    read="billing.read",
    write="billing.run",
    representation=CustomerBill,
    represent=represent,
    search=search,
    narrows=("billingAccount.id", "relatedParty.id", "state"),
    get=get,
    patch=Patch(CustomerBillUpdate, patch),
    # TMF678 v4 has a hub and names no events; these are the names that v5 gives.
    events=(
        EventMapping(InvoiceIssued, "CustomerBillCreateEvent"),
        EventMapping(InvoiceSent, "CustomerBillStateChangeEvent"),
        EventMapping(InvoicePartiallyPaid, "CustomerBillStateChangeEvent"),
        EventMapping(InvoiceSettled, "CustomerBillStateChangeEvent"),
    ),
)
