"""Requests to the network: once per key, asked again on silence, settled by refusal, safe to repeat after a crash."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connections
from django.test import RequestFactory

from linehouse.activation import service
from linehouse.activation.connector import set_factory
from linehouse.activation.errors import LineNotProvisioned, NoConnector, RequestDiffers, RequestNotFound
from linehouse.activation.service import ask as asking
from linehouse.activation.values import Action, DesiredState, Done, Reply, RequestView, Unreachable
from linehouse.edge.network.tmf640.connector import Tmf640Connector
from linehouse.edge.network.tmf640.listener import notified
from linehouse.kernel.error import Invalid
from linehouse.kernel.ids import new_id
from linehouse.platform.jobs.service import search_jobs
from linehouse.platform.runner import run_one
from linehouse.platform.scope import brand_scope
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor
from linehouse.simulators.host_network.faults import FaultKind
from linehouse.simulators.host_network.memory import Behaviour
from linehouse.simulators.host_network.server import HostNetwork
from tests.activation.conftest import line_state
from tests.simulators.host_network.running import misbehave

Ask = Callable[..., RequestView]
Drain = Callable[[], int]
Events = Callable[[], list[str]]


def test_a_line_is_asked_for_confirmed_changed_and_removed(
    ask: Ask, drain: Drain, events: Events, host: HostNetwork
) -> None:
    asked = ask("k1", Action.CREATE, line_state())
    assert (asked.state, asked.line, asked.attempts) == ("pending", "S-000001", 0)
    drain()
    done = service.find_request(id=asked.id)
    assert (done.state, done.network_ref, done.attempts) == ("completed", "svc-000001", 1)
    assert events() == ["activation.request.completed"]
    line = service.find_line("S-000001")
    assert (line.desired, line.network_ref) == (line_state(), "svc-000001")
    assert service.compare("S-000001") == ()

    ask("k2", Action.CHANGE, line_state(speed="lte-100"))
    drain()
    assert service.compare("S-000001") == ()
    ask("k3", Action.REMOVE)
    drain()
    assert host.network.services({}) == []
    assert service.compare("S-000001") == ()
    assert service.find_line("S-000001").desired is None
    assert [r.state for r in service.requests_of_line("S-000001")] == ["completed"] * 3
    found, total = service.search_requests(state="completed", query="k2")
    assert ([r.key for r in found], total) == (["k2"], 1)


def test_the_same_key_is_the_same_request(ask: Ask, drain: Drain, host: HostNetwork) -> None:
    first = ask("k1", Action.CREATE, line_state())
    assert ask("k1", Action.CREATE, line_state()) == first
    drain()
    assert ask("k1", Action.CREATE, line_state()).state == "completed"
    drain()
    assert len(service.exchanges_of(first.id)) == 1
    with pytest.raises(RequestDiffers):
        ask("k1", Action.CREATE, line_state(speed="lte-100"))
    with pytest.raises(RequestDiffers):
        ask("k1", Action.CREATE, line_state(), line="S-000002")


def test_a_request_that_makes_no_sense_cannot_be_made(ask: Ask) -> None:
    with pytest.raises(Invalid):
        ask("k1", Action.CREATE)
    with pytest.raises(Invalid):
        ask("k1", Action.REMOVE, line_state())
    with pytest.raises(RequestNotFound):
        service.find_request(key="k1")
    with pytest.raises(RequestNotFound):
        service.exchanges_of(new_id())
    with pytest.raises(LineNotProvisioned):
        service.find_line("S-000001")


def test_a_refusal_settles_the_request(ask: Ask, drain: Drain, events: Events, host: HostNetwork) -> None:
    misbehave(host, FaultKind.REFUSE, reason="no such profile")
    asked = ask("k1", Action.CREATE, line_state())
    drain()
    failed = service.find_request(id=asked.id)
    assert (failed.state, failed.reason, failed.attempts) == ("failed", "no such profile", 1)
    assert events() == ["activation.request.failed"]
    assert search_jobs(state="failed")[1] == 0


def test_what_went_over_the_wire_is_kept_and_names_nobody(ask: Ask, drain: Drain, host: HostNetwork) -> None:
    asked = ask("k1", Action.CREATE, line_state())
    drain()
    (exchange,) = service.exchanges_of(asked.id)
    assert (exchange.method, exchange.status) == ("POST", 201)
    with brand_cursor() as cursor:
        cursor.execute("SELECT request_body || response_body FROM activation_wireexchange")
        kept = cursor.fetchone()
    assert kept is not None
    for identity in ("31610200001", "204040000000001", line_state().iccid.digits):
        assert identity not in kept[0]


class Scripted(Tmf640Connector):
    """A connector whose answers are written down beforehand; the last one is repeated."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__("http://host.test")
        self.replies = list(replies)
        self.asked = 0

    def create(self, line: str, desired: DesiredState, key: str) -> Reply:
        self.asked += 1
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def test_patience_ends(ask: Ask, events: Events, brand: str) -> None:
    network = Scripted(Unreachable("no answer"))
    set_factory(lambda: network)
    asked = ask("k1", Action.CREATE, line_state())
    for attempt in range(1, asking.PATIENCE):
        assert asking.call_network(asked.id, last=False) == "no answer"
        assert service.find_request(id=asked.id).attempts == attempt
    assert events() == []
    assert asking.call_network(asked.id, last=True) == ""
    failed = service.find_request(id=asked.id)
    assert (failed.state, failed.reason) == ("failed", "no answer")
    assert events() == ["activation.request.failed"]
    assert asking.call_network(asked.id, last=False) == ""
    assert network.asked == asking.PATIENCE
    set_factory(None)


