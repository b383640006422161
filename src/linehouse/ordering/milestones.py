"""What a customer sees of an order: few milestones, each with promised and real time, from the plan's steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from linehouse.ordering.values import Milestone, MilestoneState, OrderView, StepKind, StepView

#: Which steps stand for which milestone, in the order in which they are shown.
_STANDS_FOR: tuple[tuple[str, frozenset[StepKind]], ...] = (
    ("reserved", frozenset({StepKind.RESERVE_MSISDN, StepKind.RESERVE_SIM})),
    ("network_ready", frozenset({StepKind.PROVISION_NETWORK})),
    ("network_off", frozenset({StepKind.DEPROVISION_NETWORK})),
    ("active", frozenset({StepKind.ACTIVATE_PRODUCT})),
    ("ended", frozenset({StepKind.TERMINATE_PRODUCT})),
    ("done", frozenset({StepKind.COMPLETE})),
)
_BACK = frozenset({"compensating", "compensated", "compensationFailed", "cancelled"})


def milestones(order: OrderView) -> tuple[Milestone, ...]:
    """The milestones of the order; those that its plan does not have are left out."""
    found = [Milestone("received", MilestoneState.DONE, order.created_at, order.created_at)]
    for key, kinds in _STANDS_FOR:
        steps = [step for step in order.steps if step.kind in kinds]
        if steps:
            found.append(_milestone(key, steps))
    return tuple(found)


def _milestone(key: str, steps: Sequence[StepView]) -> Milestone:
    promised = _latest(step.promised_at for step in steps)
    states = {step.state for step in steps}
    if states == {"completed"}:
        return Milestone(key, MilestoneState.DONE, promised, _latest(step.settled_at for step in steps))
    if states & _BACK:
        return Milestone(key, MilestoneState.UNDONE, promised, None)
    if "failed" in states:
        reason = next(step.reason for step in steps if step.state == "failed")
        return Milestone(key, MilestoneState.STOPPED, promised, None, reason)
    now = states & {"inProgress", "completed"}
    return Milestone(key, MilestoneState.NOW if now else MilestoneState.NEXT, promised, None)


def _latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)
