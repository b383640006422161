"""Trying a plan on usage of the past: started by somebody, gone through by the worker, kept with its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any
from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.values import BillingMode, Catalogue
from linehouse.charging import service as charging
from linehouse.charging.ports import tax_rate
from linehouse.customer import service as customers
from linehouse.insight.errors import WhatIfNotNow, WhatIfRefused, WhatIfUnknown
from linehouse.insight.events import WhatIfStateChanged
from linehouse.insight.lifecycle import WHAT_IF
from linehouse.insight.models import WhatIf, WhatIfLine
from linehouse.insight.service.what_if_people import Population, subscribers
from linehouse.insight.what_if import (
    Compared,
    DraftPlan,
    Side,
    Subscriber,
    Trial,
    add_fees,
    compare,
    counted_from,
    fees_of,
    grants_for,
    is_plan,
    on_plan,
    reach,
    replay,
)
from linehouse.insight.what_if_sums import add
from linehouse.inventory import service as inventory
from linehouse.kernel.error import DomainError
from linehouse.kernel.ids import new_id
from linehouse.kernel.period import Period, day_start
from linehouse.platform.jobs.registry import Attempt, Payload, external_job
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.rating.values.period_charges import Reading
from linehouse.usage import service as usage

JOB = "insight.what_if"
CHUNK = 50
"""Subscriptions of one transaction."""
SERIES = default_series("what-if", "WI-{n:04d}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfRequest:
    """What is to be tried. The period is ``[start, until)`` in local days of the brand and has passed.

    ``files`` are all catalog files of the plan; ``origin`` says where they come from. ``onto`` is the offering that
    everybody would have had (empty: each the one that it has, as the files write it). Everybody who had a plan in the
    period takes part, or who has ``offering``, or whose billing account is among ``accounts``.
    """

    name: str
    start: date
    until: date
    files: Mapping[str, str]
    origin: str
    onto: str = ""
    offering: str = ""
    accounts: tuple[str, ...] = ()


def start_what_if(request: WhatIfRequest, *, actor: Actor) -> str:
    """Begin a trial; returns its number. Raises WhatIfRefused, FilesInvalid."""
    plan = DraftPlan(read_catalogue(request.files).catalogue, request.onto)
    brand = catalog.published().brand
    if request.until <= request.start:
        raise WhatIfRefused("the period is empty", field="until", value=str(request.until), expected="a later day")
    if not request.name.strip():
        raise WhatIfRefused("the trial has no name", field="name", expected="what it is for")
    if request.onto and ((found := plan.offering(request.onto)) is None or not is_plan(found)):
        plans = ", ".join(key for key, one in plan.catalogue.offerings.items() if is_plan(one))
        raise WhatIfRefused("the files have no such plan", field="onto", value=request.onto, expected=plans)
    accounts = tuple(dict.fromkeys(number.strip() for number in request.accounts if number.strip()))
    _require_accounts(accounts)
    until = day_start(request.until, brand.zone)
    period = Period(day_start(request.start, brand.zone), until)
    with unit_of_work(actor, f"what if {request.name.strip()}") as work:
        if until > work.now:
            raise WhatIfRefused(
                "the period has not passed", field="until", value=str(request.until), expected=f"{work.now.date()}"
            )
        population = Population(period, request.offering, accounts)
        row = WhatIf.objects.create(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            number=next_number(SERIES),
            name=request.name.strip(),
            origin=request.origin,
            files=dict(request.files),
            period_from=period.start,
            period_until=until,
            onto=request.onto,
            offering=request.offering,
            accounts=list(accounts),
            currency=brand.currency,
            total=inventory.count_plans(population.period, population.offering, population.accounts),
            sums=_no_sums(),
            started_by=actor.name,
        )
        _told(row, "")
        _go_on(row, actor)
        return row.number


def _require_accounts(numbers: tuple[str, ...]) -> None:
    for number in numbers:
        try:
            customers.billing_account_by_number(number)
        except DomainError as unknown:
            raise WhatIfRefused(
                f"there is no billing account {number}", field="accounts", value=number, expected="numbers of accounts"
            ) from unknown


def cancel_what_if(number: str, *, actor: Actor) -> None:
    """Stop a trial; what is done stays, and it can go on later. Raises WhatIfUnknown, WhatIfNotNow."""
    with unit_of_work(actor, f"what if {number} cancelled") as work:
        _move(_locked(number), "cancelled", work)


def resume_what_if(number: str, *, actor: Actor) -> None:
    """Go on where it stopped. Raises WhatIfUnknown, WhatIfNotNow."""
    with unit_of_work(actor, f"what if {number} goes on") as work:
        row = _locked(number)
        row.fault = ""
        _move(row, "running", work)
        _go_on(row, actor)


def finish_what_if(number: str, *, actor: Actor, told: Callable[[int], None] | None = None) -> None:
    """Go through all of it now, in this process, chunk by chunk, telling how many are done. Raises WhatIfUnknown."""
    while True:
        row = _row(number)
        if told is not None:
            told(row.done)
        if row.state != "running":
            return
        go_on(row.id, row.done, actor)


@external_job(JOB, max_attempts=4, lease_seconds=900)
def go_on_with_what_if(payload: Payload, attempt: Attempt) -> None:
    """The next subscriptions of a trial, in a transaction of the person who started it."""
    del attempt
    kind, actor_id, name = payload["actor"]
    go_on(UUID(payload["what_if"]), int(payload["begin"]), Actor(kind, actor_id, name))


def go_on(what_if_id: UUID, begin: int, actor: Actor) -> None:
    """Do the next subscriptions from ``begin`` on, and ask for those after them. A second time changes nothing."""
    with unit_of_work(actor, "what if") as work:
        row = WhatIf.objects.select_for_update().get(id=what_if_id)
        if row.state != "running" or row.done != begin:
            return
        period = Period(row.period_from, row.period_until)
        ids = inventory.plan_ids(
            period, row.offering, tuple(row.accounts), after=row.last, limit=min(CHUNK, max(row.total - row.done, 0))
        )
        if not ids:
            _move(row, "done", work)
            return
        try:
            _try_some(row, ids, period)
        except DomainError as fault:
            row.fault = f"{fault.code}: {fault.message}"
            _move(row, "failed", work)
            return
        row.last, row.done = ids[-1], row.done + len(ids)
        row.changed_at = work.now
        row.save()
        if row.done >= row.total:
            _move(row, "done", work)
        else:
            _go_on(row, actor)


def _try_some(row: WhatIf, ids: list[UUID], period: Period) -> None:
    plan = DraftPlan(_catalogue(row.number, tuple(sorted(row.files.items()))), row.onto)
    people = [one for one in subscribers(ids) if one.line.currency == row.currency]
    taking_part = [one for one in people if plan.plan_for(one.line.offering) is not None]
    row.left_out += len(ids) - len(taking_part)
    before = charging.usage_by_subscription([one.line.subscription_id for one in taking_part], period)
    found = []
    for one in taking_part:
        side = Side(**asdict(before[one.line.subscription_id])) if one.line.subscription_id in before else Side()
        add_fees(side, list(fees_of(one, None, period, tax_rate, _used(one, period))))
        found.append(compare(one, side, _trial(one, plan, period)))
    WhatIfLine.objects.bulk_create([_line(row, one) for one in found])
    row.sums = _summed(row.sums, found)


def _used(one: Subscriber, period: Period) -> list[Reading]:
    """What was charged in the period, where the plan as it is asks for it."""
    if all(price.minimum_of is None for price in one.plan.brings.offering.prices):
        return []
    records = charging.billable(one.line.account_id, period)
    mine = [record for record in records if record.subscription_id == one.line.subscription_id]
    return [Reading(record.started_at, record.amount.micros) for record in mine]


def trial_of(number: str, subscription_id: UUID) -> Trial:
    """One subscription's records and fees on the plan, decided anew: what its line in the result is made of.

    Raises WhatIfUnknown.
    """
    row = _row(number)
    line = WhatIfLine.objects.filter(owner=row, subscription_id=subscription_id).first()
    if line is None:
        raise WhatIfUnknown("the subscription took no part", field="subscription", value=str(subscription_id))
    plan = DraftPlan(_catalogue(row.number, tuple(sorted(row.files.items()))), row.onto)
    (one,) = subscribers([subscription_id])
    return _trial(one, plan, Period(row.period_from, row.period_until))


def _trial(one: Subscriber, plan: DraftPlan, period: Period) -> Trial:
    if period.end is None:
        raise ValueError("the period of a trial ends")
    grants = grants_for(one, plan, period.end)
    going_on = plan.plan_for(one.line.offering)
    money = one.money if going_on is not None and going_on.billing_mode is BillingMode.PREPAID else ()
    begin = min(reach(grants, period, money), counted_from(one, plan, period))
    records = usage.used_by([one.line.subscription_id], begin, period.end)
    lines = {one.line.subscription_id: one.line}
    if going_on is not None:
        lines = {one.line.subscription_id: on_plan(one.line, going_on)}
    told = charging.told_of(records, lines, plan)
    return replay(one, plan, grants, records, period=period, rate_on=tax_rate, told=told)


@lru_cache(maxsize=2)
def _catalogue(number: str, files: tuple[tuple[str, str], ...]) -> Catalogue:
    """The plan's catalogue, read once for each trial that is under way."""
    del number
    return read_catalogue(dict(files)).catalogue


