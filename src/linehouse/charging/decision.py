"""Deciding a set of records in event order, in memory: each sees the buckets as those before it left them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from linehouse.balance.values import BucketView
from linehouse.catalog.values import BillingMode
from linehouse.charging.as_event import amount_of, event_of
from linehouse.charging.controls.after_the_fact import Spending
from linehouse.charging.errors import Reason
from linehouse.charging.told import NO_COUNTERS, NOTHING, Counters, Told
from linehouse.charging.values import Line, unbilled_ref
from linehouse.kernel.money import BIGINT_MAX
from linehouse.kernel.period import Period
from linehouse.rating.buckets import NO_AMOUNT
from linehouse.rating.session.once import debit_once
from linehouse.rating.session.state import Holding, Member
from linehouse.rating.values import Bucket, BucketKind, Consumption, PaidBy, Tariff, TaxMode, UsageEvent, Verdict
from linehouse.usage.values import NormalisedUsage

_SINCE_EVER = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class TariffInForce:
    """A tariff and the number of the catalogue version that it belongs to."""

    tariff: Tariff
    catalog_version: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What one record takes from a bucket (negative: gives back); the bucket is as it was before, ``left`` after.

    ``by`` is the line that used it, ``first_used`` when the time of a bucket began that lasts from its first use.
    """

    bucket: BucketView
    amount: int
    left: int | None
    by: Line
    first_used: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A record that is charged."""

    record: NormalisedUsage
    line: Line
    event: UsageEvent
    in_force: TariffInForce
    consumption: Consumption
    taken: tuple[Taken, ...]
    period: date
    """The first day of the account's cycle whose counters count it."""
    counters: Mapping[str, int]
    """What they said before it."""
    loss: int = 0
    """What of it lay above a limit and nobody is billed, micro-units, in the tariff's tax mode."""


@dataclass(frozen=True, slots=True)
class Suspended:
    """A record that cannot be charged, and why."""

    record: NormalisedUsage
    reason: Reason
    message: str


TariffAt = Callable[[str, datetime], TariffInForce | None]
"""The tariff of a key in force at an instant."""


def unbilled_purse(line: Line) -> Bucket:
    """A postpaid account pays everything later: its usage gathers until the invoice."""
    return Bucket(
        ref=unbilled_ref(line.account),
        kind=BucketKind.UNBILLED,
        available=None,
        valid=Period(_SINCE_EVER),
        created_at=_SINCE_EVER,
        name="next invoice",
    )


def purses(line: Line, buckets: Sequence[BucketView], event: UsageEvent, currency: str) -> list[Bucket]:
    """The buckets that could pay for the event: units of its kind, and money of the tariff's currency."""
    unit = event.usage_type.unit.value
    found = [
        bucket.for_decision(line.subscription)
        for bucket in buckets
        if bucket.asset == (currency if bucket.is_money else unit)
    ]
    if line.billing_mode is BillingMode.POSTPAID:
        found.append(unbilled_purse(line))
    return found


def _holdings(line: Line, views: Sequence[BucketView]) -> list[Holding]:
    """The same with what open sessions have reserved in them, as the bucket function sees them."""
    found = [
        Holding(
            bucket=view.for_decision()
            if view.granted is None or not view.reserved
            else replace(view.for_decision(), available=view.granted - view.used - view.rolled),
            asset=view.asset,
            reserved=view.reserved,
            members={} if view.shared is None else {line.subscription: Member(cap=view.cap_left(line.subscription))},
        )
        for view in views
    ]
    if line.billing_mode is BillingMode.POSTPAID:
        found.append(Holding(bucket=unbilled_purse(line), asset=line.currency))
    return found


