"""Orders from capture to the product that works, and what follows when a part of it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from linehouse.activation import service as activation
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import RefusedError
from linehouse.ordering import service
from linehouse.ordering.errors import (
    CancellationRunning,
    ItemNotHeld,
    NothingToCancel,
    OrderDiffers,
    OrderNotFound,
    PointOfNoReturn,
    StepNotFailed,
    StepNotFound,
)
from linehouse.ordering.values import ItemAction, MilestoneState, OrderItemRequest, OrderView, StepKind
from linehouse.platform.clock.service import business_now
from linehouse.platform.work import Actor
from linehouse.resource import service as stock
from linehouse.simulators.host_network.faults import FaultKind
from linehouse.simulators.host_network.memory import Behaviour
from linehouse.simulators.host_network.server import HostNetwork
from tests.ordering.conftest import PLAN, Buyer, register
from tests.simulators.host_network.running import misbehave

Drain = Callable[[], int]
Events = Callable[[], list[str]]
Look = Callable[[OrderView], OrderView]
BOOSTER = OrderItemRequest("2", offering_key="robin-booster-5gb", parent_item="1")


def states(order: OrderView) -> dict[str, str]:
    return {step.key: step.state for step in order.steps}


def levels() -> dict[str, int]:
    return {f"{level.kind} {level.state}": level.count for level in stock.stock_levels()}


FULL = {"number available": 200, "sim available": 200}


def codes(error: RefusedError) -> list[str]:
    return [problem.code for problem in error.problems]


# The whole way.


def test_a_plan_is_ordered_and_works(anna: Buyer, drain: Drain, events: Events, look: Look, host: HostNetwork) -> None:
    events()
    order = anna.place()
    assert (order.number, order.state, [item.state for item in order.items]) == (
        "O-000001",
        "acknowledged",
        ["acknowledged"],
    )
    assert events() == ["ordering.order.captured"]
    drain()
    order = look(order)
    assert (order.state, order.completed_at) == ("completed", business_now())
    assert set(states(order).values()) == {"completed"}
    told = events()
    ours = [name for name in told if name.split(".")[0] in ("ordering", "activation", "inventory", "resource")]
    assert ours == [
        "ordering.order.state_changed",
        "ordering.step.completed",
        "ordering.step.completed",
        "activation.request.completed",
        "ordering.step.completed",
        "inventory.product.activated",
        "ordering.step.completed",
        "ordering.step.completed",
        "ordering.order.state_changed",
    ]
    product = inventory.find_product(id=order.items[0].product_id)
    assert (product.state, product.activated_at, product.catalog_version) == ("active", business_now(), 1)
    assert product.msisdn is not None
    assert product.imsi is not None
    assert (product.msisdn.e164, product.imsi.digits) == ("+31610200000", "204040000000001")
    (line,) = host.network.services({})
    assert (line["name"], line["state"]) == (product.number, "active")
    (made,) = inventory.services_of(product.id)
    assert (made.state, made.network_ref) == ("active", line["id"])
    assert made.characteristics["speed-profile"] == "lte-100"
    assert activation.compare(product.number) == ()
    subscriber = inventory.identify(msisdn=product.msisdn, imsi=product.imsi, at=business_now())
    assert subscriber is not None
    assert (subscriber.product_id, subscriber.tariff_key) == (product.id, "robin-sim-only")


def test_a_host_that_finishes_later_is_followed(
    anna: Buyer, drain: Drain, look: Look, host: HostNetwork, events: Events
) -> None:
    host.network.behave(Behaviour(later=True, delay_ms=300))
    order = anna.place()
    drain()
    order = look(order)
    assert order.state == "completed"
    request = activation.find_request(key="O-000001/1/provision_network/1")
    assert request.state == "completed"
    assert request.attempts >= 2
    assert {e.method for e in activation.exchanges_of(request.id)} == {"POST", "GET"}


def test_an_add_on_comes_with_its_plan(anna: Buyer, drain: Drain, look: Look) -> None:
    order = anna.place(BOOSTER, PLAN)
    drain()
    order = look(order)
    assert order.state == "completed"
    booster = inventory.find_product(id=order.items[0].product_id)
    plan = inventory.find_product(id=order.items[1].product_id)
    assert (booster.state, booster.parent_product_id, booster.msisdn) == ("active", plan.id, None)
    assert inventory.add_ons_of(plan.id) == (booster,)


def test_an_add_on_comes_later(anna: Buyer, drain: Drain, look: Look) -> None:
    plan = anna.place()
    drain()
    order = anna.place(replace(BOOSTER, parent_item="", parent_product_id=plan.items[0].product_id))
    assert [step.kind for step in order.steps] == [StepKind.ACTIVATE_PRODUCT, StepKind.COMPLETE]
    drain()
    assert look(order).state == "completed"


def test_a_plan_is_ended_with_all_that_runs_on_it(
    anna: Buyer, drain: Drain, look: Look, events: Events, host: HostNetwork
) -> None:
    first = anna.place(PLAN, BOOSTER)
    drain()
    events()
    product_id = first.items[0].product_id
    order = anna.place(OrderItemRequest("1", ItemAction.DELETE, product_id=product_id))
    drain()
    assert look(order).state == "completed"
    assert [p.state for p in inventory.products_of_customer(anna.customer_id)] == ["terminated", "terminated"]
    assert host.network.services({}) == []
    assert levels() == {
        "number available": 199,
        "number quarantine": 1,
        "sim available": 199,
        "sim retired": 1,
    }
    assert [e for e in events() if e.startswith("inventory")] == ["inventory.product.terminated"] * 2
    product = inventory.find_product(id=product_id)
    assert product.msisdn is not None
    assert inventory.identify(msisdn=product.msisdn, at=business_now()) is None
    assert [s.state for s in inventory.services_of(product_id)] == ["terminated"]


def test_a_number_and_a_card_can_be_chosen(anna: Buyer, drain: Drain, look: Look) -> None:
    card = stock.search_sims(offset=7, limit=1)[0][0].iccid.digits
    order = anna.place(replace(PLAN, msisdn="+31 6 10200042", iccid=card))
    drain()
    product = inventory.find_product(id=look(order).items[0].product_id)
    assert product.msisdn is not None
    assert (product.msisdn.digits, product.iccid) == ("31610200042", card)


# Taking an order.


def test_the_same_external_id_is_the_same_order(anna: Buyer, events: Events) -> None:
    events()
    first = service.capture_order(anna.order(external_id="web-1"), actor=anna.actor)
    again = service.capture_order(anna.order(external_id="web-1"), actor=anna.actor)
    assert (first.repeated, again.repeated, again.order_id) == (False, True, first.order_id)
    assert events() == ["ordering.order.captured"]
    with pytest.raises(OrderDiffers):
        service.capture_order(anna.order(PLAN, BOOSTER, external_id="web-1"), actor=anna.actor)
    assert service.find_order(external_id="web-1").id == first.order_id


def test_without_an_external_id_two_orders_are_two(anna: Buyer) -> None:
    assert anna.place().number != anna.place().number
    with pytest.raises(OrderNotFound):
        service.find_order(external_id="")


NONSENSE: list[tuple[list[OrderItemRequest], list[str]]] = [
    ([replace(PLAN, offering_key="robin-gold")], ["ordering.offering_unknown"]),
    ([replace(PLAN, ref="")], ["ordering.item_ref"]),
    ([PLAN, PLAN], ["ordering.item_ref"]),
    ([replace(BOOSTER, parent_item="")], ["ordering.requirement_missing", "ordering.needs_active_plan"]),
    ([PLAN, replace(BOOSTER, parent_item="9")], ["ordering.parent_unknown"]),
    ([replace(PLAN, parent_item="1")], ["ordering.plan_with_parent"]),
    ([OrderItemRequest("1", ItemAction.DELETE, product_id=new_id())], ["ordering.product_not_live"]),
    ([PLAN, replace(BOOSTER, msisdn="+31610200001")], ["ordering.resource_not_needed"]),
    (
        [replace(PLAN, msisdn="+31610200001"), replace(PLAN, ref="2", msisdn="+31610200001")],
        ["ordering.resource_twice"],
    ),
]


def test_an_order_that_makes_no_sense_is_refused_whole(anna: Buyer, events: Events) -> None:
    events()
    for items, expected in NONSENSE:
        with pytest.raises(RefusedError) as refused:
            service.capture_order(anna.order(*items), actor=anna.actor)
        assert codes(refused.value) == expected
        assert [p.code for p in service.check_order(anna.order(*items), actor=anna.actor)] == expected
    assert events() == []
    assert inventory.products_of_customer(anna.customer_id) == ()


def test_an_order_without_items_is_refused(anna: Buyer) -> None:
    with pytest.raises(RefusedError, match="at least one item"):
        service.capture_order(replace(anna.order(), items=()), actor=anna.actor)
    assert service.check_order(anna.order(), actor=anna.actor) == ()


def test_a_suspended_customer_cannot_order_and_is_told_why(anna: Buyer) -> None:
    customers.suspend_customer(anna.customer_id, actor=anna.actor, reason="fraud is suspected")
    with pytest.raises(RefusedError, match="the customer is suspended"):
        anna.place()


def test_somebody_elses_account_or_product_cannot_be_used(anna: Buyer, actor: Actor, drain: Drain) -> None:
    bert = register(actor, "Bert")
    with pytest.raises(RefusedError, match="belongs to another customer"):
        service.capture_order(replace(anna.order(), billing_account_id=bert.account_id), actor=actor)
    his = bert.place()
    drain()
    with pytest.raises(RefusedError, match="only a live product"):
        anna.place(OrderItemRequest("1", ItemAction.DELETE, product_id=his.items[0].product_id))
    with pytest.raises(RefusedError) as refused:
        anna.place(replace(BOOSTER, parent_item="", parent_product_id=his.items[0].product_id))
    assert "ordering.needs_active_plan" in codes(refused.value)


# What goes wrong.


def test_a_refusal_by_the_network_holds_the_order_and_a_retry_completes_it(
    anna: Buyer, drain: Drain, look: Look, host: HostNetwork, events: Events
) -> None:
    misbehave(host, FaultKind.REFUSE, reason="no such profile")
    order = anna.place()
    drain()
    order = look(order)
    assert (order.state, order.reason) == ("held", "no such profile")
    assert order.items[0].state == "held"
    assert states(order)["1/provision_network"] == "failed"
    assert "inventory.product.activated" not in events()
    assert inventory.find_product(id=order.items[0].product_id).state == "pendingActive"
    ((entry,), total) = service.fallout()
    assert (total, entry.step, entry.code, entry.reason) == (1, "1/provision_network", "70", "no such profile")
    service.retry_step(order.id, "1/provision_network", reason="profile was added", actor=anna.actor)
    assert look(order).state == "inProgress"
    drain()
    order = look(order)
    assert (order.state, order.reason) == ("completed", "")
    assert service.fallout() == ([], 0)
    assert len(host.network.services({})) == 1


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESTART, FaultKind.UNAVAILABLE])
def test_silence_of_the_network_heals_by_itself(
    anna: Buyer, drain: Drain, look: Look, host: HostNetwork, kind: FaultKind
) -> None:
    misbehave(host, kind)
    order = anna.place()
    drain()
    assert look(order).state == "completed"
    assert len(host.network.services({})) == 1


def test_half_a_line_is_held_and_completed_by_the_retry(
    anna: Buyer, drain: Drain, look: Look, host: HostNetwork
) -> None:
    misbehave(host, FaultKind.PARTIAL)
    order = anna.place()
    drain()
    assert look(order).state == "held"
    service.retry_step(order.id, "1/provision_network", reason="again", actor=anna.actor)
    drain()
    order = look(order)
    assert order.state == "completed"
    assert activation.compare(order.items[0].product_number) == ()


def test_an_empty_stock_holds_the_order_until_there_is_some(
    brand_without_stock: str, actor: Actor, drain: Drain, look: Look
) -> None:
    anna = register(actor)
    order = anna.place()
    drain()
    order = look(order)
    assert (order.state, states(order)["1/reserve_msisdn"], states(order)["1/reserve_sim"]) == (
        "held",
        "failed",
        "failed",
    )
    stock.seed_stock(actor=actor)
    for step in ("1/reserve_msisdn", "1/reserve_sim"):
        service.retry_step(order.id, step, reason="stock came", actor=actor)
    drain()
    assert look(order).state == "completed"


def test_only_a_failed_step_is_tried_again(anna: Buyer, drain: Drain) -> None:
    order = anna.place()
    drain()
    with pytest.raises(StepNotFailed):
        service.retry_step(order.id, "1/complete", reason="why not", actor=anna.actor)
    with pytest.raises(StepNotFound):
        service.retry_step(order.id, "1/dance", reason="why not", actor=anna.actor)
    with pytest.raises(OrderNotFound):
        service.retry_step(new_id(), "1/complete", reason="why not", actor=anna.actor)


# Cancelling.


def test_a_held_order_is_cancelled_and_everything_is_given_back(
    anna: Buyer, drain: Drain, look: Look, host: HostNetwork, events: Events
) -> None:
    misbehave(host, FaultKind.PARTIAL)
    order = anna.place()
    drain()
    assert look(order).state == "held"
    assert len(host.network.services({})) == 1
    events()
    task = service.cancel_order(order.id, reason="changed my mind", actor=anna.actor)
    assert (task.state, look(order).state) == ("inProgress", "pendingCancellation")
    with pytest.raises(CancellationRunning):
        service.cancel_order(order.id, reason="again", actor=anna.actor)
    drain()
    order = look(order)
    assert (order.state, order.items[0].state) == ("cancelled", "cancelled")
    assert states(order) == {
        "1/reserve_msisdn": "compensated",
        "1/reserve_sim": "compensated",
        "1/provision_network": "compensated",
        "1/activate_product": "cancelled",
        "1/complete": "cancelled",
    }
    assert service.find_cancel_task(task.id).state == "done"
    assert levels() == FULL
    assert host.network.services({}) == []
    assert inventory.find_product(id=order.items[0].product_id).state == "cancelled"
    assert events() == [
        "ordering.cancellation.requested",
        "ordering.order.state_changed",
        "ordering.order.state_changed",
        "activation.request.completed",
        "ordering.step.compensated",
        "ordering.step.compensated",
        "ordering.step.compensated",
        "inventory.product.cancelled",
        "ordering.order.state_changed",
        "ordering.cancellation.completed",
        "notify.message.started",
        "notify.message.completed",
    ]
    with pytest.raises(NothingToCancel):
        service.cancel_order(order.id, reason="again", actor=anna.actor)


def test_an_order_that_has_not_begun_is_cancelled_at_once(anna: Buyer, drain: Drain, look: Look) -> None:
    order = anna.place()
    service.cancel_order(order.id, reason="wrong customer", actor=anna.actor)
    assert look(order).state == "cancelled"
    drain()
    assert look(order).state == "cancelled"
    assert levels() == FULL


def test_a_cancellation_waits_for_what_is_under_way(anna: Buyer, drain: Drain, look: Look, host: HostNetwork) -> None:
    from linehouse.platform.runner import run_one

    order = anna.place()
    while states(look(order))["1/provision_network"] != "inProgress":
        assert run_one()
    assert run_one()
    task = service.cancel_order(order.id, reason="changed my mind", actor=anna.actor)
    assert look(order).state == "assessingCancellation"
    drain()
    assert look(order).state == "cancelled"
    assert service.find_cancel_task(task.id).state == "done"
    assert levels() == FULL
    assert host.network.services({}) == []


def test_beyond_the_point_of_no_return_nothing_is_cancelled(
    anna: Buyer, drain: Drain, look: Look, host: HostNetwork
) -> None:
    order = anna.place()
    drain()
    with pytest.raises(NothingToCancel):
        service.cancel_order(order.id, reason="too late", actor=anna.actor)
    misbehave(host, FaultKind.REFUSE, method="DELETE")
    ending = anna.place(OrderItemRequest("1", ItemAction.DELETE, product_id=order.items[0].product_id))
    drain()
    assert look(ending).state == "held"
    with pytest.raises(PointOfNoReturn):
        service.cancel_order(ending.id, reason="stay", actor=anna.actor)
    service.retry_step(ending.id, "1/deprovision_network", reason="again", actor=anna.actor)
    drain()
    assert look(ending).state == "completed"


def test_a_compensation_that_fails_is_in_the_work_queue_and_is_tried_again(
    anna: Buyer, drain: Drain, look: Look, host: HostNetwork
) -> None:
    misbehave(host, FaultKind.PARTIAL)
    order = anna.place()
    drain()
    misbehave(host, FaultKind.REFUSE, method="DELETE", reason="locked")
    service.cancel_order(order.id, reason="changed my mind", actor=anna.actor)
    drain()
    order = look(order)
    assert (order.state, order.reason) == ("pendingCancellation", "locked")
    ((entry,), _) = service.fallout()
    assert (entry.step, entry.state) == ("1/provision_network", "compensationFailed")
    assert levels()["number reserved"] == 1
    service.retry_step(order.id, "1/provision_network", reason="unlocked", actor=anna.actor)
    drain()
    assert look(order).state == "cancelled"
    assert levels() == FULL


def test_an_item_is_given_up_with_what_depends_on_it_and_the_rest_is_delivered(
    anna: Buyer, drain: Drain, look: Look, host: HostNetwork
) -> None:
    other = replace(PLAN, ref="3")
    order = anna.place(PLAN, BOOSTER, other)
    (first, _, _) = order.items
    misbehave(host, FaultKind.REFUSE, line=first.product_number)
    drain()
    order = look(order)
    assert ([item.state for item in order.items], order.state) == (["held", "pending", "completed"], "held")
    with pytest.raises(ItemNotHeld):
        service.give_up_item(order.id, "3", reason="why not", actor=anna.actor)
    service.give_up_item(order.id, "1", reason="no coverage", actor=anna.actor)
    drain()
    order = look(order)
    assert ([item.state for item in order.items], order.state) == (["failed", "failed", "completed"], "partial")
    assert order.items[0].reason == "no coverage"
    assert levels() == {"number available": 199, "number assigned": 1, "sim available": 199, "sim active": 1}
    states_of = [p.state for p in inventory.products_of_customer(anna.customer_id)]
    assert sorted(states_of) == ["active", "cancelled", "cancelled"]


# Tracking.


def test_the_tracker_shows_where_the_order_stands(anna: Buyer, drain: Drain, host: HostNetwork) -> None:
    order = anna.place()

    def tracked() -> list[tuple[str, MilestoneState]]:
        return [(m.key, m.state) for m in service.track(order.id)]

    assert tracked() == [
        ("received", MilestoneState.DONE),
        ("reserved", MilestoneState.NEXT),
        ("network_ready", MilestoneState.NEXT),
        ("active", MilestoneState.NEXT),
        ("done", MilestoneState.NEXT),
    ]
    misbehave(host, FaultKind.REFUSE, reason="no such profile")
    drain()
    stopped = service.track(order.id)[2]
    assert (stopped.state, stopped.reason) == (MilestoneState.STOPPED, "no such profile")
    assert service.track(order.id)[1].reached_at == business_now()
    service.cancel_order(order.id, reason="enough", actor=anna.actor)
    drain()
    assert [state for _, state in tracked()] == [MilestoneState.DONE] + [MilestoneState.UNDONE] * 4


def test_orders_are_found(anna: Buyer, actor: Actor) -> None:
    bert = register(actor, "Bert")
    mine, his = anna.place(), bert.place()
    found, total = service.search_orders(limit=1)
    assert ([o.number for o in found], total) == ([his.number], 2)
    assert [o.number for o in service.search_orders(customer_id=anna.customer_id)[0]] == [mine.number]
    assert [o.number for o in service.search_orders(query="o-000002")[0]] == [his.number]
    assert service.search_orders(state="completed")[1] == 0
    assert service.orders_of_customer(bert.customer_id) == (his,)
    assert service.find_order(number=his.number) == his
