"""A new order, in three pages: what, how, and what it costs. Each has an address; nothing is kept until the end."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from linehouse.billing import service as billing
from linehouse.billing.service import Quote, Wanted
from linehouse.catalog import service as catalog
from linehouse.catalog.values import OfferingKind, ProductOffering, text_in
from linehouse.customer import service as customers
from linehouse.customer.values import BillingAccountView, CustomerSummary, CustomerView
from linehouse.edge.desk.access import DeskRequest, desk_view, sentence
from linehouse.edge.desk.views.catalog import first_price
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.table import Column, Empty, Kind, Query, Shown, Slice, Table
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.kernel.error import DomainError
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import money_sum
from linehouse.kernel.outcome import RefusedError
from linehouse.ordering import service as ordering
from linehouse.ordering.values import CaptureOrder, OrderItemRequest
from linehouse.resource import service as resources

OFFERED_NUMBERS: Final = 8


@desk_view("order.write", section="orders", own=True)
def for_whom(request: DeskRequest) -> HttpResponse:
    """Choose the customer."""
    brand = request.desk.brand.key
    table = Table[CustomerSummary](
        key="customers",
        caption=gettext("Customers"),
        columns=(
            Column(
                "name", gettext("Name"), sort=True, link=lambda c: reverse("desk:order_wizard", args=(brand, c.number))
            ),
            Column("number", gettext("Customer"), Kind.CODE, sort=True),
            Column("state", gettext("State"), Kind.STATUS, sort=True, shown=Shown.FROM_TABLET),
        ),
        search_label=gettext("Name, number, e-mail, telephone"),
        sort="-number",
        empty=Empty(gettext("No customer yet"), gettext("Register one first."), "users"),
        size=25,
    )

    def source(query: Query) -> Slice[CustomerSummary]:
        request.desk.require_search(query.search)
        page = customers.find_customers(
            search=query.search, sort=query.sort, descending=query.descending, offset=query.offset, limit=query.limit
        )
        return Slice(page.rows, page.total)

    return answer_list(
        request, table, source, context={"title": gettext("New order"), "lede": gettext("For which customer?")}
    )


@dataclass(slots=True)
class Wish:
    """What has been chosen so far, as the address says it."""

    offering: ProductOffering | None
    account: BillingAccountView | None
    msisdn: str
    iccid: str
    parent: ProductView | None

    def query(self) -> str:
        """The same for the next page's address."""
        values = {
            "offering": self.offering.key if self.offering else "",
            "account": self.account.number if self.account else "",
            "msisdn": self.msisdn,
            "iccid": self.iccid,
            "parent": self.parent.number if self.parent else "",
        }
        return urlencode({name: value for name, value in values.items() if value})


def _wish(request: DeskRequest, customer: CustomerView) -> Wish:
    values = request.POST if request.method == "POST" else request.GET
    book = catalog.published()
    offering = book.offerings.get(values.get("offering", ""))
    accounts = [account for account in customer.accounts if account.state == "active"]
    account = next((one for one in accounts if one.number == values.get("account")), accounts[0] if accounts else None)
    parent = next((one for one in _plans(customer.id) if one.number == values.get("parent")), None)
    return Wish(offering, account, values.get("msisdn", ""), values.get("iccid", "").strip(), parent)


def _plans(customer_id: UUID) -> list[ProductView]:
    return [
        one
        for one in inventory.products_of_customer(customer_id)
        if one.kind is OfferingKind.PLAN and one.state == "active"
    ]


@desk_view("order.write", section="orders", own=True)
def wizard(request: DeskRequest, number: str) -> HttpResponse:
    """The page that the choices so far lead to; a submit captures the order."""
    customer = customers.customer_by_number(number)
    wish = _wish(request, customer)
    context: dict[str, Any] = {"customer": customer, "wish": wish}
    if request.method == "POST" and wish.offering and wish.account:
        captured = _capture(request, customer, wish, context)
        if captured:
            return captured
        return _preview(request, customer, wish, context)
    if wish.offering is None:
        return _choose(request, context)
    if "configured" in request.GET:
        return _preview(request, customer, wish, context)
    return _configure(request, customer, wish, context)


