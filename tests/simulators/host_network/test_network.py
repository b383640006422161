"""The simulated host: remembers, finishes later, acts once per key, and misbehaves exactly as asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from linehouse.kernel.clock import FixedClock
from linehouse.simulators.host_network.faults import CHANGES, MENU, Fault, FaultKind, take
from linehouse.simulators.host_network.memory import Behaviour, Memory
from linehouse.simulators.host_network.network import Network

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
BASE = "http://host.test"
MON = "/tmf-api/ServiceActivationAndConfiguration/v4/monitor/"


def service(name: str = "S-000001", digit: int = 1, **more: Any) -> dict[str, Any]:
    values = {"msisdn": f"3161020000{digit}", "imsi": f"20404000000000{digit}", "iccid": f"8931{digit}", "apns": ["a"]}
    return {
        "name": name,
        "state": "active",
        "serviceSpecification": {"id": "mobile-line"},
        "serviceCharacteristic": [{"name": k, "value": v} for k, v in values.items()],
        **more,
    }


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def start(tmp_path: Path, clock: FixedClock) -> Callable[[], Network]:
    """Starts the host; a second time it is the same one after a restart."""
    return lambda: Network(Memory(tmp_path), clock, BASE)


@pytest.fixture
def network(start: Callable[[], Network]) -> Network:
    return start()


def state_of(network: Network, service_id: str) -> str:
    return str(network.service(service_id).body["state"])


def test_a_line_is_accepted_and_comes_alive_later(network: Network, clock: FixedClock) -> None:
    answer = network.create(service(), "k1").answer
    assert (answer.status, answer.body, answer.location) == (202, None, MON + "mon-000002")
    assert state_of(network, "svc-000001") == "inactive"
    assert network.monitor("mon-000002").body["state"] == "InProgress"
    clock.set(NOON + timedelta(milliseconds=200))
    monitor = network.monitor("mon-000002").body
    assert monitor["state"] == "Completed"
    assert monitor["sourceHref"].endswith("/service/svc-000001")
    assert state_of(network, "svc-000001") == "active"


def test_it_can_also_answer_at_once(network: Network) -> None:
    network.behave(Behaviour(later=False))
    answer = network.create(service(), "k1").answer
    assert answer.status == 201
    assert answer.body["state"] == "active"
    assert answer.body["href"] == BASE + answer.location


def test_the_same_key_is_one_effect_and_one_answer(network: Network) -> None:
    first = network.create(service(), "k1").answer
    assert network.create(service(), "k1").answer == first
    assert len(network.services({})) == 1
    other = network.create(service("S-000002", 2), "k1").answer
    assert (other.status, other.body["code"]) == (409, "62")


def test_a_refusal_is_not_remembered_by_its_key(network: Network) -> None:
    network.add_fault(Fault(kind=FaultKind.REFUSE))
    assert network.create(service(), "k1").answer.status == 400
    assert network.create(service(), "k1").answer.status == 202


@pytest.mark.parametrize("what", ["name", "msisdn"])
def test_without_a_key_a_second_line_is_refused(network: Network, what: str) -> None:
    network.create(service(), "")
    second = service("S-000002", 2)
    if what == "name":
        second["name"] = "S-000001"
    else:
        second["serviceCharacteristic"][0]["value"] = "31610200001"
    assert network.create(second, "").answer.status == 409


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "no JSON object"),
        ([], "no JSON object"),
        (service(serviceSpecification={}), "serviceSpecification.id"),
        (service(state="alive"), "state"),
        (service(serviceCharacteristic=[]), "msisdn is missing"),
    ],
)
def test_a_wrong_request_is_refused_with_its_reason(network: Network, body: Any, said: str) -> None:
    answer = network.create(body, "")
    assert answer.answer.status == 400
    assert said in answer.answer.body["reason"]


def test_a_line_is_changed_and_removed(network: Network) -> None:
    network.behave(Behaviour(later=False))
    network.create(service(), "")
    patched = network.update("svc-000001", {"description": "new"}, "p1").answer
    assert (patched.status, patched.body["description"]) == (200, "new")
    assert network.update("svc-000001", {"id": "x"}, "").answer.status == 400
    assert network.delete("svc-000001", "d1").answer.status == 204
    assert network.delete("svc-000001", "d1").answer.status == 204
    assert network.delete("svc-000001", "d2").answer.status == 404
    assert network.update("svc-000001", {}, "p2").answer.status == 404
    assert network.service("svc-000001").status == 404


def test_everything_survives_a_restart(start: Callable[[], Network], clock: FixedClock) -> None:
    before = start()
    before.create(service(), "k1")
    before.listen({"callback": "http://listener.test/"})
    before.add_fault(Fault(kind=FaultKind.SLOW))
    after = start()
    assert after.state == before.state
    clock.set(NOON + timedelta(seconds=1))
    assert after.monitor("mon-000002").body["state"] == "Completed"
    assert [callback for callback, _ in after.notices()] == ["http://listener.test/"]


def test_a_write_that_was_cut_off_leaves_the_old_state(tmp_path: Path, start: Callable[[], Network]) -> None:
    start().create(service(), "k1")
    (tmp_path / "host-network.new").write_bytes(b'{"services": {"svc-0')
    assert len(start().services({})) == 1


def test_listeners_are_told_once_per_move(network: Network, clock: FixedClock) -> None:
    subscribed = network.listen({"callback": "http://listener.test/"})
    assert subscribed.status == 201
    network.create(service(), "")
    assert network.notices() == []
    clock.set(NOON + timedelta(seconds=1))
    network.settle()
    ((callback, event),) = network.notices()
    assert callback == "http://listener.test/"
    assert event["eventType"] == "MonitorStateChangeEvent"
    assert event["event"]["monitor"]["state"] == "Completed"
    assert network.notices() == []
    assert network.unlisten(subscribed.body["id"]).status == 204
    assert network.unlisten(subscribed.body["id"]).status == 404


@pytest.mark.parametrize("callback", [None, "", "ftp://x", 7])
def test_a_subscription_needs_an_address(network: Network, callback: Any) -> None:
    assert network.listen({"callback": callback}).status == 400


# The fault menu.


def test_every_entry_of_the_menu_is_explained() -> None:
    assert set(MENU) == set(FaultKind)


def test_a_fault_is_used_up_by_the_requests_that_it_waits_for() -> None:
    faults = [Fault(kind=FaultKind.SLOW, count=2, method="POST"), Fault(kind=FaultKind.REFUSE, line="S-2")]
    assert take(faults, "GET", "S-1") is None
    assert take(faults, "DELETE", "S-1") is None
    assert [f.kind for f in (take(faults, "POST", "S-1"), take(faults, "POST", "S-2")) if f] == [FaultKind.SLOW] * 2
    refused = take(faults, "PATCH", "S-2")
    assert refused is not None
    assert refused.kind is FaultKind.REFUSE
    assert faults == []
    assert CHANGES == ("POST", "PATCH", "DELETE")


def test_slow(network: Network) -> None:
    network.add_fault(Fault(kind=FaultKind.SLOW, milliseconds=700))
    outcome = network.create(service(), "")
    assert (outcome.answer.status, outcome.wait_ms) == (202, 700)


def test_lost_answer_does_the_work(network: Network) -> None:
    network.add_fault(Fault(kind=FaultKind.LOST_ANSWER))
    assert network.create(service(), "k1").broken
    assert len(network.services({})) == 1
    again = network.create(service(), "k1")
    assert (again.answer.status, again.broken) == (202, False)
    assert len(network.services({})) == 1


def test_restart_does_nothing(network: Network) -> None:
    network.add_fault(Fault(kind=FaultKind.RESTART))
    assert network.create(service(), "k1").broken
    assert network.services({}) == []
    assert network.create(service(), "k1").answer.status == 202


def test_duplicate_tells_twice(network: Network, clock: FixedClock) -> None:
    network.listen({"callback": "http://listener.test/"})
    network.add_fault(Fault(kind=FaultKind.DUPLICATE))
    network.create(service(), "")
    clock.set(NOON + timedelta(seconds=1))
    network.settle()
    first, second = network.notices()
    assert first == second


def test_reorder_finishes_before_it_answers(network: Network) -> None:
    network.listen({"callback": "http://listener.test/"})
    network.add_fault(Fault(kind=FaultKind.REORDER))
    outcome = network.create(service(), "")
    assert outcome.notify_first
    assert outcome.answer.status == 202
    assert len(network.notices()) == 1
    assert state_of(network, "svc-000002") == "active"


def test_partial_leaves_half_a_line_behind(network: Network, clock: FixedClock) -> None:
    network.add_fault(Fault(kind=FaultKind.PARTIAL))
    network.create(service(), "k1")
    clock.set(NOON + timedelta(seconds=1))
    monitor = network.monitor("mon-000002").body
    assert (monitor["state"], monitor["response"]["statusCode"]) == ("InError", "400")
    left = network.service("svc-000001").body
    assert (left["state"], len(left["serviceCharacteristic"])) == ("inactive", 2)


def test_fail_later_leaves_nothing_behind(network: Network, clock: FixedClock) -> None:
    network.add_fault(Fault(kind=FaultKind.FAIL_LATER, reason="no such profile"))
    network.create(service(), "k1")
    clock.set(NOON + timedelta(seconds=1))
    assert "no such profile" in network.monitor("mon-000002").body["response"]["body"]
    assert network.services({}) == []


def test_refuse_and_unavailable(network: Network) -> None:
    network.add_fault(Fault(kind=FaultKind.REFUSE, reason="not this IMSI"))
    network.add_fault(Fault(kind=FaultKind.UNAVAILABLE))
    refused = network.create(service(), "").answer
    assert (refused.status, refused.body["reason"]) == (400, "not this IMSI")
    assert network.create(service(), "").answer.status == 500
    assert network.services({}) == []


def test_the_queue_can_be_emptied(network: Network) -> None:
    network.add_fault(Fault(kind=FaultKind.REFUSE, count=9))
    network.clear_faults()
    assert network.create(service(), "").answer.status == 202
