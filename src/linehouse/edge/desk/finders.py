"""The business data that the palette searches; each room answers for its own."""

from collections.abc import Iterable
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy

from linehouse.billing import service as billing
from linehouse.catalog import service as catalog
from linehouse.catalog.errors import NothingPublished
from linehouse.customer import service as customers
from linehouse.edge.desk.access import Desk, is_contact
from linehouse.edge.desk.bill_rows import bill_url
from linehouse.edge.desk.order_rows import what
from linehouse.edge.desk.palette import LIMIT, Finder, Hit
from linehouse.edge.ui.formats import money_text
from linehouse.edge.ui.status import readable
from linehouse.inventory import service as inventory
from linehouse.ordering import service as ordering
from linehouse.payment import service as payments
from linehouse.platform.access.grants import Sight
from linehouse.platform.worklist.kinds import all_kinds, kind_named
from linehouse.platform.worklist.reading import tasks
from linehouse.platform.worklist.values import TaskFilter
from linehouse.resource import service as resources


def _customers(desk: Desk, text: str) -> Iterable[Hit]:
    if is_contact(text) and desk.sight("customer.personal") is not Sight.PLAIN:
        return
    for one in customers.find_customers(search=text, limit=LIMIT).rows:
        yield Hit(one.name, reverse("desk:customer", args=(desk.brand.key, one.number)), "users", one.number)


def _orders(desk: Desk, text: str) -> Iterable[Hit]:
    for one in ordering.search_orders(query=text, limit=LIMIT)[0]:
        url = reverse("desk:order", args=(desk.brand.key, one.number))
        yield Hit(f"{one.number}, {what(one)}", url, "order", readable(one.state))


def _invoices(desk: Desk, text: str) -> Iterable[Hit]:
    for one in billing.search_invoices(query=text, limit=LIMIT)[0]:
        yield Hit(f"{one.number}, {one.buyer_name}", bill_url(desk.brand.key, one), "bill", money_text(one.gross))


def _products(desk: Desk, text: str) -> Iterable[Hit]:
    for one in inventory.search_products(query=text, limit=LIMIT)[0]:
        url = reverse("desk:product", args=(desk.brand.key, one.number))
        yield Hit(f"{one.number}, {one.offering_name}", url, "box", readable(one.state))


def _numbers(desk: Desk, text: str) -> Iterable[Hit]:
    digits = "".join(letter for letter in text if letter.isdigit())
    if len(digits) < 4:
        return
    for one in resources.search_numbers(query=digits, limit=LIMIT)[0]:
        url = reverse("desk:number", args=(desk.brand.key, one.msisdn.digits))
        yield Hit(one.msisdn.e164, url, "phone", readable(one.state))


def _sims(desk: Desk, text: str) -> Iterable[Hit]:
    digits = "".join(letter for letter in text if letter.isdigit())
    if len(digits) < 6:
        return
    for one in resources.search_sims(query=digits, limit=LIMIT)[0]:
        yield Hit(
            one.iccid.digits, reverse("desk:sim", args=(desk.brand.key, one.iccid.digits)), "sim", readable(one.state)
        )


def _payments(desk: Desk, text: str) -> Iterable[Hit]:
    for one in payments.payments(search=text, limit=LIMIT)[0]:
        url = reverse("desk:payment", args=(desk.brand.key, one.id))
        yield Hit(f"{one.number}, {one.billing_account_number}", url, "payment", money_text(one.amount))


def _offerings(desk: Desk, text: str) -> Iterable[Hit]:
    try:
        book = catalog.published()
    except NothingPublished:
        return
    words = text.casefold().split()
    for one in book.offerings.values():
        if all(word in f"{one.name} {one.key}".casefold() for word in words):
            yield Hit(one.name, reverse("desk:offering", args=(desk.brand.key, one.key)), "book", one.key)


def _tasks(desk: Desk, text: str) -> Iterable[Hit]:
    kinds = [kind.name for kind in all_kinds().values() if kind.read in desk.permissions]
    for one in tasks(TaskFilter(text=text), kinds=kinds, limit=LIMIT)[0]:
        link = kind_named(one.kind).link
        below = link(one) if link else ""
        if below:
            url = f"{reverse('desk:dashboard', args=(desk.brand.key,))}{below}"
            yield Hit(f"{one.title}: {one.subject}", url, "order", readable(one.state))


FINDERS: Final[tuple[Finder, ...]] = (
    Finder(gettext_lazy("Customers"), "customer.read", _customers, own=True),
    Finder(gettext_lazy("Orders"), "order.read", _orders, own=True),
    Finder(gettext_lazy("Invoices"), "billing.read", _invoices),
    Finder(gettext_lazy("Products"), "customer.read", _products, own=True),
    Finder(gettext_lazy("Numbers"), "resource.read", _numbers),
    Finder(gettext_lazy("SIM cards"), "resource.read", _sims),
    Finder(gettext_lazy("Payments"), "payment.read", _payments),
    Finder(gettext_lazy("Offerings"), "catalog.read", _offerings),
    Finder(gettext_lazy("Tasks"), "work.read", _tasks),
)
