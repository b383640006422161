"""States derived: an item's from its steps, an order's from its items. Nothing else sets a state.

Held means that somebody must look: something failed and nothing else can go on by itself (note on states of TMF622).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linehouse.ordering.values import Phase

_SETTLED_BACK = frozenset({"compensated", "cancelled"})
#: Item states that nothing follows.
ITEM_FINAL = frozenset({"completed", "failed", "cancelled", "rejected"})
#: Step states in which somebody or something is at work.
_MOVING = frozenset({"inProgress", "compensating"})


@dataclass(frozen=True, slots=True)
class StepState:
    """A step as the derivation needs it.

    ``final``: no way back once it has begun. ``outward``: it speaks to somebody outside, who may have acted although we
    were told otherwise.
    """

    state: str
    final: bool
    outward: bool = False


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """What an item's state follows from. ``given_up``: staff decided that the item will not be delivered."""

    steps: Sequence[StepState]
    startable: bool
    given_up: bool = False


def item_state(item: ItemProgress, phase: Phase) -> str:
    """The item's state (ORDER_ITEM)."""
    states = [step.state for step in item.steps]
    if all(state == "completed" for state in states):
        return "completed"
    if item.given_up:
        return "failed" if all(state in _SETTLED_BACK for state in states) else "inProgress"
    match phase:
        case Phase.RECEIVED:
            return "acknowledged"
        case Phase.WAITING:
            return "pending"
        case Phase.ASSESSING:
            return "assessingCancellation"
        case Phase.WINDING_BACK:
            return "cancelled" if all(state in _SETTLED_BACK for state in states) else "pendingCancellation"
        case Phase.RUNNING:
            return _running(states, item.startable)


def _running(states: list[str], startable: bool) -> str:
    if startable or any(state in _MOVING for state in states):
        return "inProgress"
    return "held" if "failed" in states else "pending"


def order_state(items: Iterable[str], phase: Phase) -> str:
    """The order's state (PRODUCT_ORDER) from its items' states."""
    states = list(items)
    match phase:
        case Phase.RECEIVED:
            return "acknowledged"
        case Phase.WAITING:
            return "pending"
        case Phase.ASSESSING:
            return "assessingCancellation"
        case Phase.WINDING_BACK:
            return "cancelled" if all(state in ITEM_FINAL for state in states) else "pendingCancellation"
        case Phase.RUNNING:
            return _running_order(states)


def _running_order(states: list[str]) -> str:
    if all(state in ITEM_FINAL for state in states):
        kinds = set(states)
        if kinds == {"completed"}:
            return "completed"
        return "partial" if "completed" in kinds else "failed"
    if "inProgress" in states:
        return "inProgress"
    return "held" if "held" in states else "pending"


def cancellable(steps: Iterable[StepState]) -> bool:
    """Whether the order may still be wound back: no step without a way back has had an effect, or may have had one."""
    return not any(
        step.final and (step.state in ("inProgress", "completed") or (step.outward and step.state == "failed"))
        for step in steps
    )


def settled(steps: Iterable[StepState]) -> bool:
    """Whether no step is at work, so that a cancellation can be decided."""
    return not any(step.state in _MOVING for step in steps)
