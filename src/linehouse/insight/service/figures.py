"""The figures of the desk's first page, each read from the room that owns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.inventory.lifecycle import PRODUCT
from linehouse.kernel.money import Money
from linehouse.kernel.period import day_start, local_date
from linehouse.ledger import service as ledger
from linehouse.ordering import service as ordering
from linehouse.ordering.lifecycle import PRODUCT_ORDER
from linehouse.platform.clock.service import business_now
from linehouse.usage import service as usage
from linehouse.usage.values import UsageFilter

USAGE_DAYS = 14


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many usage records began on a local day."""

    day: date
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The brand at a glance. Counts by state hold only states that occur; days are local to the brand.

    ``revenue`` is what the ledger earned since the first of the month, ``receivable`` what customers owe now.
    """

    now: datetime
    customers: Mapping[str, int]
    products: Mapping[str, int]
    orders: Mapping[str, int]
    revenue: Money
    receivable: Money
    usage: tuple[DayCount, ...]


def figures() -> Figures:
    """The figures now. Raises NothingPublished for a brand without a catalogue."""
    now = business_now()
    brand = catalog.published(now).brand
    today = local_date(now, brand.zone)
    return Figures(
        now=now,
        customers=customers.count_customers(),
        products=_present({state: inventory.search_products(state=state, limit=0)[1] for state in PRODUCT.states}),
        orders=_present({state: ordering.search_orders(state=state, limit=0)[1] for state in PRODUCT_ORDER.states}),
        revenue=_sum("revenue/", brand.currency) - _sum("revenue/", brand.currency, _month(today, brand.zone)),
        receivable=_sum("receivable/", brand.currency),
        usage=tuple(_day(today - timedelta(days=back), brand.zone) for back in reversed(range(USAGE_DAYS))),
    )


def _present(counts: Mapping[str, int]) -> dict[str, int]:
    return {state: number for state, number in counts.items() if number}


def _month(today: date, zone: ZoneInfo) -> datetime:
    return day_start(today.replace(day=1), zone)


def _sum(prefix: str, currency: str, until: datetime | None = None) -> Money:
    return Money(sum(row.balance for row in ledger.accounts(prefix, currency, until)), currency)


def _day(day: date, zone: ZoneInfo) -> DayCount:
    begun = UsageFilter(started_from=day_start(day, zone), started_to=day_start(day + timedelta(days=1), zone))
    return DayCount(day, usage.list_usage(begun, limit=0)[1])
