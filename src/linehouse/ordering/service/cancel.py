"""What staff and customers may do to an order that is under way: cancel it, try a step again, give an item up."""

from __future__ import annotations

from uuid import UUID

from linehouse.ordering.errors import (
    CancellationRunning,
    ItemNotHeld,
    NothingToCancel,
    PointOfNoReturn,
    StepNotFailed,
)
from linehouse.ordering.events import CancellationRequested
from linehouse.ordering.lifecycle import CANCEL_TASK
from linehouse.ordering.models import CancelTask, Item
from linehouse.ordering.progress import cancellable
from linehouse.ordering.service.drive import advance, begin_again
from linehouse.ordering.service.look import cancel_task_view
from linehouse.ordering.service.sheet import Sheet, step_state
from linehouse.ordering.values import CancelTaskView, Phase
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work


def cancel_order(order_id: UUID, *, reason: str, actor: Actor) -> CancelTaskView:
    """Wind the whole order back: the network forgets the line, SIM and number are released.

    What is under way is waited for. Raises OrderNotFound, NothingToCancel, CancellationRunning, and PointOfNoReturn
    once a product is being activated or ended.
    """
    with unit_of_work(actor, reason) as work:
        sheet = Sheet.locked(order_id)
        if sheet.over:
            raise NothingToCancel(f"the order is {sheet.order.state}", field="order", value=sheet.order.number)
        if sheet.phase in (Phase.ASSESSING, Phase.WINDING_BACK):
            raise CancellationRunning("the order is being cancelled already", field="order", value=sheet.order.number)
        if not cancellable(step_state(step) for step in sheet.steps):
            raise PointOfNoReturn(
                "the order has gone too far to be cancelled", field="order", value=sheet.order.number,
                expected="an order to end the product",
            )  # fmt: skip
        task = CancelTask.objects.create(
            order=sheet.order,
            reason=reason,
            state=CANCEL_TASK.require("acknowledged", "inProgress"),
            created_at=work.now,
            changed_at=work.now,
        )
        emit(
            CancellationRequested(
                order_id=sheet.order.id,
                order_number=sheet.order.number,
                customer_id=sheet.order.customer_id,
                cancellation_id=task.id,
                requested_at=work.now,
            )
        )
        if sheet.phase is Phase.RECEIVED:
            # TMF622 knows no way from acknowledged to a cancellation but over pending.
            sheet.set_phase(Phase.WAITING)
            sheet.derive()
        sheet.set_phase(Phase.ASSESSING)
        advance(sheet)
        task.refresh_from_db()
        return cancel_task_view(task)


def retry_step(order_id: UUID, step: str, *, reason: str, actor: Actor) -> None:
    """Try a failed step, or a failed compensation, once more. ``step`` is its key, such as ``1/provision_network``.

    Raises OrderNotFound, StepNotFound, StepNotFailed.
    """
    with unit_of_work(actor, reason):
        sheet = Sheet.locked(order_id)
        row = sheet.step(step)
        if row.state not in ("failed", "compensationFailed"):
            raise StepNotFailed(f"the step is {row.state}", field="step", value=step, expected="a failed step")
        begin_again(sheet, row)
        advance(sheet)


def give_up_item(order_id: UUID, item: str, *, reason: str, actor: Actor) -> None:
    """Do not deliver a held item, nor what depends on it; what it had taken is given back, the others go on.

    Raises OrderNotFound, StepNotFound, ItemNotHeld, PointOfNoReturn.
    """
    with unit_of_work(actor, reason):
        sheet = Sheet.locked(order_id)
        first = sheet.item(item)
        if first.state != "held":
            raise ItemNotHeld(f"the item is {first.state}", field="item", value=item, expected="held")
        going = [first, *_dependents(sheet, first)]
        if not cancellable(step_state(step) for row in going for step in sheet.of_item(row)):
            raise PointOfNoReturn("the item has gone too far to be given up", field="item", value=item)
        for row in going:
            row.given_up, row.reason = True, reason
        advance(sheet)


def _dependents(sheet: Sheet, item: Item) -> list[Item]:
    found: list[Item] = []
    for other in sheet.items:
        if other.parent_item == item.ref:
            found += [other, *_dependents(sheet, other)]
    return found