def test_without_a_connector_the_request_waits(ask: Ask, brand: str) -> None:
    set_factory(None)
    asked = ask("k1", Action.CREATE, line_state())
    assert "no connection" in asking.call_network(asked.id, last=False)
    assert service.find_request(id=asked.id).state == "pending"


def test_requests_of_one_line_go_out_in_order(ask: Ask, drain: Drain, host: HostNetwork) -> None:
    misbehave(host, FaultKind.UNAVAILABLE)
    ask("k1", Action.CREATE, line_state())
    ask("k2", Action.REMOVE)
    drain()
    assert [r.state for r in service.requests_of_line("S-000001")] == ["completed", "completed"]
    assert host.network.services({}) == []


def test_killed_between_the_call_and_the_record_the_repeat_has_one_effect(
    ask: Ask, drain: Drain, events: Events, host: HostNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask("k1", Action.CREATE, line_state())

    def killed(*_: object, **__: object) -> str:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(asking, "_record", killed)
        with pytest.raises(SystemExit):
            run_one()
    assert len(host.network.services({})) == 1
    assert service.find_request(id=asked.id).attempts == 0
    with brand_cursor() as cursor:
        # The lease of the dead worker runs out.
        cursor.execute("UPDATE jobs_job SET lease_until = now() - interval '1 hour' WHERE state = 'running'")
        assert cursor.rowcount == 1
    drain()
    done = service.find_request(id=asked.id)
    assert (done.state, done.network_ref) == ("completed", "svc-000001")
    assert len(host.network.services({})) == 1
    assert events() == ["activation.request.completed"]


def test_two_workers_that_record_the_same_answer_settle_it_once(ask: Ask, events: Events, brand: str) -> None:
    ready = threading.Barrier(2)

    class Slow(Scripted):
        def create(self, line: str, desired: DesiredState, key: str) -> Reply:
            ready.wait()
            return super().create(line, desired, key)

    network = Slow(Done("svc-1"))
    set_factory(lambda: network)
    asked = ask("k1", Action.CREATE, line_state())

    def call() -> None:
        with brand_scope("robin"):
            asking.call_network(asked.id, last=False)
            connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    set_factory(None)
    assert network.asked == 2
    assert service.find_request(id=asked.id).state == "completed"
    assert events() == ["activation.request.completed"]


# Callbacks.


def accepted(ask: Ask, host: HostNetwork) -> RequestView:
    """A request that the host works on, and will not finish before it is told to."""
    host.network.behave(Behaviour(later=True, delay_ms=3_600_000))
    asked = ask("k1", Action.CREATE, line_state())
    run_one()
    found = service.find_request(id=asked.id)
    assert (found.state, found.monitor) == ("accepted", "mon-000002")
    return found


def finish(host: HostNetwork) -> None:
    for record in host.network.state.monitors.values():
        record.due_at = record.due_at.replace(year=2000)
    host.network.settle()


def tell(monitor: str, event: str = "e1") -> int:
    body = json.dumps({"eventId": event, "event": {"monitor": {"id": monitor, "state": "InError"}}})
    return notified(RequestFactory().post("/x", body, content_type="application/json")).status_code


def test_a_callback_is_a_hint_to_look_and_not_believed(ask: Ask, events: Events, host: HostNetwork) -> None:
    asked = accepted(ask, host)
    assert tell("mon-000002") == 204
    assert run_one()
    assert service.find_request(id=asked.id).state == "accepted"
    finish(host)
    assert tell("mon-000002", "e2") == 204
    assert run_one()
    assert service.find_request(id=asked.id).state == "completed"
    assert events() == ["activation.request.completed"]


def test_callbacks_twice_or_too_late_do_nothing_more(ask: Ask, drain: Drain, events: Events, host: HostNetwork) -> None:
    accepted(ask, host)
    finish(host)
    for _ in range(3):
        assert tell("mon-000002") == 204
    drain()
    assert tell("mon-000002", "e9") == 204
    assert tell("mon-000099", "e9") == 204
    assert drain() == 0
    assert events() == ["activation.request.completed"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"eventId": "e"}', b'{"eventId": 7, "event": {"monitor": {"id": "m"}}}']
)
def test_a_callback_that_makes_no_sense_is_refused(brand: str, body: bytes) -> None:
    answer = notified(RequestFactory().post("/x", body, content_type="application/json"))
    assert answer.status_code == 400
    assert json.loads(answer.content)["@type"] == "Error"


