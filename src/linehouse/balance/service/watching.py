"""Thresholds of lines: set, ended, looked at in the commit that moves a bucket, told once for each crossing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linehouse.balance.errors import ThresholdNotPossible, ThresholdUnknown
from linehouse.balance.events import ThresholdEnded, ThresholdSet
from linehouse.balance.models import Threshold
from linehouse.balance.sql.thresholds import (
    FILLED,
    LIVE,
    MARK,
    SPENT,
    event_of,
    filled_of,
    for_django,
    spending,
    watched_of,
)
from linehouse.balance.thresholds import Measure, Origin, Watched, crossings, figure_of
from linehouse.catalog.values import OfferingKind
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.kernel.money import Money, require_currency
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.platform.outbox.service import emit
from linehouse.platform.sql import brand_cursor, dict_rows
from linehouse.platform.work import Actor, current_work, unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class NewThreshold:
    """A threshold to set for a line. ``limit`` is text for people: ``5.00``, ``1 GB``, or ``20%``."""

    subscription_id: UUID
    measure: Measure
    asset: str
    limit: str
    source: str = ""
    origin: Origin = Origin.CUSTOMER


@dataclass(frozen=True, slots=True)
class ThresholdView:
    """A threshold with where its figure stands now; ``value`` None: there is nothing to measure."""

    watched: Watched
    reached_at: datetime | None
    times: int
    value: int | None
    limit: int | None

    @property
    def asset(self) -> str:
        """A currency or a unit."""
        return self.watched.asset

    def human(self, amount: int | None) -> str:
        """An amount of its asset for people."""
        return human(self.watched.asset, amount)


def human(asset: str, amount: int | None) -> str:
    """An amount of an asset for people; nothing for None."""
    if amount is None:
        return ""
    return Quantity(amount, Unit(asset)).human() if asset in set(Unit) else str(Money(amount, asset))


def set_threshold(new: NewThreshold, *, actor: Actor) -> UUID:
    """Set a threshold; the same again gives the same one. Reached already, it is told at once.

    Raises ThresholdNotPossible naming the field, and what inventory raises.
    """
    with unit_of_work(actor, "threshold set") as work:
        plan = inventory.find_product(id=new.subscription_id)
        if plan.kind is not OfferingKind.PLAN:
            raise ThresholdNotPossible("only a line has thresholds", field="line", value=plan.number, expected="a plan")
        limit, percent = _limit(new)
        account = customers.billing_account(plan.billing_account_id)
        facts: dict[str, Any] = {
            "subscription_id": plan.id,
            "measure": str(new.measure),
            "asset": new.asset,
            "source": new.source,
            "limit_amount": limit,
            "percent": percent,
        }
        known = Threshold.objects.filter(**facts, ended_at__isnull=True).first()
        if known is not None:
            return known.id
        row = Threshold.objects.create(
            **facts,
            subscription=plan.number,
            customer_id=plan.customer_id,
            origin=str(new.origin),
            cycle_day=account.cycle_day,
            zone=account.zone.key,
            created_at=work.now,
            changed_at=work.now,
        )
        emit(
            ThresholdSet(
                threshold_id=row.id,
                customer_id=row.customer_id,
                subscription=row.subscription,
                origin=row.origin,
                measure=row.measure,
                asset=row.asset,
                source=row.source,
                limit=limit,
                percent=percent,
            )
        )
        look_at([plan.id])
        return row.id


def end_threshold(threshold_id: UUID, *, actor: Actor, reason: str) -> None:
    """Take a threshold away. Raises ThresholdUnknown, and ThresholdNotPossible for one that the law wants."""
    with unit_of_work(actor, reason) as work:
        row = Threshold.objects.select_for_update().filter(id=threshold_id, ended_at__isnull=True).first()
        if row is None:
            raise ThresholdUnknown("there is no such threshold", field="threshold", value=str(threshold_id))
        if row.origin == Origin.LEGAL:
            raise ThresholdNotPossible("the law wants this one", field="threshold", value=str(row))
        row.ended_at = row.changed_at = work.now
        row.save(update_fields=["ended_at", "changed_at"])
        emit(ThresholdEnded(threshold_id=row.id, customer_id=row.customer_id, subscription=row.subscription))


def _limit(new: NewThreshold) -> tuple[int | None, int | None]:
    text = new.limit.strip()
    if text.endswith("%"):
        digits = text.removesuffix("%").strip()
        if not digits.isdigit() or int(digits) > 100:
            raise ThresholdNotPossible("that is no share", field="limit", value=text, expected="0% to 100%")
        if new.measure is Measure.SPENT:
            raise ThresholdNotPossible(
                "what is spent has no whole", field="limit", value=text, expected="an amount such as 10.00"
            )
        return None, int(digits)
    if new.asset in set(Unit):
        if new.measure is Measure.SPENT:
            raise ThresholdNotPossible("only money is spent", field="asset", value=new.asset, expected="a currency")
        quantity = Quantity.parse(text)
        if quantity.unit != new.asset:
            raise ThresholdNotPossible(
                "the limit is in another unit", field="limit", value=text, expected=f"an amount of {new.asset}"
            )
        return quantity.amount, None
    return Money.of(text, require_currency(new.asset)).micros, None


def thresholds_of(subscription_id: UUID, now: datetime) -> tuple[ThresholdView, ...]:
    """The thresholds of a line with where their figures stand."""
    rows = list(Threshold.objects.filter(subscription_id=subscription_id, ended_at__isnull=True).order_by("created_at"))
    if not rows:
        return ()
    plain = [_plain(row) for row in rows]
    buckets, spent = _figures([subscription_id], plain, now)
    views = []
    for row, one in zip(rows, plain, strict=True):
        watched = watched_of(one)
        figure = figure_of(watched, buckets, spent)
        value, limit = figure if figure is not None else (None, row.limit_amount)
        views.append(ThresholdView(watched, row.reached_at, row.times, value, limit))
    return tuple(views)


def look_at(subscription_ids: Iterable[UUID]) -> None:
    """Find what the movements of this unit of work crossed on these lines, and tell it. Nothing is set: nothing is read
    but that."""
    wanted = sorted(set(subscription_ids))
    if not wanted:
        return
    work = current_work()
    rows = _rows(LIVE, [wanted])
    if not rows:
        return
    buckets, spent = _figures(wanted, rows, work.now)
    found = crossings([watched_of(row) for row in rows], buckets, spent)
    if not found:
        return
    with brand_cursor() as cursor:
        cursor.execute(
            *for_django(MARK, [work.now, [one.threshold.id for one in found], [one.reached for one in found]])
        )
    for one in found:
        if one.reached:
            emit(event_of(one, work.now))


def _plain(row: Threshold) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _figures(wanted: list[UUID], rows: list[dict[str, Any]], now: datetime) -> tuple[list[Any], dict[Any, int]]:
    buckets = [filled_of(row) for row in _rows(FILLED, [wanted, now])]
    lines, since = spending(rows, now)
    spent = {
        (row["subscription_id"], row["asset"]): int(row["spent"])
        for row in (_rows(SPENT, [lines, since]) if lines else ())
    }
    return buckets, spent


def _rows(text: str, params: list[Any]) -> list[dict[str, Any]]:
    with brand_cursor() as cursor:
        cursor.execute(*for_django(text, params))
        return list(dict_rows(cursor))
