"""The first page of a brand: how it goes, and what waits for somebody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from linehouse.billing import service as billing
from linehouse.catalog.errors import NothingPublished
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.story import recent_moments
from linehouse.edge.ui.charts import Chart, Series, bars, donut, stacked_bars
from linehouse.edge.ui.formats import day_text, money_text, month_text
from linehouse.insight import service as insight
from linehouse.insight.service import DayCount
from linehouse.inventory import service as inventory
from linehouse.kernel.money import Money
from linehouse.kernel.period import day_start, local_date
from linehouse.ledger import service as ledger
from linehouse.ordering import service as ordering
from linehouse.ordering.lifecycle import PRODUCT_ORDER
from linehouse.payment import service as payments
from linehouse.platform.jobs.service import search_jobs
from linehouse.platform.texts.codes import titled
from linehouse.usage import service as usage

Counter = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Work:
    """Something that waits for a person: how many, and where."""

    label: str
    count: int
    url: str
    icon: str


@desk_view("customer.read", section="dashboard")
def dashboard(request: DeskRequest) -> HttpResponse:
    """Figures, work that waits, and the last things that happened."""
    desk = request.desk
    try:
        figures = insight.figures()
    except NothingPublished:
        return render(request, "desk/dashboard_new.html", {})
    today = local_date(figures.now, desk.zone)
    context: dict[str, Any] = {
        "figures": figures,
        "customers": sum(figures.customers.values()),
        "active_products": figures.products.get("active", 0),
        "open_orders": sum(count for state, count in figures.orders.items() if state not in PRODUCT_ORDER.final),
        "work": _work(request),
        "revenue": _revenue(request, today) if "ledger.read" in desk.permissions else None,
        "usage_chart": _usage(figures.usage) if "usage.read" in desk.permissions else None,
        "products_chart": _products(),
        "moments": recent_moments(desk.brand.key),
    }
    return render(request, "desk/dashboard.html", context)


def _work(request: DeskRequest) -> list[Work]:
    brand, permissions = request.desk.brand.key, request.desk.permissions
    candidates: tuple[tuple[str, str, Counter, str, str], ...] = (
        (
            "order.read",
            gettext("Order steps that are stuck"),
            lambda: ordering.fallout(limit=1)[1],
            reverse("desk:order_fallout", args=(brand,)),
            "order",
        ),
        (
            "usage.read",
            gettext("Usage records in suspense"),
            lambda: usage.list_suspense(limit=1)[1],
            reverse("desk:suspense", args=(brand,)),
            "pause",
        ),
        (
            "billing.read",
            gettext("Bill runs to approve"),
            lambda: billing.search_runs(state="calculated", limit=1)[1],
            reverse("desk:bill_runs", args=(brand,)) + "?state=calculated",
            "run",
        ),
        (
            "billing.read",
            gettext("Bills on hold"),
            lambda: billing.search_invoices(states=("onHold",), drafts=True, limit=1)[1],
            reverse("desk:bill_runs", args=(brand,)),
            "bill",
        ),
        (
            "payment.read",
            gettext("Bank entries without an owner"),
            lambda: payments.entries(state="unmatched", limit=1)[1],
            reverse("desk:bank_entries", args=(brand,)) + "?state=unmatched",
            "bank",
        ),
        (
            "operations.read",
            gettext("Jobs that have failed"),
            lambda: search_jobs(state="failed", limit=1)[1],
            reverse("desk:jobs", args=(brand,)) + "?state=failed",
            "job",
        ),
    )
    return [
        Work(label, count(), url, icon)
        for permission, label, count, url, icon in candidates
        if permission in permissions
    ]


def _months(today: date, count: int) -> list[date]:
    months = [today.replace(day=1)]
    while len(months) < count:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]


def _revenue(request: DeskRequest, today: date) -> Chart | None:
    """Revenue of the last six months by kind, from the ledger, in the currency that most of it has."""
    months = _months(today, 6)
    edges = [day_start(month, request.desk.zone) for month in months]
    balances = [_by_kind(edge) for edge in edges] + [_by_kind(None)]
    kinds = sorted({key for balance in balances for key in balance})
    if not kinds:
        return None
    currency = max(kinds, key=lambda key: balances[-1].get(key, 0))[1]
    series = [
        Series(
            titled(kind),
            tuple(
                max(after.get((kind, asset), 0) - before.get((kind, asset), 0), 0)
                for before, after in pairwise(balances)
            ),
        )
        for kind, asset in kinds
        if asset == currency
    ]
    return stacked_bars(
        gettext("Revenue by month"),
        [month_text(month) for month in months],
        series,
        label=lambda micros: money_text(Money(micros, currency), 0),
        column=gettext("Month"),
    )


def _by_kind(until: datetime | None) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for account in ledger.accounts("revenue/", until=until):
        if len(account.asset) == 3 and account.asset.isupper():
            key = (account.key.split("/")[1], account.asset)
            found[key] = found.get(key, 0) + account.balance
    return found


def _usage(days: Sequence[DayCount]) -> Chart | None:
    """Usage records that began on each of the last local days."""
    if not any(day.records for day in days):
        return None
    names = [day_text(one.day) for one in days]
    return bars(
        gettext("Usage records by day"),
        names,
        [one.records for one in days],
        column=gettext("Day"),
        measure=gettext("Records"),
    )


def _products() -> Chart | None:
    rows, _ = inventory.search_products(state="active", limit=5_000)
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.offering_name] = counts.get(row.offering_name, 0) + 1
    parts = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:6]
    return (
        donut(gettext("Active products"), parts, column=gettext("Offering"), measure=gettext("Products"))
        if parts
        else None
    )
