"""The connector against a host that really listens: every answer, every fault."""

from __future__ import annotations

import time
from dataclasses import replace

import httpx
import pytest

from linehouse.activation.errors import NoConnector
from linehouse.activation.values import Bar, DesiredState, Done, NetworkRefused, Reply, Unreachable, Working
from linehouse.edge.network.tmf640.connector import Tmf640Connector
from linehouse.edge.network.tmf640.wire import API
from linehouse.simulators.host_network.faults import FaultKind
from linehouse.simulators.host_network.memory import Behaviour
from linehouse.simulators.host_network.server import HostNetwork
from tests.simulators.host_network.running import misbehave


def finished(connector: Tmf640Connector, reply: Reply) -> Reply:
    """Follow a request to its end."""
    for _ in range(100):
        if not isinstance(reply, Working):
            return reply
        time.sleep(0.01)
        reply = connector.progress(reply.monitor)
    pytest.fail("the host does not finish")


def provisioned(connector: Tmf640Connector, desired: DesiredState) -> str:
    reply = finished(connector, connector.create("S-1", desired, "k1"))
    assert isinstance(reply, Done)
    return reply.network_ref


def test_a_line_comes_alive_is_changed_and_goes(
    host: HostNetwork, connector: Tmf640Connector, desired: DesiredState
) -> None:
    there = provisioned(connector, desired)
    assert connector.read(there) == desired
    other = replace(desired, bars=frozenset({Bar.ROAMING}))
    changed = connector.change(there, "S-1", other, "k2")
    assert isinstance(changed, Done)
    assert connector.read(there) == other
    removed = connector.remove(there, "S-1", "k3")
    assert isinstance(removed, Done)
    assert connector.read(there) is None
    assert host.network.services({}) == []


def test_an_answer_at_once_counts_as_well(host: HostNetwork, connector: Tmf640Connector, desired: DesiredState) -> None:
    host.network.behave(Behaviour(later=False))
    reply = connector.create("S-1", desired, "k1")
    assert isinstance(reply, Done)
    assert reply.network_ref == "svc-000001"


def test_what_went_over_the_wire_is_kept_masked(connector: Tmf640Connector, desired: DesiredState) -> None:
    reply = connector.create("S-1", desired, "k1")
    (exchange,) = reply.exchanges
    assert (exchange.method, exchange.path, exchange.status) == ("POST", f"{API}/service", 202)
    assert desired.msisdn.digits not in exchange.request_body
    assert '"name":"S-1"' in exchange.request_body
    assert exchange.milliseconds >= 0


def test_a_refusal_is_an_answer(host: HostNetwork, connector: Tmf640Connector, desired: DesiredState) -> None:
    misbehave(host, FaultKind.REFUSE, reason="no such profile")
    reply = connector.create("S-1", desired, "k1")
    assert isinstance(reply, NetworkRefused)
    assert (reply.code, reply.reason) == ("70", "no such profile")


def test_an_error_after_acceptance_is_a_refusal(
    host: HostNetwork, connector: Tmf640Connector, desired: DesiredState
) -> None:
    misbehave(host, FaultKind.FAIL_LATER, reason="no such profile")
    reply = finished(connector, connector.create("S-1", desired, "k1"))
    assert isinstance(reply, NetworkRefused)
    assert (reply.code, reply.reason) == ("70", "no such profile")


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESTART, FaultKind.UNAVAILABLE])
def test_silence_is_no_answer_and_the_repeat_has_one_effect(
    host: HostNetwork, connector: Tmf640Connector, desired: DesiredState, kind: FaultKind
) -> None:
    misbehave(host, kind)
    first = connector.create("S-1", desired, "k1")
    assert isinstance(first, Unreachable)
    assert first.exchanges[0].status == (500 if kind is FaultKind.UNAVAILABLE else 0)
    assert isinstance(finished(connector, connector.create("S-1", desired, "k1")), Done)
    assert len(host.network.services({})) == 1


def test_slowness_beyond_patience_is_silence(host: HostNetwork, desired: DesiredState) -> None:
    impatient = Tmf640Connector(host.url, timeout_seconds=1)
    misbehave(host, FaultKind.SLOW, milliseconds=1300)
    assert isinstance(impatient.create("S-1", desired, "k1"), Unreachable)
    assert isinstance(finished(impatient, impatient.create("S-1", desired, "k1")), Done)
    assert len(host.network.services({})) == 1


def test_a_lost_answer_heals_under_a_new_key_too(
    host: HostNetwork, connector: Tmf640Connector, desired: DesiredState
) -> None:
    host.network.behave(Behaviour(later=False))
    misbehave(host, FaultKind.LOST_ANSWER)
    connector.create("S-1", desired, "k1")
    reply = connector.create("S-1", desired, "k2")
    assert isinstance(reply, Done)
    assert [(e.method, e.status) for e in reply.exchanges] == [("POST", 409), ("GET", 200)]
    assert len(host.network.services({})) == 1