def _line(row: WhatIf, one: Compared) -> WhatIfLine:
    line, before, after = one.subscriber.line, one.before, one.after
    difference = after.bill - before.bill
    return WhatIfLine(
        owner=row,
        subscription_id=line.subscription_id,
        subscription=line.subscription,
        customer_id=line.customer_id,
        account=line.account,
        offering_before=line.offering,
        offering_after=one.offering,
        records_before=before.records,
        records=after.records,
        unpriced=after.unpriced,
        no_cost_before=before.no_cost,
        no_cost=after.no_cost,
        bill_before=before.bill,
        bill=after.bill,
        difference=difference,
        per_mille=difference * 1000 // before.bill if before.bill > 0 else None,
        net_before=before.net,
        net=after.net,
        cost_before=before.cost,
        cost=after.cost,
    )


def _no_sums() -> dict[str, Any]:
    return {"before": asdict(Side()), "after": asdict(Side()), "parts": "0", "own_fees": 0, "by_type": {}}


def _summed(sums: dict[str, Any], found: list[Compared]) -> dict[str, Any]:
    before, after = Side(**sums["before"]), Side(**sums["after"])
    parts, own_fees, by_type = Fraction(sums["parts"]), int(sums["own_fees"]), dict(sums["by_type"])
    for one in found:
        add(before, one.before)
        add(after, one.after)
        parts += one.parts
        own_fees += one.own_fees
        for name, sums_of_type in one.by_type.items():
            so_far = by_type.get(name, {"net": 0, "charged": 0})
            by_type[name] = {
                "net": so_far["net"] + sums_of_type.net,
                "charged": so_far["charged"] + sums_of_type.charged,
            }
    return {
        "before": asdict(before),
        "after": asdict(after),
        "parts": str(parts),
        "own_fees": own_fees,
        "by_type": by_type,
    }


