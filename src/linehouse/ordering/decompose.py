"""From an order item to its plan: which steps, in which order, and what winds each of them back."""

from __future__ import annotations

from collections.abc import Collection

from linehouse.ordering.values import Compensation, ItemAction, PlannedStep, StepKind

#: Minutes after the start of the order by which each step is promised.
_PROMISE = {
    StepKind.RESERVE_MSISDN: 1,
    StepKind.RESERVE_SIM: 1,
    StepKind.PROVISION_NETWORK: 10,
    StepKind.ACTIVATE_PRODUCT: 15,
    StepKind.DEPROVISION_NETWORK: 10,
    StepKind.TERMINATE_PRODUCT: 15,
    StepKind.RETIRE_SIM: 15,
    StepKind.QUARANTINE_MSISDN: 15,
    StepKind.COMPLETE: 15,
}
_COMPENSATION = {
    StepKind.RESERVE_MSISDN: Compensation.RELEASE_MSISDN,
    StepKind.RESERVE_SIM: Compensation.RELEASE_SIM,
    StepKind.PROVISION_NETWORK: Compensation.DEPROVISION_NETWORK,
}
#: Bill starts with activation; a line that is out of the network is not put back.
_FINAL = frozenset(
    {
        StepKind.ACTIVATE_PRODUCT,
        StepKind.DEPROVISION_NETWORK,
        StepKind.TERMINATE_PRODUCT,
        StepKind.RETIRE_SIM,
        StepKind.QUARANTINE_MSISDN,
        StepKind.COMPLETE,
    }
)


def _step(item: str, kind: StepKind, *needs: str) -> PlannedStep:
    return PlannedStep(f"{item}/{kind}", item, kind, needs, _COMPENSATION.get(kind), kind in _FINAL, _PROMISE[kind])


def plan_item(
    item: str, action: ItemAction, *, number: bool, sim: bool, network: bool, parent_item: str = ""
) -> tuple[PlannedStep, ...]:
    """The steps of one item, each after those it needs.

    ``number``, ``sim`` and ``network`` say what the offering's services stand on: a plan needs all three, an add-on or
    a pack usually none. ``parent_item`` names an item of this order that must be active first.
    """
    return (
        _plan_add(item, number, sim, network, parent_item)
        if action is ItemAction.ADD
        else _plan_delete(item, number, sim, network)
    )


def _plan_add(item: str, number: bool, sim: bool, network: bool, parent_item: str) -> tuple[PlannedStep, ...]:
    steps: list[PlannedStep] = []
    if number:
        steps.append(_step(item, StepKind.RESERVE_MSISDN))
    if sim:
        steps.append(_step(item, StepKind.RESERVE_SIM))
    before = [step.key for step in steps]
    if parent_item:
        before.append(f"{parent_item}/{StepKind.ACTIVATE_PRODUCT}")
    if network:
        steps.append(_step(item, StepKind.PROVISION_NETWORK, *before))
        before = [steps[-1].key]
    steps.append(_step(item, StepKind.ACTIVATE_PRODUCT, *before))
    steps.append(_step(item, StepKind.COMPLETE, steps[-1].key))
    return tuple(steps)


def _plan_delete(item: str, number: bool, sim: bool, network: bool) -> tuple[PlannedStep, ...]:
    steps: list[PlannedStep] = []
    if network:
        steps.append(_step(item, StepKind.DEPROVISION_NETWORK))
    steps.append(_step(item, StepKind.TERMINATE_PRODUCT, *(step.key for step in steps)))
    ended = steps[-1].key
    last = [ended]
    if sim:
        steps.append(_step(item, StepKind.RETIRE_SIM, ended))
        last.append(steps[-1].key)
    if number:
        steps.append(_step(item, StepKind.QUARANTINE_MSISDN, ended))
        last.append(steps[-1].key)
    steps.append(_step(item, StepKind.COMPLETE, *last))
    return tuple(steps)


def startable(plan: Collection[PlannedStep], states: dict[str, str]) -> tuple[PlannedStep, ...]:
    """The steps that may begin now: not begun, and everything that they need is completed. In plan order."""
    return tuple(s for s in plan if states[s.key] == "pending" and all(states[need] == "completed" for need in s.needs))


def to_wind_back(plan: Collection[PlannedStep], states: dict[str, str]) -> tuple[PlannedStep, ...]:
    """The steps whose compensation may run now: nothing that was built upon them still stands. Last ones first."""
    standing = {"completed", "failed", "compensating", "compensationFailed", "inProgress"}
    users: dict[str, list[str]] = {}
    for step in plan:
        for need in step.needs:
            users.setdefault(need, []).append(step.key)
    return tuple(
        s
        for s in reversed(tuple(plan))
        if states[s.key] in ("completed", "failed")
        and not any(states[user] in standing for user in users.get(s.key, []))
    )
