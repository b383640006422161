"""Usage records as rows, with their prices where they have one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from linehouse.charging import service as charging
from linehouse.charging.values import RatedUsage
from linehouse.edge.ui.charts import Chart, bars
from linehouse.edge.ui.formats import bytes_text, day_text, number_text
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.status import readable
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Source, Table
from linehouse.kernel.money import Money
from linehouse.kernel.period import day_start, local_date
from linehouse.platform.texts.codes import titled_lazily
from linehouse.rating.values import UsageType
from linehouse.usage import service as usage
from linehouse.usage.lifecycle import USAGE_RECORD
from linehouse.usage.values import UsageFilter, UsageView

CHARTED_PAGE: Final = 1_000
CHARTED_AT_MOST: Final = 20_000
"""Records that are summed for a customer's charts; who has more sees the newest."""
TYPES: Final = (
    (UsageType.VOICE.value, gettext_lazy("Call")),
    (UsageType.SMS.value, "SMS"),
    (UsageType.MMS.value, "MMS"),
    (UsageType.DATA.value, gettext_lazy("Data")),
    (UsageType.EVENT.value, gettext_lazy("Service")),
)
DIRECTIONS: Final[Mapping[str, str]] = {"out": "outgoing", "in": "incoming", "forwarded": "forwarded"}
RECORD_STATES: Final = tuple((state, titled_lazily(state)) for state in USAGE_RECORD.states)


@dataclass(frozen=True, slots=True)
class PricedUsage:
    """A usage record with its price, where it has one."""

    usage: UsageView
    rated: RatedUsage | None

    @property
    def price(self) -> Money | None:
        """What it cost the customer, tax included."""
        return self.rated.gross if self.rated else None


def records_table(brand: str) -> Table[PricedUsage]:
    """The list of usage records, of all, a file or a customer."""
    return Table[PricedUsage](
        key="usage",
        caption=gettext("Usage"),
        columns=(
            Column(
                "usage.started_at",
                gettext("Started"),
                Kind.EXACT_INSTANT,
                sort=True,
                link=lambda p: reverse("desk:usage_record", args=(brand, p.usage.id)),
            ),
            Column(
                "usage.usage_type",
                gettext("Usage"),
                value=lambda p: dict(TYPES).get(p.usage.usage_type, p.usage.usage_type),
                sort=True,
                note=lambda p: _direction(p.usage),
            ),
            Column(
                "usage.msisdn",
                gettext("Number"),
                Kind.CODE,
                value=lambda p: f"+{p.usage.msisdn}" if p.usage.msisdn else "",
                shown=Shown.FROM_TABLET,
            ),
            Column(
                "usage.other_party",
                gettext("Other party"),
                Kind.CODE,
                value=lambda p: p.usage.other_party or p.usage.apn,
                shown=Shown.FROM_TABLET,
            ),
            Column(
                "serving", gettext("Network"), Kind.CODE, value=lambda p: _network(p.usage), shown=Shown.FROM_DESKTOP
            ),
            Column("usage.quantity", gettext("Quantity"), Kind.QUANTITY),
            Column(
                "usage.state",
                gettext("State"),
                Kind.STATUS,
                sort=True,
                note=lambda p: readable(p.usage.reason),
                shown=Shown.FROM_TABLET,
            ),
            Column(
                "price",
                gettext("Price"),
                Kind.USAGE_MONEY,
                note=lambda p: p.rated.covered_by if p.rated else "",
                sort=True,
            ),
        ),
        filters=(
            Filter("usage_type", gettext("Usage"), TYPES),
            Filter("state", gettext("State"), RECORD_STATES),
        ),
        sort="-usage.started_at",
        empty=Empty(
            gettext("No usage yet"), gettext("Records appear when the host operator's files have been read."), "usage"
        ),
        size=50,
    )


def with_prices(views: Sequence[UsageView]) -> list[PricedUsage]:
    """The records with what they cost, in one more statement."""
    rated = {one.record_id: one for one in charging.records([view.id for view in views])} if views else {}
    return [PricedUsage(view, rated.get(view.id)) for view in views]


def _direction(record: UsageView) -> str:
    words = DIRECTIONS.get(record.direction, record.direction)
    return gettext("%(words)s, abroad") % {"words": words} if record.visited else words


def _network(record: UsageView) -> str:
    serving = record.serving
    return " ".join(str(part) for part in (serving.plmn, serving.country) if part)


def usage_source(table: Table[PricedUsage], wanted: UsageFilter) -> Source[PricedUsage]:
    """The records that `wanted` selects, narrowed by the table's filters."""

    def fetch(query: Query, offset: int, limit: int) -> tuple[list[PricedUsage], int]:
        narrowed = UsageFilter(
            customer_id=wanted.customer_id,
            subscription_id=wanted.subscription_id,
            billing_account_id=wanted.billing_account_id,
            file_id=wanted.file_id,
            states=(query.filters["state"],) if "state" in query.filters else wanted.states,
            usage_type=query.filters.get("usage_type", wanted.usage_type),
            started_from=wanted.started_from,
            started_to=wanted.started_to,
        )
        rows, total = usage.list_usage(narrowed, offset=offset, limit=limit)
        return with_prices(rows), total

    return paged(fetch, table)


def usage_charts(customer_id: UUID, now: datetime, zone: ZoneInfo) -> list[Chart]:
    """A customer's usage of the last thirty local days: data, calls and messages, day by day."""
    today = local_date(now, zone)
    days = [today - timedelta(days=back) for back in range(29, -1, -1)]
    since = day_start(days[0], zone)
    sums: dict[str, dict[date, int]] = {"data": {}, "voice": {}, "sms": {}}
    offset = 0
    while True:
        rows, total = usage.list_usage(
            UsageFilter(customer_id=customer_id, started_from=since), offset=offset, limit=CHARTED_PAGE
        )
        for row in rows:
            if row.started_at is not None and row.quantity is not None and row.usage_type in sums:
                day = local_date(row.started_at, zone)
                sums[row.usage_type][day] = sums[row.usage_type].get(day, 0) + row.quantity.amount
        offset += CHARTED_PAGE
        if offset >= total or offset >= CHARTED_AT_MOST:
            break
    names = [day_text(day) for day in days]
    drawn = []
    for key, title, label in (
        ("data", gettext("Data"), bytes_text),
        ("voice", gettext("Calls"), lambda ms: gettext("%(value)s min") % {"value": number_text(ms // 60_000)}),
        ("sms", "SMS", number_text),
    ):
        if sums[key]:
            values = [sums[key].get(day, 0) for day in days]
            drawn.append(
                bars(
                    gettext("%(title)s, last 30 days") % {"title": title},
                    names,
                    values,
                    label=label,
                    column=gettext("Day"),
                    measure=title,
                    height=150,
                )
            )
    return drawn
