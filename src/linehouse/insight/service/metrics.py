"""The metrics and their measuring: each figure is read from the room that owns it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final

from babel.dates import format_date
from django.utils.translation import get_language, gettext_lazy
from django_stubs_ext import StrOrPromise

from linehouse.billing import service as billing
from linehouse.catalog import service as catalog
from linehouse.insight.metrics import Drawn, Figure, Metric, Shape, Unit
from linehouse.insight.service.figures import Figures, figures
from linehouse.inventory import service as inventory
from linehouse.kernel.period import day_start, local_date
from linehouse.ledger import service as ledger
from linehouse.notify import service as notify
from linehouse.notify.values import MessageFilter
from linehouse.ordering import service as ordering
from linehouse.ordering.lifecycle import PRODUCT_ORDER
from linehouse.payment import service as payments
from linehouse.platform.jobs.service import search_jobs
from linehouse.platform.texts.codes import titled
from linehouse.platform.texts.languages import active
from linehouse.resource import service as resources
from linehouse.usage import service as usage

MONTHS: Final = 6
OFFERINGS: Final = 6


class Situation:
    """What several metrics read, read once."""

    @cached_property
    def figures(self) -> Figures:
        """The brand at a glance."""
        return figures()

    @cached_property
    def stock(self) -> Mapping[tuple[str, str], int]:
        """How many numbers and cards are in which state."""
        return {(level.kind, level.state): level.count for level in resources.stock_levels()}

    @property
    def today(self) -> date:
        """The brand's local day."""
        return local_date(self.figures.now, catalog.published(self.figures.now).brand.zone)


Measure = Callable[[Situation], Figure | Drawn | None]
_metrics: dict[str, tuple[Metric, Measure]] = {}


def all_metrics() -> dict[str, Metric]:
    """Every declared metric by key, in the order of declaration."""
    return {key: declared for key, (declared, _) in _metrics.items()}


def measure(key: str, situation: Situation) -> Figure | Drawn | None:
    """Measure now; None where there is nothing to draw. Raises KeyError, NothingPublished."""
    return _metrics[key][1](situation)


def _metric(declared: Metric) -> Callable[[Measure], Measure]:
    def declare(measure: Measure) -> Measure:
        _metrics[declared.key] = (declared, measure)
        return measure

    return declare


def _count(
    key: str,
    title: StrOrPromise,
    meaning: StrOrPromise,
    permission: str,
    link: str,
    icon: str,
    read: Callable[[Situation], int],
    *,
    waits: bool = False,
) -> None:
    declared = Metric(key, title, meaning, Unit.COUNT, Shape.FIGURE, permission, link, icon, waits)
    _metrics[key] = (declared, lambda situation: Figure(read(situation)))


