"""Rating usage again as a run: planned with its difference, proposed to another person, applied by the worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.charging.errors import RerateNotNow, RerateRefused, RerateUnknown
from linehouse.charging.events import RerateStateChanged
from linehouse.charging.lifecycle import RERATE
from linehouse.charging.models import Rerate, RerateSubscriber
from linehouse.charging.rerating import Order
from linehouse.charging.service import rerate_steps
from linehouse.charging.service.rerate import Wanted
from linehouse.charging.service.selection import billed_in, first_to_rate_again
from linehouse.inventory import service as inventory
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period, day_start
from linehouse.platform.approval import service as approval
from linehouse.platform.approval.errors import ObjectChanged
from linehouse.platform.approval.values import Change
from linehouse.platform.jobs.registry import Attempt, Payload, external_job
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import SYSTEM, Actor, Work, unit_of_work

JOB = "charging.rerate"
APPROVAL = "charging.rerate"
"""The kind of the proposal."""
SERIES = default_series("rerate", "RR-{n:04d}")
PLAN_CHUNK = 50
APPLY_CHUNK = 20
"""Subscriptions of one transaction."""
_RULES_SHOWN = 12
"""Rules whose difference a proposal names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RerateRequest:
    """What is to be corrected: usage that began on the local days ``[start, until)`` of the brand, by a tariff, on a
    plan, of subscriptions (numbers; none: all). ``catalog_version`` is the published version whose tariffs are right,
    None the one in force when it was used. ``order`` is ``sequence`` or ``event``."""

    start: date
    until: date
    reason: str
    tariff: str = ""
    offering: str = ""
    subscriptions: tuple[str, ...] = ()
    order: str = Order.SEQUENCE.value
    catalog_version: int | None = None


def plan_rerate(request: RerateRequest, *, actor: Actor) -> str:
    """Begin to reckon the difference; returns the run's number. Nothing moves.

    Raises RerateRefused, CatalogVersionUnknown.
    """
    brand = catalog.published().brand
    if request.until <= request.start:
        raise RerateRefused("the period is empty", field="until", value=str(request.until), expected="a later day")
    if not request.reason.strip():
        raise RerateRefused("a re-rate has a reason", field="reason", expected="why the correction is right")
    if request.order not in set(Order):
        raise RerateRefused(
            "there is no such order",
            field="order",
            value=request.order,
            expected=" or ".join(order.value for order in Order),
        )
    numbers = tuple(dict.fromkeys(request.subscriptions))
    _require_known(request, numbers)
    with unit_of_work(actor, request.reason.strip()) as work:
        row = Rerate(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            number=next_number(SERIES),
            reason=request.reason.strip()[:1000],
            period_from=day_start(request.start, brand.zone),
            period_until=day_start(request.until, brand.zone),
            tariff=request.tariff,
            offering=request.offering,
            subscriptions=list(numbers),
            ordering=request.order,
            catalog_version=request.catalog_version,
            planner_kind=actor.kind,
            planner_id=actor.id,
            planner_name=actor.name,
        )
        wanted = wanted_of(row)
        firsts = first_to_rate_again(wanted.selection)
        row.total = len(firsts)
        row.billed = {currency: list(found) for currency, found in billed_in(wanted.selection).items()}
        row.save(force_insert=True)
        RerateSubscriber.objects.bulk_create(
            [
                RerateSubscriber(owner=row, subscription_id=subscription_id, subscription=number, first=first)
                for subscription_id, number, first in firsts
            ],
            batch_size=1_000,
        )
        _tell(row, "")
        _enqueue(row)
        return row.number


def _require_known(request: RerateRequest, numbers: tuple[str, ...]) -> None:
    known = inventory.product_ids_by_number(numbers) if numbers else {}
    for number in numbers:
        if number not in known:
            raise RerateRefused(
                f"there is no subscription {number}", field="subscriptions", value=number, expected="numbers of plans"
            )
    if request.catalog_version is not None:
        right = catalog.version(request.catalog_version)
        if request.tariff and request.tariff not in right.tariffs:
            raise RerateRefused(
                f"version {request.catalog_version} has no tariff {request.tariff}",
                field="tariff",
                value=request.tariff,
                expected=", ".join(sorted(right.tariffs)),
            )


