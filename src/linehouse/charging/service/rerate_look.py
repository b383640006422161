"""Reading re-rates: for the list, one run's difference, its records, and what was left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum

from linehouse.catalog import service as catalog
from linehouse.charging import store
from linehouse.charging.errors import RerateUnknown
from linehouse.charging.models import Rerate, RerateLine, RerateSubscriber
from linehouse.charging.service.rerate_runs import wanted_of
from linehouse.charging.values import RatedUsage
from linehouse.kernel.money import Money
from linehouse.kernel.period import local_date
from linehouse.kernel.quantity import Quantity, Unit

_LIVE = ("planning", "approved", "applying")


@dataclass(frozen=True, slots=True, kw_only=True)
class RerateView:
    """A run as people see it. ``last`` is the last local day of its period; sums are by currency."""

    id: UUID
    number: str
    state: str
    reason: str
    start: date
    last: date
    tariff: str
    offering: str
    subscriptions: tuple[str, ...]
    order: str
    catalog_version: int | None
    planned_by: str
    created_at: datetime
    total: int
    done: int
    looked_at: int
    changed: int
    reordered: int
    to_suspense: int
    kept: int
    subscribers: int
    applied: int
    left_out: int
    sums: Mapping[str, tuple[Money, Money]]
    applied_sums: Mapping[str, tuple[Money, Money]]
    billed: Mapping[str, tuple[int, Money]]
    proposal: str
    note: str
    applied_at: datetime | None

    @property
    def working(self) -> bool:
        """Whether the worker goes through it now."""
        return self.state in _LIVE

    @property
    def differs(self) -> bool:
        """Whether there is anything to apply."""
        return bool(self.changed or self.reordered)

    @property
    def difference(self) -> tuple[Money, ...]:
        """How much more is charged, by currency; less is negative."""
        return tuple(now - before for before, now in self.sums.values())

    @property
    def billed_records(self) -> int:
        """How many records of the selection stand on invoices."""
        return sum(records for records, _ in self.billed.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class RerateSum:
    """What changes for one subscription by one rule; ``covered`` is what allowances give."""

    subscription: str
    rule: str
    records: int
    before: Money
    now: Money
    covered_before: Quantity
    covered_now: Quantity
    uncollected_before: Money
    uncollected_now: Money
    """What nobody paid."""

    @property
    def difference(self) -> Money:
        """How much more is charged."""
        return self.now - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class RerateRecord:
    """One record as it was charged, and as it would be; ``now`` None: it has no price any more. ``kept`` says why it is
    left as it is."""

    record_id: UUID
    subscription: str
    sequence: int
    place: int
    started_at: datetime
    usage_type: str
    rule_before: str
    rule_now: str
    before: Money
    now: Money | None
    covered_before: Quantity
    covered_now: Quantity
    kept: str


@dataclass(frozen=True, slots=True)
class RerateLeftOut:
    """A subscription that was left out while the run was applied, and why."""

    subscription: str
    subscription_id: UUID
    why: str


def rerates(*, state: str = "", search: str = "", offset: int = 0, limit: int = 50) -> tuple[list[RerateView], int]:
    """A page of runs, newest first, and how many match; ``search`` is a part of number or reason."""
    rows = Rerate.objects.order_by("-created_at", "-id")
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(number__icontains=search) | rows.filter(reason__icontains=search)
    found = list(rows[offset : offset + limit])
    zone = catalog.published().brand.zone if found else ZoneInfo("UTC")
    return [_view(row, zone) for row in found], rows.count()


def rerate_view(number: str) -> RerateView:
    """One run. Raises RerateUnknown."""
    return _view(_row(number), catalog.published().brand.zone)


def _view(row: Rerate, zone: ZoneInfo) -> RerateView:
    return RerateView(
        id=row.id,
        number=row.number,
        state=row.state,
        reason=row.reason,
        start=local_date(row.period_from, zone),
        last=date.fromordinal(local_date(row.period_until, zone).toordinal() - 1),
        tariff=row.tariff,
        offering=row.offering,
        subscriptions=tuple(row.subscriptions),
        order=row.ordering,
        catalog_version=row.catalog_version,
        planned_by=row.planner_name,
        created_at=row.created_at,
        total=row.total,
        done=row.done,
        looked_at=row.looked_at,
        changed=row.changed,
        reordered=row.reordered,
        to_suspense=row.to_suspense,
        kept=row.kept,
        subscribers=row.subscribers,
        applied=row.applied,
        left_out=row.left_out,
        sums=_sums(row.sums),
        applied_sums=_sums(row.applied_sums),
        billed={currency: (int(n), Money(int(micros), currency)) for currency, (n, micros) in row.billed.items()},
        proposal=row.proposal,
        note=row.note,
        applied_at=row.applied_at,
    )


def _sums(kept: Mapping[str, Sequence[int]]) -> dict[str, tuple[Money, Money]]:
    return {
        currency: (Money(int(before), currency), Money(int(now), currency))
        for currency, (before, now) in sorted(kept.items())
    }


def rerate_sums(number: str, *, search: str = "", offset: int = 0, limit: int = 50) -> tuple[Sequence[RerateSum], int]:
    """A page of what changes, per subscription and the rule that first priced it, and how many there are.

    Raises RerateUnknown.
    """
    rows = (
        _lines(_row(number), search)
        .filter(kept="")
        .values("subscription", "rule_before", "currency", "unit")
        .annotate(
            records=Count("id"),
            before=Sum("amount_before"),
            now=Sum("amount_now"),
            had=Sum("covered_before"),
            has=Sum("covered_now"),
            open_before=Sum("uncollected_before"),
            open_now=Sum("uncollected_now"),
        )
        .order_by("subscription", "rule_before", "currency", "unit")
    )
    page = [
        RerateSum(
            subscription=row["subscription"],
            rule=row["rule_before"],
            records=row["records"],
            before=Money(int(row["before"]), row["currency"]),
            now=Money(int(row["now"] or 0), row["currency"]),
            covered_before=Quantity(int(row["had"]), Unit(row["unit"])),
            covered_now=Quantity(int(row["has"]), Unit(row["unit"])),
            uncollected_before=Money(int(row["open_before"]), row["currency"]),
            uncollected_now=Money(int(row["open_now"]), row["currency"]),
        )
        for row in rows[offset : offset + limit]
    ]
    return page, rows.count()


def rerate_records(
    number: str, *, search: str = "", kept: bool | None = False, offset: int = 0, limit: int = 50
) -> tuple[Sequence[RerateRecord], int]:
    """A page of the records that change, of those that are left as they are, or of both (None).

    Raises RerateUnknown.
    """
    rows = _lines(_row(number), search)
    if kept is not None:
        rows = rows.exclude(kept="") if kept else rows.filter(kept="")
    found = rows.order_by("subscription", "sequence")[offset : offset + limit]
    return [_record(line) for line in found], rows.count()


def _lines(row: Rerate, search: str) -> QuerySet[RerateLine]:
    rows = RerateLine.objects.filter(owner=row)
    return rows.filter(subscription__icontains=search) | rows.filter(rule_before__icontains=search) if search else rows


def _record(line: RerateLine) -> RerateRecord:
    return RerateRecord(
        record_id=line.record_id,
        subscription=line.subscription,
        sequence=line.sequence,
        place=line.place,
        started_at=line.started_at,
        usage_type=line.usage_type,
        rule_before=line.rule_before,
        rule_now=line.rule_now,
        before=Money(line.amount_before, line.currency),
        now=None if line.amount_now is None else Money(line.amount_now, line.currency),
        covered_before=Quantity(line.covered_before, Unit(line.unit)),
        covered_now=Quantity(line.covered_now, Unit(line.unit)),
        kept=line.kept,
    )


def every_record(number: str) -> Iterator[RerateRecord]:
    """All records of a run, those left as they are too. Raises RerateUnknown."""
    lines = RerateLine.objects.filter(owner=_row(number)).order_by("subscription", "sequence")
    for line in lines.iterator(chunk_size=2_000):
        yield _record(line)


def rerate_billed(number: str, *, offset: int = 0, limit: int = 50) -> tuple[Sequence[RatedUsage], int]:
    """A page of the selection's records that stood on an invoice when it was planned. Raises RerateUnknown."""
    row = _row(number)
    chosen = wanted_of(row).selection
    where = f"b.record_id IS NOT NULL AND b.business_time <= %s AND {chosen.WHERE}"
    params = [row.planned_at or row.created_at, *chosen.params]
    page = f"OFFSET {int(offset)} LIMIT {int(limit)}"
    return store.rated(where, params, "subscription, started_at, sequence", page), store.count(where, params)