def test_a_callback_for_no_brand_finds_nothing() -> None:
    assert notified(RequestFactory().post("/x", b"{}", content_type="application/json")).status_code == 404
    assert notified(RequestFactory().get("/x")).status_code == 405


def test_the_host_can_be_asked_to_call_back(host: HostNetwork) -> None:
    connector = Tmf640Connector(host.url)
    assert connector.subscribe("http://robin.localhost/network/tmf640/listener") == "hub-000001"
    with pytest.raises(NoConnector):
        connector.subscribe("nowhere")


# Drift.


def test_drift_is_found_and_put_right(ask: Ask, drain: Drain, actor: Actor, host: HostNetwork) -> None:
    ask("k1", Action.CREATE, line_state())
    drain()
    assert service.bring_in_line("S-000001", actor=actor) is None
    (line,) = host.network.services({})
    for characteristic in line["serviceCharacteristic"]:
        if characteristic["name"] == "speedProfile":
            characteristic["value"] = "lte-10"
    host.network.update(line["id"], {"serviceCharacteristic": line["serviceCharacteristic"]}, "")
    assert [(d.attribute, d.wanted, d.found) for d in service.compare("S-000001")] == [
        ("speed_profile", "lte-50", "lte-10")
    ]
    correction = service.bring_in_line("S-000001", actor=actor)
    assert correction is not None
    assert correction.action is Action.CHANGE
    drain()
    assert service.compare("S-000001") == ()


def test_a_line_that_vanished_is_brought_back(ask: Ask, drain: Drain, actor: Actor, host: HostNetwork) -> None:
    ask("k1", Action.CREATE, line_state())
    drain()
    host.network.delete("svc-000001", "")
    assert [d.attribute for d in service.compare("S-000001")] == ["line"]
    service.bring_in_line("S-000001", actor=actor)
    drain()
    assert service.compare("S-000001") == ()


def test_a_line_that_is_not_wanted_is_not_brought_back(ask: Ask, drain: Drain, actor: Actor, host: HostNetwork) -> None:
    ask("k1", Action.CREATE, line_state())
    ask("k2", Action.REMOVE)
    drain()
    with pytest.raises(LineNotProvisioned):
        service.bring_in_line("S-000001", actor=actor)


def test_the_network_that_does_not_answer_is_not_taken_for_drift(ask: Ask, drain: Drain, host: HostNetwork) -> None:
    ask("k1", Action.CREATE, line_state())
    drain()
    set_factory(lambda: Tmf640Connector("http://127.0.0.1:9", timeout_seconds=1))
    with pytest.raises(NoConnector):
        service.compare("S-000001")


def test_ids_are_looked_up_by_what_they_are(ask: Ask, host: HostNetwork) -> None:
    asked = ask("k1", Action.CREATE, line_state())
    assert service.find_request(key="k1") == asked
    assert isinstance(asked.id, UUID)
