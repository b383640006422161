"""The states of an order, its items, its steps and its cancellation (TMF622, 641 for the words)."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

_STATES = (
    "acknowledged",
    "rejected",
    "inProgress",
    "pending",
    "held",
    "assessingCancellation",
    "pendingCancellation",
    "cancelled",
    "completed",
    "failed",
)
_MOVES = (
    ("acknowledged", "inProgress"),
    ("acknowledged", "pending"),
    ("inProgress", "pending"),
    ("inProgress", "held"),
    ("inProgress", "assessingCancellation"),
    ("inProgress", "completed"),
    ("inProgress", "failed"),
    ("pending", "inProgress"),
    ("pending", "cancelled"),
    ("pending", "assessingCancellation"),
    ("held", "inProgress"),
    ("held", "cancelled"),
    ("held", "assessingCancellation"),
    ("assessingCancellation", "inProgress"),
    ("assessingCancellation", "pending"),
    ("assessingCancellation", "held"),
    ("assessingCancellation", "pendingCancellation"),
    ("pendingCancellation", "cancelled"),
)

#: ProductOrderStateType of TMF622. The state follows from the items (progress.py); this says which moves are legal.
PRODUCT_ORDER = Lifecycle(
    "ordering.order",
    states=(*_STATES, "partial"),
    initial=("acknowledged", "rejected"),
    transitions=(*_MOVES, ("inProgress", "partial")),
)

#: ProductOrderItemStateType of TMF622: as the order, without ``partial``.
ORDER_ITEM = Lifecycle(
    "ordering.item",
    states=_STATES,
    initial=("acknowledged", "rejected"),
    transitions=_MOVES,
)

#: A step of the plan. ``failed`` is parked with its reason: it is tried again, or wound back by its compensation.
#: A step that never began is ``cancelled``.
ORDER_STEP = Lifecycle(
    "ordering.step",
    states=(
        "pending",
        "inProgress",
        "completed",
        "failed",
        "compensating",
        "compensated",
        "compensationFailed",
        "cancelled",
    ),
    initial="pending",
    transitions=(
        ("pending", "inProgress"),
        ("pending", "cancelled"),
        ("inProgress", "completed"),
        ("inProgress", "failed"),
        ("failed", "inProgress"),
        ("failed", "compensating"),
        ("completed", "compensating"),
        ("compensating", "compensated"),
        ("compensating", "compensationFailed"),
        ("compensationFailed", "compensating"),
    ),
)

#: TaskStateType of TMF622: a request to cancel is itself a thing with a state.
CANCEL_TASK = Lifecycle(
    "ordering.cancel_task",
    states=("acknowledged", "inProgress", "done", "terminatedWithError"),
    initial="acknowledged",
    transitions=(
        ("acknowledged", "inProgress"),
        ("inProgress", "done"),
        ("inProgress", "terminatedWithError"),
    ),
)

#: The kind of task that a step which cannot go on by itself is for people.
STUCK_STEP = "ordering.step"