def test_half_a_line_is_completed_by_the_next_attempt(
    host: HostNetwork, connector: Tmf640Connector, desired: DesiredState
) -> None:
    misbehave(host, FaultKind.PARTIAL)
    assert isinstance(finished(connector, connector.create("S-1", desired, "k1")), NetworkRefused)
    reply = connector.create("S-1", desired, "k2")
    assert isinstance(reply, Done)
    assert [e.method for e in reply.exchanges] == ["POST", "GET", "PATCH"]
    assert connector.read(reply.network_ref) == desired


def test_half_a_line_is_found_by_its_name_and_removed(
    host: HostNetwork, connector: Tmf640Connector, desired: DesiredState
) -> None:
    misbehave(host, FaultKind.PARTIAL)
    finished(connector, connector.create("S-1", desired, "k1"))
    assert isinstance(connector.remove("", "S-1", "k2"), Done)
    assert host.network.services({}) == []


def test_what_is_not_there_is_removed_already(connector: Tmf640Connector) -> None:
    assert isinstance(connector.remove("svc-000009", "S-1", "k1"), Done)
    assert isinstance(connector.remove("", "S-1", "k2"), Done)


def test_a_number_on_another_line_is_a_refusal(
    host: HostNetwork, connector: Tmf640Connector, desired: DesiredState
) -> None:
    provisioned(connector, desired)
    reply = connector.create("S-2", desired, "k2")
    assert isinstance(reply, NetworkRefused)
    assert reply.code == "61"


def test_an_unknown_line_cannot_be_changed(connector: Tmf640Connector, desired: DesiredState) -> None:
    assert isinstance(connector.change("", "S-1", desired, "k1"), NetworkRefused)
    assert isinstance(connector.change("svc-000009", "S-1", desired, "k2"), NetworkRefused)


def test_a_lost_monitor_is_a_refusal_with_a_reason(connector: Tmf640Connector) -> None:
    reply = connector.progress("mon-000099")
    assert isinstance(reply, NetworkRefused)
    assert reply.code == "tmf640.monitor_lost"


def test_a_line_that_is_not_active_is_read_as_absent(
    host: HostNetwork, connector: Tmf640Connector, desired: DesiredState
) -> None:
    there = provisioned(connector, desired)
    host.network.update(there, {"state": "inactive"}, "")
    assert connector.read(there) is None


def test_nobody_there(desired: DesiredState) -> None:
    connector = Tmf640Connector("http://127.0.0.1:9", timeout_seconds=1)
    assert isinstance(connector.create("S-1", desired, "k1"), Unreachable)
    with pytest.raises(NoConnector):
        connector.read("svc-000001")


class _Foreign(httpx.BaseTransport):
    """A host that answers what the test says."""

    def __init__(self, *answers: httpx.Response) -> None:
        self._answers = list(answers)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._answers.pop(0)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(201, json={"name": "no id"}), NetworkRefused),
        (httpx.Response(201, content=b"<html>"), NetworkRefused),
        (httpx.Response(202), NetworkRefused),
        (httpx.Response(202, headers={"Location": "monitor/7"}), Working),
        (httpx.Response(302, headers={"Location": "http://elsewhere/"}), NetworkRefused),
        (httpx.Response(401, json={"code": "40", "reason": "who are you"}), NetworkRefused),
        (httpx.Response(429), Unreachable),
        (httpx.Response(503), Unreachable),
        (httpx.Response(200, json={"id": "7"}), Done),
        (httpx.Response(200, content=b"x" * 1_000_001), Unreachable),
    ],
)
def test_foreign_answers(
    monkeypatch: pytest.MonkeyPatch, desired: DesiredState, answer: httpx.Response, kind: type[Reply]
) -> None:
    connector = Tmf640Connector("http://host.test")
    client = httpx.Client(base_url="http://host.test", transport=_Foreign(answer))
    monkeypatch.setattr(connector, "_client", lambda: client)
    assert isinstance(connector.create("S-1", desired, "k1"), kind)


@pytest.mark.parametrize(
    ("monitor", "kind"),
    [
        ({"state": "Completed", "sourceHref": "/service/7"}, Done),
        ({"state": "completed"}, NetworkRefused),
        ({"state": "InProgress"}, Working),
        ({"state": "InError"}, NetworkRefused),
        ({"state": "InError", "response": {"statusCode": "500", "body": "oops", "header": []}}, NetworkRefused),
        ({"state": "dreaming"}, NetworkRefused),
        ({}, NetworkRefused),
    ],
)
def test_foreign_monitors(monkeypatch: pytest.MonkeyPatch, monitor: dict[str, object], kind: type[Reply]) -> None:
    connector = Tmf640Connector("http://host.test")
    client = httpx.Client(base_url="http://host.test", transport=_Foreign(httpx.Response(200, json=monitor)))
    monkeypatch.setattr(connector, "_client", lambda: client)
    assert isinstance(connector.progress("7"), kind)