def wanted_of(row: Rerate) -> Wanted:
    """What the run was asked for."""
    return Wanted(
        Period(row.period_from, row.period_until),
        row.tariff,
        tuple(row.subscriptions),
        row.ordering,
        row.catalog_version,
        row.offering,
    )


def propose_rerate(number: str, *, actor: Actor, reason: str = "") -> str:
    """Put a planned run before another person; returns the proposal's number.

    Raises RerateUnknown, RerateNotNow where it is not planned, nothing differs, or the usage has changed since.
    """
    with unit_of_work(actor, reason or f"{number} proposed") as work:
        row = _locked(number)
        _require(row, "proposed")
        if not row.changed and not row.reordered:
            raise RerateNotNow("nothing differs", field="number", value=number, expected="a difference to apply")
        if changed := rerate_steps.changed_since(row):
            raise RerateNotNow(_stale(changed), field="number", value=number, expected="a new plan")
        effect = [Money(now - before, currency) for currency, (before, now) in row.sums.items()]
        made = approval.propose(
            APPROVAL,
            subject=f"{row.number} {row.reason}",
            changes=_changes(row),
            reason=reason.strip() or row.reason,
            effect=effect[0] if len(effect) == 1 else None,
            payload={"rerate": str(row.id), "number": row.number},
            actor=actor,
        )
        row.proposal = made.number
        _move(row, "proposed", work)
        return made.number


def _changes(row: Rerate) -> list[Change]:
    found = [
        Change(f"charged, {currency}", str(Money(before, currency)), str(Money(now, currency)))
        for currency, (before, now) in sorted(row.sums.items())
    ]
    found += [
        Change(f"{one.rule or 'no rule'}, {one.records} records", str(one.before), str(one.now))
        for one in rerate_steps.sums_by_rule(row.id)[:_RULES_SHOWN]
    ]
    found.append(Change("records rated again", str(row.looked_at), f"{row.changed} differ"))
    found.append(Change("subscriptions that differ", str(row.total), str(row.subscribers)))
    if row.to_suspense:
        found.append(Change("records without a price now", "0", str(row.to_suspense)))
    for currency, (records, micros) in sorted(row.billed.items()):
        charge = str(Money(micros, currency))
        found.append(Change(f"on invoices, left alone: {records} records", charge, charge))
    return found


def approve_rerate(payload: Mapping[str, str], work: Work) -> str:
    """What the second person's approval does: the worker begins. Raises ObjectChanged where the usage has changed."""
    row = Rerate.objects.select_for_update().get(id=payload["rerate"])
    if row.state != "proposed":
        raise ObjectChanged(f"{row.number} is {row.state}", field="state", value=row.state, expected="proposed")
    if changed := rerate_steps.changed_since(row):
        raise ObjectChanged(_stale(changed), field="subject", value=row.number, expected="a new plan")
    row.done, row.total = 0, row.subscribers
    _move(row, "approved", work)
    _enqueue(row)
    return f"{row.number} is applied to {row.subscribers} subscriptions"


def _stale(changed: list[str]) -> str:
    named = ", ".join(changed[:5]) + (" …" if len(changed) > 5 else "")
    return (
        f"usage of {len(changed)} subscriptions ({named}) was billed, rated again or erased since this was planned:"
        " plan it again"
    )


def decided_otherwise(number: str, state: str) -> None:
    """The proposal came to nothing: the run is stale where its usage has changed, else given up."""
    with unit_of_work(SYSTEM, f"{number} was {state}") as work:
        row = Rerate.objects.select_for_update().filter(proposal=number, state="proposed").first()
        if row is None:
            return
        changed = rerate_steps.changed_since(row)
        row.note = _stale(changed) if changed else f"{number} was {state}"
        _move(row, "stale" if changed else "discarded", work)