_count(
    "customers.all",
    gettext_lazy("Customers"),
    gettext_lazy("All customers of the brand, also those who have left."),
    "customer.read",
    "customers",
    "users",
    lambda s: sum(s.figures.customers.values()),
)
_count(
    "customers.active",
    gettext_lazy("Active customers"),
    gettext_lazy("Customers who are neither suspended nor closed."),
    "customer.read",
    "customers?state=active",
    "users",
    lambda s: s.figures.customers.get("active", 0),
)
_count(
    "products.active",
    gettext_lazy("Active products"),
    gettext_lazy("Plans, packs and add-ons in use now."),
    "customer.read",
    "",
    "box",
    lambda s: s.figures.products.get("active", 0),
)
_count(
    "offerings.sold",
    gettext_lazy("Offerings on sale"),
    gettext_lazy("Offerings of the catalogue in force."),
    "catalog.read",
    "catalog",
    "book",
    lambda s: len(catalog.published(s.figures.now).offerings),
)
_count(
    "orders.open",
    gettext_lazy("Open orders"),
    gettext_lazy("Orders that are neither completed nor cancelled."),
    "order.read",
    "orders",
    "order",
    lambda s: sum(count for state, count in s.figures.orders.items() if state not in PRODUCT_ORDER.final),
)
_count(
    "orders.stuck",
    gettext_lazy("Order steps that are stuck"),
    gettext_lazy("Steps of orders that cannot go on by themselves."),
    "order.read",
    "orders/stuck",
    "order",
    lambda _: ordering.fallout(limit=1)[1],
    waits=True,
)
_count(
    "usage.today",
    gettext_lazy("Usage records today"),
    gettext_lazy("Records that began on this local day, as far as they have come in."),
    "usage.read",
    "usage/records",
    "usage",
    lambda s: s.figures.usage[-1].records if s.figures.usage else 0,
)
_count(
    "usage.suspended",
    gettext_lazy("Usage records in suspense"),
    gettext_lazy("Records that could not be priced and wait for somebody."),
    "usage.read",
    "usage/suspense",
    "pause",
    lambda _: usage.list_suspense(limit=1)[1],
    waits=True,
)
_count(
    "runs.to_approve",
    gettext_lazy("Bill runs to approve"),
    gettext_lazy("Runs that are calculated and wait for approval."),
    "billing.read",
    "bill-runs?state=calculated",
    "run",
    lambda _: billing.search_runs(state="calculated", limit=1)[1],
    waits=True,
)
_count(
    "bills.held",
    gettext_lazy("Bills on hold"),
    gettext_lazy("Bills that a run has set aside with a reason."),
    "billing.read",
    "bill-runs",
    "bill",
    lambda _: billing.search_invoices(states=("onHold",), drafts=True, limit=1)[1],
    waits=True,
)
_count(
    "payments.unmatched",
    gettext_lazy("Bank entries without an owner"),
    gettext_lazy("Money that came in and could not be matched to an account."),
    "payment.read",
    "bank/entries?state=unmatched",
    "bank",
    lambda _: payments.entries(state="unmatched", limit=1)[1],
    waits=True,
)
_count(
    "messages.failed",
    gettext_lazy("Messages not delivered"),
    gettext_lazy("Messages to customers that failed for good."),
    "customer.read",
    "messages?state=failed",
    "mail",
    lambda _: notify.messages(MessageFilter(state="failed"), limit=1)[1],
    waits=True,
)
_count(
    "jobs.failed",
    gettext_lazy("Jobs that have failed"),
    gettext_lazy("Work of the house that gave up after its attempts."),
    "operations.read",
    "jobs?state=failed",
    "job",
    lambda _: search_jobs(state="failed", limit=1)[1],
    waits=True,
)
_count(
    "numbers.available",
    gettext_lazy("Numbers on sale"),
    gettext_lazy("Numbers in stock that can be given to a customer."),
    "resource.read",
    "numbers?state=available",
    "phone",
    lambda s: s.stock.get(("number", "available"), 0),
)
_count(
    "sims.available",
    gettext_lazy("SIM cards in stock"),
    gettext_lazy("Cards that can be given to a customer."),
    "resource.read",
    "sims?state=available",
    "sim",
    lambda s: s.stock.get(("sim", "available"), 0),
)


@_metric(
    Metric(
        "revenue.month",
        gettext_lazy("Revenue this month"),
        gettext_lazy("What the ledger has earned since the first of the month, before tax."),
        Unit.MONEY,
        Shape.FIGURE,
        "ledger.read",
        "ledger",
        "ledger",
    )
)
def _revenue_this_month(situation: Situation) -> Figure:
    return Figure(situation.figures.revenue)


@_metric(
    Metric(
        "receivable.open",
        gettext_lazy("Owed by customers"),
        gettext_lazy("What is invoiced and not paid yet."),
        Unit.MONEY,
        Shape.FIGURE,
        "ledger.read",
        "invoices",
        "bill",
    )
)
def _receivable(situation: Situation) -> Figure:
    return Figure(situation.figures.receivable)


