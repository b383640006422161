"""Reading trials of plans: how far they are, what they come to, who wins and who loses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Max, Min, QuerySet

from linehouse.catalog import service as catalog
from linehouse.insight.errors import WhatIfUnknown
from linehouse.insight.models import WhatIf, WhatIfLine
from linehouse.insight.what_if import ByType, Side
from linehouse.insight.what_if_sums import BreakEven, break_even, step_for
from linehouse.kernel.money import Money
from linehouse.kernel.period import local_date
from linehouse.platform.sql import brand_cursor

SORTS = ("difference", "per_mille", "subscription", "account", "bill_before", "bill", "margin_change", "records")
OUTCOMES = ("wins", "loses", "same")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfRow:
    """A trial in a list."""

    id: UUID
    number: str
    name: str
    origin: str
    onto: str
    offering: str
    accounts: tuple[str, ...]
    start: date
    until: date
    """Local days of the brand; ``until`` is the first day after the period."""
    state: str
    fault: str
    total: int
    done: int
    left_out: int
    currency: str
    started_by: str
    started_at: datetime
    changed_at: datetime

    @property
    def last(self) -> date:
        """The last day of the period."""
        return date.fromordinal(self.until.toordinal() - 1)

    @property
    def percent(self) -> int:
        """How much is done."""
        return 100 if not self.total else self.done * 100 // self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfView(WhatIfRow):
    """A trial with what it comes to so far."""

    before: Side
    after: Side
    even: BreakEven
    wins: int
    loses: int
    same: int

    def money(self, micros: int) -> Money:
        """An amount of it."""
        return Money(micros, self.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfSubscriber:
    """One subscription's two sides."""

    subscription_id: UUID
    subscription: str
    customer_id: UUID
    account: str
    offering_before: str
    offering_after: str
    records_before: int
    records: int
    unpriced: int
    no_cost_before: int
    no_cost: int
    bill_before: Money
    bill: Money
    net_before: Money
    net: Money
    cost_before: Money
    cost: Money
    per_mille: int | None

    @property
    def difference(self) -> Money:
        """What the subscriber would have paid more; less is negative."""
        return self.bill - self.bill_before

    @property
    def percent(self) -> str:
        """The difference in per cent of what was paid, with one decimal; empty where nothing was paid."""
        if self.per_mille is None:
            return ""
        sign = "-" if self.per_mille < 0 else "+" if self.per_mille else ""
        return f"{sign}{abs(self.per_mille) // 10}.{abs(self.per_mille) % 10} %"

    @property
    def margin_before(self) -> Money:
        """Revenue less known cost, as it was."""
        return self.net_before - self.cost_before

    @property
    def margin(self) -> Money:
        """Revenue less known cost, as it would have been."""
        return self.net - self.cost

    @property
    def margin_change(self) -> Money:
        """By how much the margin would have changed."""
        return self.margin - self.margin_before


@dataclass(frozen=True, slots=True)
class Bar:
    """Bills from ``low`` on, before ``low`` + ``width`` (micro-units): how many there were and would have been."""

    low: int
    width: int
    before: int
    after: int


def what_ifs(*, state: str = "", search: str = "", offset: int = 0, limit: int = 50) -> tuple[list[WhatIfRow], int]:
    """A page of trials, newest first, and how many match; ``search`` is a part of number, name or origin."""
    rows = WhatIf.objects.order_by("-created_at", "-id").defer("files", "sums")
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(number__icontains=search) | rows.filter(name__icontains=search)
    found = list(rows[offset : offset + limit])
    zone = catalog.published().brand.zone if found else ZoneInfo("UTC")
    return [WhatIfRow(**_facts(row, zone)) for row in found], rows.count()


def _facts(row: WhatIf, local: ZoneInfo) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "name": row.name,
        "origin": row.origin,
        "onto": row.onto,
        "offering": row.offering,
        "accounts": tuple(row.accounts),
        "start": local_date(row.period_from, local),
        "until": local_date(row.period_until, local),
        "state": row.state,
        "fault": row.fault,
        "total": row.total,
        "done": row.done,
        "left_out": row.left_out,
        "currency": row.currency,
        "started_by": row.started_by,
        "started_at": row.created_at,
        "changed_at": row.changed_at,
    }


def what_if(number: str) -> WhatIfView:
    """A trial with its totals so far. Raises WhatIfUnknown."""
    row = _row(number)
    before, after = Side(**row.sums["before"]), Side(**row.sums["after"])
    by_type = {name: ByType(**one) for name, one in row.sums["by_type"].items()}
    even = break_even(before, after, Fraction(row.sums["parts"]), int(row.sums["own_fees"]), by_type)
    lines = WhatIfLine.objects.filter(owner=row)
    wins, loses = lines.filter(difference__lt=0).count(), lines.filter(difference__gt=0).count()
    return WhatIfView(
        **_facts(row, catalog.published().brand.zone),
        before=before,
        after=after,
        even=even,
        wins=wins,
        loses=loses,
        same=lines.count() - wins - loses,
    )


