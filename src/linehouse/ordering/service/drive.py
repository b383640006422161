"""Driving an order: begin what can begin, wind back what must go, until nothing more can be done by itself."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from linehouse.kernel.error import DomainError
from linehouse.ordering.decompose import startable, to_wind_back
from linehouse.ordering.events import CancellationCompleted
from linehouse.ordering.lifecycle import CANCEL_TASK
from linehouse.ordering.models import CancelTask, Step
from linehouse.ordering.progress import settled
from linehouse.ordering.service.act import act, undo
from linehouse.ordering.service.sheet import Sheet, step_state
from linehouse.ordering.values import Phase
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.scope import current_brand


def start(order_id: UUID) -> None:
    """Begin a received order; one that was cancelled meanwhile is left alone."""
    sheet = Sheet.locked(order_id)
    if sheet.phase is Phase.RECEIVED:
        sheet.set_phase(Phase.RUNNING)
        advance(sheet)


def advance(sheet: Sheet) -> None:
    """Do everything that follows from where the steps stand, and derive the states."""
    sheet.derive()
    if sheet.phase is Phase.RUNNING:
        for planned in startable(sheet.plan, sheet.states):
            step = sheet.step(planned.key)
            if not step.item.given_up:
                _begin(sheet, step, "inProgress", "ordering.act")
    if sheet.phase is Phase.ASSESSING and settled(step_state(step) for step in sheet.steps):
        sheet.set_phase(Phase.WINDING_BACK)
        sheet.derive()
    _wind_back(sheet)
    sheet.derive()
    _close_cancellation(sheet)


def _begin(sheet: Sheet, step: Step, state: str, job: str) -> None:
    step.attempts += 1
    sheet.move(step, state)
    # Steps of one order run one after the other; each try is a job of its own.
    enqueue(
        job,
        {"order": str(sheet.order.id), "step": step.key, "attempt": step.attempts},
        key=f"{step.id}/{step.attempts}",
        serial=f"order/{sheet.order.id}",
    )


def _wind_back(sheet: Sheet) -> None:
    """Cancel what never began and undo, last things first, what was done for items that will not be delivered."""

    def going(step: Step) -> bool:
        return sheet.phase is Phase.WINDING_BACK or step.item.given_up

    if not any(going(step) for step in sheet.steps):
        return
    for step in sheet.steps:
        if step.state == "pending" and going(step):
            sheet.move(step, "cancelled")
    moved = True
    while moved:
        moved = False
        for planned in to_wind_back(sheet.plan, sheet.states):
            step = sheet.step(planned.key)
            if not going(step):
                continue
            moved = True
            if step.compensation:
                _begin(sheet, step, "compensating", "ordering.undo")
            else:
                sheet.move(step, "compensating")
                sheet.move(step, "compensated")


def begin_again(sheet: Sheet, step: Step) -> None:
    """Try a failed step, or a failed compensation, once more."""
    if step.state == "failed":
        _begin(sheet, step, "inProgress", "ordering.act")
    else:
        _begin(sheet, step, "compensating", "ordering.undo")


def _close_cancellation(sheet: Sheet) -> None:
    if sheet.order.state != "cancelled":
        return
    task = CancelTask.objects.filter(order=sheet.order, state="inProgress").first()
    if task is None:
        return
    task.state, task.settled_at = CANCEL_TASK.require(task.state, "done"), sheet.work.now
    task.changed_at = sheet.work.now
    task.save(update_fields=["state", "settled_at", "changed_at"])
    emit(
        CancellationCompleted(
            order_id=sheet.order.id,
            order_number=sheet.order.number,
            customer_id=sheet.order.customer_id,
            cancellation_id=task.id,
            completed_at=sheet.work.now,
        )
    )


def run_step(order_id: UUID, key: str, attempt: int, *, back: bool) -> None:
    """Do a step, or undo it. A refusal parks it with its reason; what it had changed is rolled back.

    The network answers later: then the step stays as it is until ``network_answered``.
    """
    sheet = Sheet.locked(order_id)
    step = sheet.step(key)
    if step.state != ("compensating" if back else "inProgress") or step.attempts != attempt:
        return
    done, failed = ("compensated", "compensationFailed") if back else ("completed", "failed")
    try:
        with transaction.atomic(using=current_brand()):
            finished = undo(sheet, step) if back else act(sheet, step)
    except DomainError as error:
        sheet.move(step, failed, code=error.code, reason=str(error))
    else:
        if not finished:
            return
        sheet.move(step, done)
    advance(sheet)


def network_answered(key: str, *, network_ref: str, code: str, reason: str) -> None:
    """The network has settled what a step asked for: ``code`` is empty when it did it."""
    asked = Step.objects.filter(request_key=key).first()
    if asked is None:
        return
    sheet = Sheet.locked(asked.order_id)
    step = sheet.step(asked.key)
    if step.request_key != key or step.state not in ("inProgress", "compensating"):
        return
    back = step.state == "compensating"
    if code:
        sheet.move(step, "compensationFailed" if back else "failed", code=code, reason=reason)
    else:
        step.network_ref = network_ref
        sheet.move(step, "compensated" if back else "completed")
    advance(sheet)