def decide(
    records: Sequence[NormalisedUsage],
    lines: Mapping[UUID, Line],
    buckets: Mapping[UUID, Sequence[BucketView]],
    tariff_at: TariffAt,
    told: Told = NOTHING,
    counters: Counters = NO_COUNTERS,
    spending: Spending | None = None,
) -> list[Decided | Suspended]:
    """One answer for each record, in the order of the events; ties go by file and position.

    ``spending`` has the lines' limits: what lies above one is nobody's bill.

    Each sees the buckets and the period's counters as those before it left them.
    """
    used = {period: dict(counted) for period, counted in counters.items()}
    held = {bucket.ref: bucket for known in buckets.values() for bucket in known}
    refs = {subscription: [bucket.ref for bucket in known] for subscription, known in buckets.items()}
    answers: list[Decided | Suspended] = []
    for record in sorted(records, key=lambda r: (r.started_at, str(r.file_id), r.position)):
        line = lines.get(record.subscription_id)
        if line is None:
            answers.append(Suspended(record, Reason.NO_SUBSCRIPTION, "the subscription is not known to inventory"))
            continue
        views = [held[ref] for ref in refs.get(line.subscription_id, ())]
        period = line.period_of(record.started_at)
        counted = used.setdefault((line.subscription_id, period), {})
        views = [view for view in views if view.open_to(line.subscription, record.started_at)]
        event = event_of(record, line, told)
        answer = _decide_one(record, event, line, views, tariff_at, period, counted, spending)
        if isinstance(answer, Decided):
            count(counted, answer.consumption.counted)
            for taken in answer.taken:
                held[taken.bucket.ref] = after_taking(taken)
        answers.append(answer)
    return answers


def count(counters: dict[str, int], more: Mapping[str, int]) -> None:
    """Add what a record counts."""
    for key, added in more.items():
        counters[key] = counters.get(key, 0) + added


def _decide_one(
    record: NormalisedUsage,
    event: UsageEvent,
    line: Line,
    views: Sequence[BucketView],
    tariff_at: TariffAt,
    period: date,
    counters: Mapping[str, int],
    spending: Spending | None,
) -> Decided | Suspended:
    in_force = tariff_at(line.tariff_key, record.started_at) if line.tariff_key else None
    if in_force is None:
        named = f"tariff {line.tariff_key}" if line.tariff_key else "a tariff"
        return Suspended(record, Reason.NO_TARIFF, f"{line.offering} had no {named} in force when it was used")
    tariff = in_force.tariff
    if tariff.currency != line.currency:
        message = f"tariff {tariff.key} is in {tariff.currency}, account {line.account} in {line.currency}"
        return Suspended(record, Reason.CURRENCY, message)
    if tariff.tax_mode is TaxMode.NET and line.billing_mode is BillingMode.PREPAID:
        message = f"tariff {tariff.key} has prices before tax; a balance pays with tax"
        return Suspended(record, Reason.NO_TARIFF, message)
    consumption = debit_once(_holdings(line, views), tariff, event, subscriber=line.subscription, counters=counters)
    priced = consumption.priced
    amount = amount_of(record) if priced.reason == NO_AMOUNT else None
    if amount is not None and amount.currency != tariff.currency:
        message = f"a percentage is due of {amount}, and tariff {tariff.key} is in {tariff.currency}"
        return Suspended(record, Reason.CURRENCY, message)
    if priced.verdict is Verdict.UNRATED:
        return Suspended(record, Reason.UNRATED, priced.detail)
    if any(part.paid_by is PaidBy.BLOCKED for part in priced.parts):
        return Suspended(record, Reason.BLOCKED, priced.detail or "the tariff does not allow a part of it")
    if abs(priced.total.micros) > BIGINT_MAX:
        return Suspended(record, Reason.UNRATED, "the price is beyond what can be kept")
    loss = 0
    if spending is not None:
        consumption, loss = spending.count(line.subscription_id, event, tariff, consumption)
    known = {view.ref: view for view in views}
    moved = {**consumption.unit_takes, **consumption.money_takes}
    taken = tuple(
        Taken(known[ref], amount, _left_after(known[ref], amount), line, consumption.first_used.get(ref))
        for ref, amount in moved.items()
        if ref in known
    )
    return Decided(record, line, event, in_force, consumption, taken, period, dict(counters), loss)


def _left_after(bucket: BucketView, amount: int) -> int | None:
    left = bucket.left_for_its_time
    return None if left is None else left - amount


def after_taking(taken: Taken) -> BucketView:
    """The bucket as the next record sees it."""
    after = taken.bucket.after(taken.amount, taken.by.subscription, taken.by.subscription_id)
    return after if taken.first_used is None else after.begun(taken.first_used)