def what_if_files(number: str) -> dict[str, str]:
    """The files of the plan that was tried. Raises WhatIfUnknown."""
    return dict(_row(number).files)


def what_if_bars(number: str) -> list[Bar]:
    """The distribution of bills before and after, in bars of equal width. Raises WhatIfUnknown."""
    row = _row(number)
    ends = WhatIfLine.objects.filter(owner=row).aggregate(
        high=Max("bill"), high_before=Max("bill_before"), low=Min("bill"), low_before=Min("bill_before")
    )
    if ends["high"] is None:
        return []
    width = step_for(max(ends["high"], ends["high_before"]), min(ends["low"], ends["low_before"]))
    counts: dict[int, list[int]] = {}
    with brand_cursor() as cursor:
        for side, column in enumerate(("bill_before", "bill")):
            cursor.execute(
                f"SELECT floor({column}::numeric / %s)::bigint AS bar, count(*) FROM insight_whatifline"  # noqa: S608
                " WHERE owner_id = %s GROUP BY bar",
                [width, row.id],
            )
            for bar, count in cursor.fetchall():
                counts.setdefault(bar, [0, 0])[side] = count
    first, last = min(counts), max(counts)
    return [Bar(bar * width, width, *counts.get(bar, [0, 0])) for bar in range(first, last + 1)]


def what_if_lines(
    number: str, *, search: str = "", outcome: str = "", sort: str = "difference", offset: int = 0, limit: int = 50
) -> tuple[Sequence[WhatIfSubscriber], int]:
    """A page of subscriptions with both sides, and how many match. ``sort`` is one of SORTS, with a minus descending;
    ``search`` a part of a subscription's or account's number. Raises WhatIfUnknown."""
    row = _row(number)
    rows = WhatIfLine.objects.filter(owner=row)
    if search:
        rows = rows.filter(subscription__icontains=search) | rows.filter(account__icontains=search)
    if outcome == "wins":
        rows = rows.filter(difference__lt=0)
    elif outcome == "loses":
        rows = rows.filter(difference__gt=0)
    elif outcome == "same":
        rows = rows.filter(difference=0)
    found = _sorted(rows, sort)[offset : offset + limit]
    return [_subscriber(line, row.currency) for line in found], rows.count()


def _sorted(rows: QuerySet[WhatIfLine], sort: str) -> QuerySet[WhatIfLine]:
    key = sort.lstrip("-")
    sign = "-" if sort.startswith("-") else ""
    if key == "margin_change":
        change = F("net") - F("cost") - F("net_before") + F("cost_before")
        return rows.annotate(change=change).order_by(f"{sign}change", "id")
    return rows.order_by(f"{sign}{key if key in SORTS else 'difference'}", "id")


def every_line(number: str) -> Iterator[WhatIfSubscriber]:
    """All of them, the greatest saving first. Raises WhatIfUnknown."""
    row = _row(number)
    for line in WhatIfLine.objects.filter(owner=row).order_by("difference", "id").iterator(chunk_size=2_000):
        yield _subscriber(line, row.currency)


def _subscriber(line: WhatIfLine, currency: str) -> WhatIfSubscriber:
    return WhatIfSubscriber(
        subscription_id=line.subscription_id,
        subscription=line.subscription,
        customer_id=line.customer_id,
        account=line.account,
        offering_before=line.offering_before,
        offering_after=line.offering_after,
        records_before=line.records_before,
        records=line.records,
        unpriced=line.unpriced,
        no_cost_before=line.no_cost_before,
        no_cost=line.no_cost,
        bill_before=Money(line.bill_before, currency),
        bill=Money(line.bill, currency),
        net_before=Money(line.net_before, currency),
        net=Money(line.net, currency),
        cost_before=Money(line.cost_before, currency),
        cost=Money(line.cost, currency),
        per_mille=line.per_mille,
    )


CSV_HEAD = (
    "subscription", "account", "plan before", "plan after", "records before", "records", "unpriced", "bill before",
    "bill", "difference", "per cent", "net before", "net", "cost before", "cost", "cost not known", "margin before",
    "margin", "currency",
)  # fmt: skip


def csv_row(one: WhatIfSubscriber) -> tuple[str, ...]:
    """A subscription as a row of the CSV file; amounts are decimals of the currency, exact."""
    return (
        one.subscription, one.account, one.offering_before, one.offering_after, str(one.records_before),
        str(one.records), str(one.unpriced), one.bill_before.text, one.bill.text, one.difference.text,
        one.percent.removesuffix(" %"), one.net_before.text, one.net.text, one.cost_before.text, one.cost.text,
        str(one.no_cost), one.margin_before.text, one.margin.text, one.bill.currency,
    )  # fmt: skip


def _row(number: str) -> WhatIf:
    row = WhatIf.objects.filter(number=number).first()
    if row is None:
        raise WhatIfUnknown("no such trial of a plan", field="number", value=number)
    return row
