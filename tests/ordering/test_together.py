"""Orders beside each other, and workers that die in the middle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from linehouse.inventory import service as inventory
from linehouse.ordering import service
from linehouse.ordering.service import drive
from linehouse.ordering.values import OrderView
from linehouse.platform.runner import drain as run_all
from linehouse.platform.runner import run_one
from linehouse.platform.scope import brand_scope
from linehouse.platform.work import Actor
from linehouse.resource import service as stock
from linehouse.simulators.host_network.server import HostNetwork
from tests.ordering.conftest import Buyer, register


def together(*tasks: Callable[[], Any]) -> list[BaseException]:
    """Run the tasks at the same time, each with a connection of its own; what they raised."""
    ready = threading.Barrier(len(tasks))
    raised: list[BaseException] = []

    def run(task: Callable[[], Any]) -> None:
        with brand_scope("robin"):
            ready.wait()
            try:
                task()
            except Exception as error:  # noqa: BLE001  # handed back to the test
                raised.append(error)
            finally:
                connections.close_all()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_more_orders_than_numbers_several_workers(brand_without_stock: str, actor: Actor, host: HostNetwork) -> None:
    """Eight orders, five numbers, three workers: five are completed, three are held, and every number is sold once."""
    stock.import_numbers("+31610200000", "+31610200004", actor=actor)
    cards = "\n".join(
        f"{card},20404000000000{n},12345678"
        for n, card in enumerate(
            ("8931080000000000019", "8931080000000000027", "8931080000000000035", "8931080000000000043",
             "8931080000000000050", "8931080000000000068", "8931080000000000076", "8931080000000000084"),
        )
    )  # fmt: skip
    stock.import_sims(f"iccid,imsi,puk\n{cards}", actor=actor)
    orders = [register(actor, f"Buyer{chr(65 + n)}").place() for n in range(8)]
    assert together(run_all, run_all, run_all) == []
    states = [service.find_order(id=order.id).state for order in orders]
    assert sorted(states) == ["completed"] * 5 + ["held"] * 3
    numbers = {
        product.msisdn.digits
        for order in orders
        if (product := inventory.find_product(id=order.items[0].product_id)).msisdn is not None
    }
    assert numbers == {f"3161020000{n}" for n in range(5)}
    assert len(host.network.services({})) == 5


def test_one_external_id_sent_at_the_same_time_is_one_order(anna: Buyer) -> None:
    taken: list[tuple[str, bool]] = []

    def send() -> None:
        done = service.capture_order(anna.order(external_id="web-1"), actor=anna.actor)
        taken.append((done.order_number, done.repeated))

    assert together(send, send, send, send) == []
    assert sorted(taken) == [("O-000001", False), *[("O-000001", True)] * 3]


def test_cancel_and_run_at_the_same_time_end_in_one_of_two_ways(
    anna: Buyer, drain: Callable[[], int], host: HostNetwork
) -> None:
    order = anna.place()
    refused = together(run_all, lambda: service.cancel_order(order.id, reason="no", actor=anna.actor))
    drain()
    state = service.find_order(id=order.id).state
    levels = {f"{level.kind} {level.state}": level.count for level in stock.stock_levels()}
    if refused:
        assert state == "completed"
    else:
        assert state == "cancelled"
        assert levels == {"number available": 200, "sim available": 200}
        assert host.network.services({}) == []


def test_a_worker_killed_in_mid_job_leaves_one_effect(
    anna: Buyer, drain: Callable[[], int], host: HostNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One order for each place at which a worker can die; each ends as if nobody had."""
    for jobs_before in range(9):
        order = anna.place()
        for _ in range(jobs_before):
            run_one()
        _die_within_the_next_step(monkeypatch)
        drain()
        done = service.find_order(id=order.id)
        assert done.state == "completed"
        assert all(step.attempts == 1 for step in done.steps)
        held = jobs_before + 1
        levels = {f"{level.kind} {level.state}": level.count for level in stock.stock_levels()}
        assert levels == {
            "number available": 200 - held,
            "number assigned": held,
            "sim available": 200 - held,
            "sim active": held,
        }
        assert len(host.network.services({})) == held


def _die_within_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next job that moves an order dies after its work and before its commit."""

    def killed(_sheet: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(drive, "advance", killed)
        try:
            while run_one():
                pass
        except SystemExit:
            return


def test_a_step_is_not_done_twice_by_a_late_job(
    anna: Buyer, drain: Callable[[], int], look: Callable[..., OrderView]
) -> None:
    order = anna.place()
    drain()
    before = look(order)
    from linehouse.platform.work import SYSTEM, unit_of_work

    for step in before.steps:
        with unit_of_work(SYSTEM):
            drive.run_step(order.id, step.key, 1, back=False)
            drive.run_step(order.id, step.key, 1, back=True)
    with unit_of_work(SYSTEM):
        drive.start(order.id)
        drive.network_answered("O-000001/1/provision_network/1", network_ref="", code="1", reason="late")
        drive.network_answered("unknown", network_ref="", code="", reason="")
    assert look(order) == before
