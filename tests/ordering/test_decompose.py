"""Plans: the right steps in the right order, whatever the offering stands on."""

from __future__ import annotations

import itertools

import pytest

from linehouse.ordering.decompose import plan_item, startable, to_wind_back
from linehouse.ordering.values import Compensation, ItemAction, PlannedStep, StepKind


def kinds(plan: tuple[PlannedStep, ...]) -> list[str]:
    return [step.kind.value for step in plan]


def needs(plan: tuple[PlannedStep, ...]) -> dict[str, tuple[str, ...]]:
    return {step.key: step.needs for step in plan}


def test_a_plan_reserves_then_provisions_then_activates_then_completes() -> None:
    plan = plan_item("1", ItemAction.ADD, number=True, sim=True, network=True)
    assert needs(plan) == {
        "1/reserve_msisdn": (),
        "1/reserve_sim": (),
        "1/provision_network": ("1/reserve_msisdn", "1/reserve_sim"),
        "1/activate_product": ("1/provision_network",),
        "1/complete": ("1/activate_product",),
    }


def test_an_add_on_is_only_granted() -> None:
    plan = plan_item("2", ItemAction.ADD, number=False, sim=False, network=False)
    assert kinds(plan) == ["activate_product", "complete"]


def test_an_add_on_ordered_with_its_plan_waits_for_the_plan() -> None:
    plan = plan_item("2", ItemAction.ADD, number=False, sim=False, network=False, parent_item="1")
    assert needs(plan)["2/activate_product"] == ("1/activate_product",)


def test_ending_takes_the_line_out_first_and_gives_the_number_a_rest_last() -> None:
    plan = plan_item("1", ItemAction.DELETE, number=True, sim=True, network=True)
    assert needs(plan) == {
        "1/deprovision_network": (),
        "1/terminate_product": ("1/deprovision_network",),
        "1/retire_sim": ("1/terminate_product",),
        "1/quarantine_msisdn": ("1/terminate_product",),
        "1/complete": ("1/terminate_product", "1/retire_sim", "1/quarantine_msisdn"),
    }


def test_what_holds_something_has_a_way_back_and_what_serves_the_customer_has_none() -> None:
    plan = plan_item("1", ItemAction.ADD, number=True, sim=True, network=True)
    assert {step.kind: step.compensation for step in plan if step.compensation} == {
        StepKind.RESERVE_MSISDN: Compensation.RELEASE_MSISDN,
        StepKind.RESERVE_SIM: Compensation.RELEASE_SIM,
        StepKind.PROVISION_NETWORK: Compensation.DEPROVISION_NETWORK,
    }
    assert [step.kind for step in plan if step.final] == [StepKind.ACTIVATE_PRODUCT, StepKind.COMPLETE]


@pytest.mark.parametrize("action", list(ItemAction))
@pytest.mark.parametrize(("number", "sim", "network"), list(itertools.product((False, True), repeat=3)))
def test_every_plan_runs_to_its_end_in_any_order_of_answers(
    action: ItemAction, number: bool, sim: bool, network: bool
) -> None:
    plan = plan_item("1", action, number=number, sim=sim, network=network)
    for backwards in (False, True):
        states = {step.key: "pending" for step in plan}
        done: list[str] = []
        while ready := startable(plan, states):
            step = ready[-1 if backwards else 0]
            assert all(states[need] == "completed" for need in step.needs)
            states[step.key] = "completed"
            done.append(step.key)
        assert sorted(done) == sorted(states)
        assert done[-1] == "1/complete"


def test_winding_back_takes_the_network_before_the_number_and_the_card() -> None:
    plan = plan_item("1", ItemAction.ADD, number=True, sim=True, network=True)
    states = dict.fromkeys((step.key for step in plan), "pending")
    states |= {"1/reserve_msisdn": "completed", "1/reserve_sim": "completed", "1/provision_network": "failed"}
    assert [s.key for s in to_wind_back(plan, states)] == ["1/provision_network"]
    states["1/provision_network"] = "compensating"
    assert to_wind_back(plan, states) == ()
    states["1/provision_network"] = "compensated"
    assert [s.key for s in to_wind_back(plan, states)] == ["1/reserve_sim", "1/reserve_msisdn"]