def _choose(request: DeskRequest, context: dict[str, Any]) -> HttpResponse:
    offerings = catalog.published().orderable(request.desk.clock.now)
    cards = [(one, first_price(one), next(iter(one.recurring_prices), None)) for one in offerings]
    kinds = (
        (OfferingKind.PLAN, gettext("Plans")),
        (OfferingKind.PACK, gettext("Packs")),
        (OfferingKind.ADDON, gettext("Add-ons")),
    )
    context["groups"] = [
        (label, [(one, price, recurring, one.description("en")) for one, price, recurring in cards if one.kind is kind])
        for kind, label in kinds
        if any(one.kind is kind for one, _, _ in cards)
    ]
    return render(request, "desk/order_choose.html", context)


def _configure(request: DeskRequest, customer: CustomerView, wish: Wish, context: dict[str, Any]) -> HttpResponse:
    plan = wish.offering is not None and wish.offering.kind is OfferingKind.PLAN
    if plan:
        free, _ = resources.search_numbers(state="available", query=request.GET.get("find", ""), limit=OFFERED_NUMBERS)
        context["numbers"] = free
        context["find"] = request.GET.get("find", "")
    else:
        context["plans"] = _plans(customer.id)
    context["plan"] = plan
    context["accounts"] = [one for one in customer.accounts if one.state == "active"]
    return render(request, "desk/order_configure.html", context)


def _items(wish: Wish) -> tuple[OrderItemRequest, ...]:
    key = wish.offering.key if wish.offering else ""
    return (
        OrderItemRequest(
            ref="1",
            offering_key=key,
            msisdn=wish.msisdn,
            iccid=wish.iccid,
            parent_product_id=wish.parent.id if wish.parent else None,
        ),
    )


def _preview(request: DeskRequest, customer: CustomerView, wish: Wish, context: dict[str, Any]) -> HttpResponse:
    account, offering = wish.account, wish.offering
    if account is None or offering is None:
        return _choose(request, context)
    try:
        quote: Quote = billing.quote((Wanted("1", offering.key),), billing.facts_of(account), request.desk.clock.now)
        problems = ordering.check_order(CaptureOrder(customer.id, account.id, _items(wish)), actor=request.desk.actor)
        if problems:
            raise RefusedError(problems)
    except DomainError as refusal:
        context["refusal"] = sentence(refusal)
    else:
        recurring = offering.recurring_prices
        context |= {
            "quote": quote,
            "lines": [(line, text_in(line.label, "en")) for line in quote.lines],
            "each_period": money_sum((price.amount for price in recurring), account.currency) if recurring else None,
            "period": recurring[0].period if recurring else None,
            "first_day": quote.first_bill_on,
            "yesterday": quote.first_bill_on - timedelta(days=1),
        }
    context["once"] = request.POST.get("once") or str(new_id())
    return render(request, "desk/order_preview.html", context)


def _capture(request: DeskRequest, customer: CustomerView, wish: Wish, context: dict[str, Any]) -> HttpResponse | None:
    if wish.account is None:
        return None
    new = CaptureOrder(
        customer_id=customer.id,
        billing_account_id=wish.account.id,
        items=_items(wish),
        # The form's own key: sent twice, it is one order.
        external_id=f"desk:{request.POST.get('once') or new_id()}",
        channel="desk",
        note=request.POST.get("note", "").strip(),
    )
    try:
        captured = ordering.capture_order(new, actor=request.desk.actor)
    except DomainError as refusal:
        context["refusal"] = sentence(refusal)
        return None
    messages.success(request, gettext("Order %(order_number)s is taken.") % {"order_number": captured.order_number})
    return redirect("desk:order", brand=request.desk.brand.key, number=captured.order_number)
