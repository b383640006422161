"""An order locked for a change: its rows, the pure view that the rules need, and saving what they derive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from linehouse.inventory import service as inventory
from linehouse.ordering.decompose import startable
from linehouse.ordering.errors import OrderNotFound, StepNotFound
from linehouse.ordering.events import OrderStateChanged, StepCompensated, StepCompleted, StepFailed
from linehouse.ordering.lifecycle import ORDER_ITEM, ORDER_STEP, PRODUCT_ORDER, STUCK_STEP
from linehouse.ordering.models import Item, Order, Step
from linehouse.ordering.progress import ITEM_FINAL, ItemProgress, StepState, item_state, order_state
from linehouse.ordering.values import Compensation, ItemAction, Phase, PlannedStep, StepKind
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Work, current_work

_FAILED = frozenset({"failed", "compensationFailed"})


@dataclass(slots=True)
class Sheet:
    """The order with everything that belongs to it; the order's row is locked until the transaction ends."""

    order: Order
    items: list[Item]
    steps: list[Step]
    work: Work
    saved: tuple[str, str, str]
    """Phase, state and reason as the database holds them."""

    @classmethod
    def locked(cls, order_id: UUID) -> Sheet:
        """Lock the order. Raises OrderNotFound."""
        order = Order.objects.select_for_update().filter(id=order_id).first()
        if order is None:
            raise OrderNotFound("there is no such order", field="order", value=str(order_id))
        items = list(order.items.order_by("position"))
        steps = list(order.steps.order_by("position"))
        of = {item.id: item for item in items}
        for step in steps:
            step.item = of[step.item_id]
        return cls(order, items, steps, current_work(), (order.phase, order.state, order.reason))

    @property
    def phase(self) -> Phase:
        """How the order is driven."""
        return Phase(self.order.phase)

    @property
    def plan(self) -> tuple[PlannedStep, ...]:
        """The plan as the rules see it."""
        return tuple(planned(step) for step in self.steps)

    @property
    def states(self) -> dict[str, str]:
        """The state of each step by its key."""
        return {step.key: step.state for step in self.steps}

    def step(self, key: str) -> Step:
        """The step of that key. Raises StepNotFound."""
        for step in self.steps:
            if step.key == key:
                return step
        raise StepNotFound("the order has no such step", field="step", value=key)

    def item(self, ref: str) -> Item:
        """The item of that ref. Raises StepNotFound."""
        for item in self.items:
            if item.ref == ref:
                return item
        raise StepNotFound("the order has no such item", field="item", value=ref)

    def of_item(self, item: Item) -> list[Step]:
        """The item's steps."""
        return [step for step in self.steps if step.item_id == item.id]

    def set_phase(self, phase: Phase) -> None:
        """Drive the order otherwise; states follow with ``derive``."""
        self.order.phase = str(phase)

    def move(self, step: Step, state: str, *, code: str = "", reason: str = "") -> None:
        """Move a step, and tell it where others listen for it."""
        old, step.state = step.state, ORDER_STEP.require(step.state, state)
        step.code, step.reason, step.changed_at = code, reason, self.work.now
        if state == "inProgress":
            step.started_at, step.settled_at = step.started_at or self.work.now, None
        if state in ("completed", "failed", "compensated", "compensationFailed", "cancelled"):
            step.settled_at = self.work.now
        step.save()
        if {old, state} & _FAILED:
            self.work.touch(STUCK_STEP, str(step.id))
        self._tell(step)

    def _tell(self, step: Step) -> None:
        order, now = self.order, self.work.now
        if step.state == "completed":
            emit(
                StepCompleted(
                    order_id=order.id,
                    order_number=order.number,
                    customer_id=order.customer_id,
                    step=step.key,
                    kind=step.kind,
                    completed_at=now,
                )
            )
        elif step.state in _FAILED:
            emit(
                StepFailed(
                    order_id=order.id,
                    order_number=order.number,
                    customer_id=order.customer_id,
                    step=step.key,
                    kind=step.kind,
                    code=step.code,
                    reason=step.reason,
                    failed_at=now,
                )
            )
        elif step.state == "compensated" and step.compensation:
            emit(
                StepCompensated(
                    order_id=order.id,
                    order_number=order.number,
                    customer_id=order.customer_id,
                    step=step.key,
                    kind=step.kind,
                    compensated_at=now,
                )
            )

    def derive(self) -> None:
        """Set the states of items and order to what follows from the steps, save what moved, and tell it."""
        ready = {step.item for step in startable(self.plan, self.states)} if self.phase is Phase.RUNNING else set()
        for item in self.items:
            steps = [step_state(step) for step in self.of_item(item)]
            self._move_item(item, item_state(ItemProgress(steps, item.ref in ready, item.given_up), self.phase))
        self._move_order(order_state([item.state for item in self.items], self.phase))

    def _move_item(self, item: Item, state: str) -> None:
        reason = _first_reason(self.of_item(item)) if state in ("held", "pendingCancellation") else item.reason
        if state == item.state and reason == item.reason:
            return
        if state != item.state:
            item.state = ORDER_ITEM.require(item.state, state)
        item.reason = "" if state in ("inProgress", "completed") and not item.given_up else reason
        item.changed_at = self.work.now
        item.save(update_fields=["state", "reason", "given_up", "changed_at"])
        if state in ("cancelled", "failed") and item.action == ItemAction.ADD:
            inventory.cancel_product(item.product_id, actor=self.work.actor)

    def _move_order(self, state: str) -> None:
        order, old = self.order, self.order.state
        reason = _first_reason(self.steps) if state in ("held", "pendingCancellation") else ""
        if (str(self.phase), state, reason) == self.saved:
            return
        if state != old:
            order.state = PRODUCT_ORDER.require(old, state)
        order.reason, order.changed_at = reason, self.work.now
        if state in PRODUCT_ORDER.final:
            order.completed_at = self.work.now
        order.save(update_fields=["phase", "state", "reason", "changed_at", "completed_at"])
        self.saved = (str(self.phase), state, reason)
        for step in self.steps:
            if step.state in _FAILED:
                self.work.touch(STUCK_STEP, str(step.id))
        if state != old:
            emit(
                OrderStateChanged(
                    order_id=order.id,
                    order_number=order.number,
                    customer_id=order.customer_id,
                    old=old,
                    new=state,
                    reason=reason,
                    changed_at=self.work.now,
                )
            )

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to the order."""
        return all(item.state in ITEM_FINAL for item in self.items)


def planned(step: Step) -> PlannedStep:
    """The row as the rules see it."""
    return PlannedStep(
        key=step.key,
        item=step.item.ref,
        kind=StepKind(step.kind),
        needs=tuple(step.needs),
        compensation=Compensation(step.compensation) if step.compensation else None,
        final=step.final,
        promised_minutes=0,
    )


def step_state(step: Step) -> StepState:
    """The row as the derivation of states sees it."""
    return StepState(step.state, step.final, StepKind(step.kind).outward)


def _first_reason(steps: Iterable[Step]) -> str:
    return next((step.reason for step in steps if step.state in _FAILED), "")