def rerate_left_out(number: str) -> list[RerateLeftOut]:
    """Subscriptions that were left out while the run was applied. Raises RerateUnknown."""
    rows = RerateSubscriber.objects.filter(owner=_row(number), state="left-out").order_by("subscription")
    return [RerateLeftOut(row.subscription, row.subscription_id, row.why) for row in rows]


RERATE_CSV_HEAD = (
    "subscription", "record", "sequence", "place", "started at", "type", "rule before", "rule now", "charged before",
    "charged now", "difference", "currency", "allowance before", "allowance now", "left as it is because",
)  # fmt: skip


def rerate_csv_row(one: RerateRecord) -> tuple[str, ...]:
    """A record as a row of the CSV file; amounts are exact decimals, allowances base units."""
    now = one.now.text if one.now is not None else ""
    difference = ((one.now or Money(0, one.before.currency)) - one.before).text
    return (
        one.subscription, str(one.record_id), str(one.sequence), str(one.place), one.started_at.isoformat(),
        one.usage_type, one.rule_before, one.rule_now, one.before.text, now, difference, one.before.currency,
        str(one.covered_before.amount), str(one.covered_now.amount), one.kept,
    )  # fmt: skip


def _row(number: str) -> Rerate:
    row = Rerate.objects.filter(number=number).first()
    if row is None:
        raise RerateUnknown("there is no such re-rate", field="number", value=number)
    return row
