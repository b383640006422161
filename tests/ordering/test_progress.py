"""States are derived; every derived move is one that TMF622 draws."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linehouse.ordering.decompose import plan_item, startable, to_wind_back
from linehouse.ordering.lifecycle import ORDER_ITEM, ORDER_STEP, PRODUCT_ORDER
from linehouse.ordering.progress import (
    ITEM_FINAL,
    ItemProgress,
    StepState,
    cancellable,
    item_state,
    order_state,
    settled,
)
from linehouse.ordering.values import ItemAction, Phase, PlannedStep


def item(*states: str, startable: bool = False, given_up: bool = False) -> ItemProgress:
    return ItemProgress([StepState(state, final=False) for state in states], startable, given_up)


@pytest.mark.parametrize(
    ("progress", "phase", "expected"),
    [
        (item("pending", "pending"), Phase.RECEIVED, "acknowledged"),
        (item("pending", "pending"), Phase.WAITING, "pending"),
        (item("pending", "pending", startable=True), Phase.RUNNING, "inProgress"),
        (item("pending", "pending"), Phase.RUNNING, "pending"),
        (item("completed", "inProgress"), Phase.RUNNING, "inProgress"),
        (item("failed", "inProgress"), Phase.RUNNING, "inProgress"),
        (item("completed", "failed", "pending"), Phase.RUNNING, "held"),
        (item("completed", "completed"), Phase.RUNNING, "completed"),
        (item("completed", "failed"), Phase.ASSESSING, "assessingCancellation"),
        (item("completed", "completed"), Phase.ASSESSING, "completed"),
        (item("compensating", "cancelled"), Phase.WINDING_BACK, "pendingCancellation"),
        (item("compensationFailed", "cancelled"), Phase.WINDING_BACK, "pendingCancellation"),
        (item("compensated", "cancelled"), Phase.WINDING_BACK, "cancelled"),
        (item("compensating", "cancelled", given_up=True), Phase.RUNNING, "inProgress"),
        (item("compensated", "cancelled", given_up=True), Phase.RUNNING, "failed"),
    ],
)
def test_item_state(progress: ItemProgress, phase: Phase, expected: str) -> None:
    assert item_state(progress, phase) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (["completed", "completed"], "completed"),
        (["failed", "failed"], "failed"),
        (["completed", "failed"], "partial"),
        (["held", "inProgress"], "inProgress"),
        (["held", "completed"], "held"),
        (["held", "pending"], "held"),
        (["pending", "inProgress"], "inProgress"),
    ],
)
def test_a_running_order_follows_from_its_items(items: list[str], expected: str) -> None:
    assert order_state(items, Phase.RUNNING) == expected


def test_an_order_is_held_only_when_no_item_can_go_on() -> None:
    assert order_state(["held", "inProgress", "completed"], Phase.RUNNING) == "inProgress"
    assert order_state(["held", "pending", "completed"], Phase.RUNNING) == "held"


def test_there_is_no_way_back_once_the_customer_is_served() -> None:
    assert cancellable([StepState("completed", final=False), StepState("pending", final=True)])
    assert cancellable([StepState("failed", final=True)])
    assert not cancellable([StepState("inProgress", final=True)])
    assert not cancellable([StepState("completed", final=True)])


def test_a_failed_removal_may_have_happened_all_the_same() -> None:
    assert not cancellable([StepState("failed", final=True, outward=True)])


def test_a_cancellation_waits_for_what_is_under_way() -> None:
    assert not settled([StepState("completed", final=False), StepState("inProgress", final=False)])
    assert settled([StepState("completed", final=False), StepState("failed", final=False)])


class Walk:
    """An order of a plan and its add-on, driven by choices; judges every move of order, items and steps."""

    def __init__(self) -> None:
        self.plan = [
            *plan_item("1", ItemAction.ADD, number=True, sim=True, network=True),
            *plan_item("2", ItemAction.ADD, number=False, sim=False, network=False, parent_item="1"),
        ]
        self.steps = {step.key: "pending" for step in self.plan}
        self.phase = Phase.RECEIVED
        self.items = {"1": "acknowledged", "2": "acknowledged"}
        self.order = "acknowledged"

    def set_step(self, key: str, state: str) -> None:
        self.steps[key] = ORDER_STEP.require(self.steps[key], state)

    def derive(self) -> None:
        ready = {step.item for step in startable(self.plan, self.steps)} if self.phase is Phase.RUNNING else set()
        for ref, old in self.items.items():
            states = [StepState(self.steps[s.key], s.final) for s in self.plan if s.item == ref]
            new = item_state(ItemProgress(states, ref in ready), self.phase)
            if new != old:
                self.items[ref] = ORDER_ITEM.require(old, new)
        new = order_state(self.items.values(), self.phase)
        if new != self.order:
            self.order = PRODUCT_ORDER.require(self.order, new)

    def start(self) -> None:
        if self.phase is Phase.RUNNING:
            for step in startable(self.plan, self.steps):
                self.set_step(step.key, "inProgress")

    def wind_back(self) -> None:
        for step in self.plan:
            if self.steps[step.key] == "pending":
                self.set_step(step.key, "cancelled")
        while ready := to_wind_back(self.plan, self.steps):
            for step in ready:
                self.set_step(step.key, "compensating")
                self.derive()
                self.set_step(step.key, "compensated")
                self.derive()

    def may_cancel(self) -> bool:
        return cancellable([StepState(self.steps[s.key], s.final, s.kind.outward) for s in self.plan])

    def running(self) -> list[PlannedStep]:
        return [step for step in self.plan if self.steps[step.key] == "inProgress"]


@settings(max_examples=400)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["ok"] * 8 + ["fail", "retry", "cancel"])), max_size=40))
def test_every_derived_move_is_legal_and_every_end_is_clean(choices: list[tuple[int, str]]) -> None:
    walk = Walk()
    walk.phase = Phase.RUNNING
    walk.derive()
    walk.start()
    walk.derive()
    for pick, what in choices:
        if walk.order in PRODUCT_ORDER.final:
            break
        if what in ("ok", "fail") and (running := walk.running()):
            walk.set_step(running[pick % len(running)].key, "completed" if what == "ok" else "failed")
        elif what == "retry" and walk.phase is Phase.RUNNING:
            for step in walk.plan:
                if walk.steps[step.key] == "failed":
                    walk.set_step(step.key, "inProgress")
        elif what == "cancel" and walk.phase is Phase.RUNNING and walk.may_cancel():
            walk.phase = Phase.ASSESSING
        walk.derive()
        if walk.phase is Phase.ASSESSING and settled([StepState(s, final=False) for s in walk.steps.values()]):
            # Nothing without a way back was begun meanwhile, so what was assessed is accepted.
            assert walk.may_cancel()
            walk.phase = Phase.WINDING_BACK
            walk.derive()
            walk.wind_back()
        walk.derive()
        walk.start()
        walk.derive()
    if walk.order == "cancelled":
        assert set(walk.steps.values()) <= {"cancelled", "compensated"}
        assert set(walk.items.values()) == {"cancelled"}
    if walk.order == "completed":
        assert set(walk.steps.values()) == {"completed"}
    assert (walk.order in PRODUCT_ORDER.final) == all(state in ITEM_FINAL for state in walk.items.values())