def _go_on(row: WhatIf, actor: Actor) -> None:
    payload = {"what_if": str(row.id), "begin": row.done, "actor": [actor.kind, actor.id, actor.name]}
    # A trial that goes on after it was stopped begins at a place that had its job: the instant tells them apart.
    key = f"{row.id}:{row.done}:{row.changed_at.isoformat()}:{new_id()}"
    enqueue(JOB, payload, key=key, serial=f"what-if/{row.id}")


def _move(row: WhatIf, state: str, work: Work) -> None:
    old = row.state
    if state not in WHAT_IF.allowed(old):
        expected = ", ".join(WHAT_IF.allowed(old)) or "nothing"
        raise WhatIfNotNow(f"the trial is {old}", field="state", value=old, expected=f"next: {expected}")
    row.state = state
    row.changed_at = work.now
    row.save()
    _told(row, old)


def _told(row: WhatIf, old: str) -> None:
    emit(
        WhatIfStateChanged(what_if_id=row.id, number=row.number, old=old, new=row.state, done=row.done, total=row.total)
    )


def _row(number: str) -> WhatIf:
    row = WhatIf.objects.filter(number=number).first()
    if row is None:
        raise WhatIfUnknown("no such trial of a plan", field="number", value=number)
    return row


def _locked(number: str) -> WhatIf:
    _row(number)
    return WhatIf.objects.select_for_update().get(number=number)
