"""The tabs of a customer's page; each answers for its own part."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from linehouse.care import service as care
from linehouse.customer.values import CustomerView
from linehouse.edge.desk.access import DeskRequest
from linehouse.edge.desk.bill_rows import invoice_source, invoices_table
from linehouse.edge.desk.credit_rows import credit_tab
from linehouse.edge.desk.customer_reach import reach_answer
from linehouse.edge.desk.customer_timeline import timeline_answer
from linehouse.edge.desk.interaction_rows import interaction_source, interactions_table
from linehouse.edge.desk.message_rows import message_source, messages_table
from linehouse.edge.desk.order_rows import order_source, orders_table
from linehouse.edge.desk.payment_rows import payment_source, payments_table
from linehouse.edge.desk.person_facts import GROUP, person_card
from linehouse.edge.desk.privacy_rows import looks_source, looks_table
from linehouse.edge.desk.products import OVER, cards_of, changes_of, meter
from linehouse.edge.desk.story import moments_of
from linehouse.edge.desk.usage_rows import records_table, usage_charts, usage_source
from linehouse.edge.desk.work_rows import seen, tasks_source, tasks_table
from linehouse.edge.ui.listing import answer_list
from linehouse.insight import service as insight
from linehouse.party import subject_requests
from linehouse.platform.access.grants import Sight
from linehouse.usage.values import UsageFilter

Answer = Callable[[DeskRequest, CustomerView, dict[str, Any]], HttpResponse]
PAGE: Final = "desk/customer.html"


@dataclass(frozen=True, slots=True)
class CustomerTab:
    """A tab with the permission that it needs, the template of its part, and what answers."""

    key: str
    label: StrOrPromise
    permission: str
    template: str
    answer: Answer


def _overview(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    whole = insight.customer_360(view.id)
    context |= {
        "person": person_card(request, view),
        "whole": whole,
        "lines": [one for one in whole.products if one.state not in OVER],
        "meters": [meter(bucket) for bucket in whole.buckets if bucket.granted][:6],
        "moments": moments_of(view.id, request.desk.brand.key, limit=6)[0],
    }
    return render(request, PAGE, context)


def _timeline(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    return timeline_answer(request, view, PAGE, context)


def _contacts(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    table = interactions_table(request.desk.brand.key, of_customer=True)
    context["follow_ups"] = care.follow_ups(customer_id=view.id, state="open")
    return answer_list(request, table, interaction_source(table, view.id), PAGE, context, keep=("tab",))


def _products(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    context["cards"] = cards_of(view.id, request.desk.clock.now)
    return render(request, PAGE, context)


def _usage(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    table = records_table(request.desk.brand.key)
    context["charts"] = usage_charts(view.id, request.desk.clock.now, request.desk.zone)
    return answer_list(
        request, table, usage_source(table, UsageFilter(customer_id=view.id)), PAGE, context, keep=("tab",)
    )


def _bills(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    table = invoices_table(request.desk.brand.key, of_customer=True)
    return answer_list(request, table, invoice_source(customer_id=view.id), PAGE, context, keep=("tab",))


def _payments(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    table = payments_table(request.desk.brand.key, of_customer=True)
    return answer_list(request, table, payment_source(view.id), PAGE, context, keep=("tab",))


def _orders(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    table = orders_table(request.desk.brand.key, of_customer=True)
    return answer_list(request, table, order_source(table, view.id), PAGE, context, keep=("tab",))


def _messages(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    table = messages_table(request.desk.brand.key, of_customer=True)
    return answer_list(request, table, message_source(table, view.id), PAGE, context, keep=("tab",))


def _credits(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    return render(request, PAGE, context | credit_tab(view))


def _tasks(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    table = tasks_table(request, of_customer=True)
    return answer_list(request, table, tasks_source(seen(request), customer_id=view.id), PAGE, context, keep=("tab",))


def _privacy(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    context["requests"] = subject_requests.requests(party_id=view.party_id)[0]
    return answer_list(request, looks_table(), looks_source(view.party_id), PAGE, context, keep=("tab",))


def _history(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    context["changes"] = changes_of(view, masked=request.desk.sight(GROUP) is not Sight.PLAIN)
    return render(request, PAGE, context)


TABS: Final[tuple[CustomerTab, ...]] = (
    CustomerTab("", gettext_lazy("Overview"), "customer.read", "desk/customer_overview.html", _overview),
    CustomerTab("timeline", gettext_lazy("Timeline"), "customer.read", "desk/customer_timeline.html", _timeline),
    CustomerTab("contacts", gettext_lazy("Contacts"), "interaction.read", "desk/customer_contacts.html", _contacts),
    CustomerTab(
        "products", gettext_lazy("Products & allowances"), "customer.read", "desk/customer_products.html", _products
    ),
    CustomerTab("usage", gettext_lazy("Usage"), "usage.read", "desk/customer_usage.html", _usage),
    CustomerTab("bills", gettext_lazy("Bills"), "billing.read", "ui/table.html", _bills),
    CustomerTab("payments", gettext_lazy("Payments"), "payment.read", "ui/table.html", _payments),
    CustomerTab("credits", gettext_lazy("Credits"), "billing.read", "desk/customer_credits.html", _credits),
    CustomerTab("tasks", gettext_lazy("Tasks"), "work.read", "ui/table.html", _tasks),
    CustomerTab("orders", gettext_lazy("Orders"), "order.read", "ui/table.html", _orders),
    CustomerTab("messages", gettext_lazy("Messages"), "message.read", "ui/table.html", _messages),
    CustomerTab("reach", gettext_lazy("Consent & channels"), "customer.read", "desk/customer_reach.html", reach_answer),
    CustomerTab("history", gettext_lazy("History"), "customer.read", "desk/customer_history.html", _history),
    CustomerTab("privacy", gettext_lazy("Privacy"), "privacy.read", "desk/customer_privacy.html", _privacy),
)