@_metric(
    Metric(
        "revenue.by_month",
        gettext_lazy("Revenue by month"),
        gettext_lazy("What the ledger earned in each of the last months by kind, before tax."),
        Unit.MONEY,
        Shape.STACK,
        "ledger.read",
        "ledger",
    )
)
def _revenue_by_month(situation: Situation) -> Drawn | None:
    months = _months(situation.today)
    zone = catalog.published(situation.figures.now).brand.zone
    balances = [_earned(day_start(month, zone)) for month in months] + [_earned(None)]
    kinds = sorted({key for balance in balances for key in balance})
    if not kinds:
        return None
    currency = max(kinds, key=lambda key: balances[-1].get(key, 0))[1]
    rows = tuple(
        (
            titled(kind),
            tuple(
                max(after.get((kind, asset), 0) - before.get((kind, asset), 0), 0)
                for before, after in pairwise(balances)
            ),
        )
        for kind, asset in kinds
        if asset == currency
    )
    return Drawn(tuple(_said(month, "MMM y") for month in months), rows, currency)


@_metric(
    Metric(
        "usage.by_day",
        gettext_lazy("Usage records by day"),
        gettext_lazy("Records that began on each of the last local days."),
        Unit.COUNT,
        Shape.BARS,
        "usage.read",
        "usage/records",
    )
)
def _usage_by_day(situation: Situation) -> Drawn | None:
    days = situation.figures.usage
    if not any(day.records for day in days):
        return None
    return Drawn(tuple(_said(day.day, "d MMM") for day in days), (("", tuple(day.records for day in days)),))


@_metric(
    Metric(
        "products.by_offering",
        gettext_lazy("Active products by offering"),
        gettext_lazy("The offerings with the most products in use."),
        Unit.COUNT,
        Shape.DONUT,
        "customer.read",
        "catalog",
    )
)
def _products_by_offering(_situation: Situation) -> Drawn | None:
    counts: dict[str, int] = {}
    for row in inventory.search_products(state="active", limit=5_000)[0]:
        counts[row.offering_name] = counts.get(row.offering_name, 0) + 1
    parts = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:OFFERINGS]
    return Drawn(tuple(name for name, _ in parts), (("", tuple(count for _, count in parts)),)) if parts else None


def _by_state(
    key: str,
    title: StrOrPromise,
    meaning: StrOrPromise,
    permission: str,
    link: str,
    read: Callable[[Situation], Mapping[str, int]],
) -> None:
    def drawn(situation: Situation) -> Drawn | None:
        counts = {state: count for state, count in read(situation).items() if count}
        return Drawn(tuple(titled(state) for state in counts), (("", tuple(counts.values())),)) if counts else None

    declared = Metric(key, title, meaning, Unit.COUNT, Shape.DONUT, permission, link)
    _metrics[key] = (declared, drawn)


_by_state(
    "customers.by_state",
    gettext_lazy("Customers by state"),
    gettext_lazy("How many customers are in which state."),
    "customer.read",
    "customers",
    lambda s: s.figures.customers,
)
_by_state(
    "orders.by_state",
    gettext_lazy("Orders by state"),
    gettext_lazy("How many orders are in which state."),
    "order.read",
    "orders",
    lambda s: s.figures.orders,
)
_by_state(
    "numbers.by_state",
    gettext_lazy("Numbers by state"),
    gettext_lazy("How many numbers of the stock are in which state."),
    "resource.read",
    "numbers",
    lambda s: {state: count for (kind, state), count in s.stock.items() if kind == "number"},
)
_by_state(
    "receivable.by_state",
    gettext_lazy("Invoices by state"),
    gettext_lazy("How many invoices are in which state."),
    "billing.read",
    "invoices",
    lambda _: {
        state: billing.search_invoices(states=(state,), limit=1)[1] for state in ("sent", "partiallyPaid", "settled")
    },
)


def _earned(until: datetime | None) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for account in ledger.accounts("revenue/", until=until):
        if len(account.asset) == 3 and account.asset.isupper():
            key = (account.key.split("/")[1], account.asset)
            found[key] = found.get(key, 0) + account.balance
    return found


def _months(today: date) -> list[date]:
    months = [today.replace(day=1)]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]


def _said(day: date, pattern: str) -> str:
    text: str = format_date(day, pattern, locale=active(get_language()).locale)
    return text
