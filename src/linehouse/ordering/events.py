"""What ordering tells: an order was taken or moved, a step was done or failed, wound back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class OrderCaptured(Event, name="ordering.order.captured", aggregate="order_id"):
    """An order was accepted: qualified and planned."""

    order_id: UUID
    order_number: str
    customer_id: UUID
    billing_account_id: UUID
    offering_keys: tuple[str, ...]
    channel: str
    captured_at: datetime


class OrderStateChanged(Event, name="ordering.order.state_changed", aggregate="order_id"):
    """The order's state moved, following from its items."""

    order_id: UUID
    order_number: str
    customer_id: UUID
    old: str
    new: str
    reason: str
    changed_at: datetime


class StepCompleted(Event, name="ordering.step.completed", aggregate="order_id"):
    """A step of the plan is done."""

    order_id: UUID
    order_number: str
    customer_id: UUID
    step: str
    kind: str
    completed_at: datetime


class StepFailed(Event, name="ordering.step.failed", aggregate="order_id"):
    """A step of the plan failed and is parked with its reason."""

    order_id: UUID
    order_number: str
    customer_id: UUID
    step: str
    kind: str
    code: str
    reason: str
    failed_at: datetime


class StepCompensated(Event, name="ordering.step.compensated", aggregate="order_id"):
    """What a step had done was wound back."""

    order_id: UUID
    order_number: str
    customer_id: UUID
    step: str
    kind: str
    compensated_at: datetime


class CancellationRequested(Event, name="ordering.cancellation.requested", aggregate="order_id"):
    """Somebody asked to cancel the order."""

    order_id: UUID
    order_number: str
    customer_id: UUID
    cancellation_id: UUID
    requested_at: datetime


class CancellationCompleted(Event, name="ordering.cancellation.completed", aggregate="order_id"):
    """Everything that the order had taken was given back."""

    order_id: UUID
    order_number: str
    customer_id: UUID
    cancellation_id: UUID
    completed_at: datetime
