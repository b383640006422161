"""Orders at the command line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest
from click.testing import CliRunner, Result

from linehouse.inventory import service as inventory
from linehouse.ordering import service
from linehouse.run.commands import order as module
from linehouse.simulators.host_network.faults import FaultKind
from linehouse.simulators.host_network.server import HostNetwork
from tests.ordering.conftest import Buyer
from tests.simulators.host_network.running import misbehave

Run = Callable[..., Result]


@pytest.fixture
def run(anna: Buyer, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command; it finds the test's brand open and a wide terminal."""
    monkeypatch.setattr(module, "brand_at_work", lambda _key: nullcontext())
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *arguments: CliRunner().invoke(module.command, arguments)


def test_a_plan_with_its_pack_is_priced_placed_and_shown(run: Run, drain: Callable[[], int]) -> None:
    priced = run("place", "C-000001", "robin-sim-only-20", "robin-booster-5gb", "--price-only")
    assert priced.exit_code == 0
    assert "First bill" in priced.output
    assert "53.45 EUR" in priced.output
    assert service.search_orders()[1] == 0
    placed = run("place", "C-000001", "robin-booster-5gb", "robin-sim-only-20", "--external-id", "x1")
    assert "Order O-000001 is taken." in placed.output
    again = run("place", "C-000001", "robin-booster-5gb", "robin-sim-only-20", "--external-id", "x1")
    assert "Order O-000001 was taken before." in again.output
    drain()
    shown = run("show", "O-000001")
    assert shown.output.startswith("O-000001  completed\n")
    assert "2/provision_network" in shown.output
    listed = run("list", "--customer", "C-000001")
    assert "add robin-booster-5gb, add robin-sim-only-20" in listed.output
    assert listed.output.endswith("1 of 1\n")


def test_a_pack_finds_the_only_plan_and_a_product_is_ended_by_its_number(
    run: Run, anna: Buyer, drain: Callable[[], int]
) -> None:
    run("place", "C-000001", "robin-sim-only-20", "--account", "BA-000001", "--msisdn", "+31610200007")
    drain()
    (plan,) = inventory.products_of_customer(anna.customer_id)
    assert plan.msisdn is not None
    assert plan.msisdn.digits == "31610200007"
    assert "is taken" in run("place", "C-000001", "robin-booster-5gb").output
    assert "is taken" in run("place", "C-000001", "robin-booster-5gb", "--plan", plan.number).output
    drain()
    assert len(inventory.add_ons_of(plan.id)) == 2
    assert "is taken" in run("place", "C-000001", "--end", plan.number).output
    drain()
    assert {p.state for p in inventory.products_of_customer(anna.customer_id)} == {"terminated"}


def test_a_refusal_names_every_reason(run: Run) -> None:
    refused = run("place", "C-000001", "robin-moon", "robin-booster-5gb")
    assert refused.exit_code == 2
    assert "items[1].offering: there is no such offering (expected robin-booster-5gb" in refused.output
    assert "items[2].parent: Robin Data Booster 5 GB needs an active plan of this customer" in refused.output
    assert service.search_orders()[1] == 0


def test_what_is_stuck_is_listed_tried_again_or_cancelled(
    run: Run, drain: Callable[[], int], host: HostNetwork
) -> None:
    misbehave(host, FaultKind.REFUSE, count=2, reason="no such profile")
    for _ in range(2):
        run("place", "C-000001", "robin-sim-only-20")
    drain()
    stuck = run("list", "--stuck")
    assert "no such profile" in stuck.output
    assert stuck.output.endswith("2 of 2\n")
    assert run("retry", "O-000001", "1/provision_network").exit_code == 2
    tried = run("retry", "O-000001", "1/provision_network", "--reason", "profile was added")
    assert tried.output == "1/provision_network of O-000001 is tried again.\n"
    cancelled = run("cancel", "O-000002", "--reason", "changed my mind")
    assert cancelled.output == "O-000002 is pendingCancellation.\n"
    drain()
    assert service.find_order(number="O-000001").state == "completed"
    assert service.find_order(number="O-000002").state == "cancelled"
    assert run("list", "--state", "cancelled").output.endswith("1 of 1\n")