def discard_rerate(number: str, *, actor: Actor, reason: str) -> None:
    """Give a run up before it is approved; a proposal that waits is withdrawn by whoever made it.

    Raises RerateUnknown, RerateNotNow, RerateRefused without a reason, NotYours.
    """
    if not reason.strip():
        raise RerateRefused("giving up has a reason", field="reason", expected="why it is given up")
    with unit_of_work(actor, reason) as work:
        row = _locked(number)
        _require(row, "discarded")
        if row.state == "proposed":
            approval.withdraw(row.proposal, actor=actor, note=reason)
        row.note = reason.strip()[:1000]
        _move(row, "discarded", work)


@external_job(JOB, max_attempts=6, lease_seconds=300)
def go_on_with_rerate(payload: Payload, attempt: Attempt) -> None:
    """The next subscriptions of a run."""
    del attempt
    go_on(UUID(payload["rerate"]), int(payload["begin"]), str(payload["state"]))


def finish_rerate(number: str, *, told: Callable[[int, int], None] | None = None) -> None:
    """Plan, or apply what is approved, now and in this process, telling how many of how many are done.

    Safe to repeat and beside a worker. Raises RerateUnknown, RerateNotNow where there is nothing to go on with.
    """
    row = _row(number)
    if row.state not in ("planning", "approved", "applying"):
        raise RerateNotNow(
            f"{number} is {row.state}", field="number", value=row.state, expected="one that is planned or approved"
        )
    while row.state in ("planning", "approved", "applying"):
        if told is not None:
            told(row.done, row.total)
        go_on(row.id, row.done, row.state)
        row = _row(number)
    if told is not None:
        told(row.done, row.total)


def go_on(rerate_id: UUID, begin: int, state: str) -> None:
    """Do the next subscriptions from ``begin`` on in one transaction, and ask for those after. A second time, or after
    the process was killed, it changes nothing that was done."""
    with unit_of_work(SYSTEM, "rated again") as work:
        row = Rerate.objects.select_for_update().get(id=rerate_id)
        if row.state != state or row.done != begin:
            return
        if row.state == "approved":
            _move(row, "applying", work)
        waits = "waiting" if row.state == "planning" else "looked"
        people = list(
            RerateSubscriber.objects.select_for_update()
            .filter(owner=row, state=waits)
            .order_by("subscription", "id")[: PLAN_CHUNK if row.state == "planning" else APPLY_CHUNK]
        )
        step = rerate_steps.look if row.state == "planning" else rerate_steps.apply
        if people:
            step(row, people, wanted_of(row), work)
        row.done += len(people)
        row.changed_at = work.now
        row.save()
        if people:
            _enqueue(row)
        elif row.state == "planning":
            row.planned_at = work.now
            _move(row, "planned", work)
        else:
            row.applied_at = work.now
            _move(row, "applied", work)


def _enqueue(row: Rerate) -> None:
    payload = {"rerate": str(row.id), "begin": row.done, "state": row.state}
    enqueue(JOB, payload, key=f"{row.id}:{row.state}:{row.done}", serial=f"rerate/{row.id}")


def _require(row: Rerate, new: str) -> None:
    if not RERATE.permits(row.state, new):
        allowed = ", ".join(RERATE.allowed(row.state)) or "nothing"
        raise RerateNotNow(f"{row.number} is {row.state}", field="state", value=row.state, expected=f"next: {allowed}")


def _move(row: Rerate, new: str, work: Work) -> None:
    _require(row, new)
    old, row.state = row.state, new
    row.changed_at = work.now
    row.save()
    _tell(row, old)


def _tell(row: Rerate, old: str) -> None:
    emit(
        RerateStateChanged(
            rerate_id=row.id,
            number=row.number,
            old=old,
            new=row.state,
            changed=row.changed,
            done=row.done,
            total=row.total,
        )
    )


def _row(number: str) -> Rerate:
    row = Rerate.objects.filter(number=number).first()
    if row is None:
        raise RerateUnknown("there is no such re-rate", field="number", value=number)
    return row


def _locked(number: str) -> Rerate:
    _row(number)
    return Rerate.objects.select_for_update().get(number=number)
