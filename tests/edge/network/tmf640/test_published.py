"""What we send and what the simulated host answers is what TM Forum published."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from linehouse.activation.values import DesiredState, NetworkRefused, Working
from linehouse.edge.network.tmf640.connector import Tmf640Connector
from linehouse.edge.network.tmf640.mapping import to_create, to_update
from linehouse.edge.network.tmf640.wire import API
from linehouse.kernel.clock import MachineClock
from linehouse.simulators.host_network import documents
from linehouse.simulators.host_network.documents import monitor_event
from linehouse.simulators.host_network.faults import FaultKind
from linehouse.simulators.host_network.server import HostNetwork
from tests.edge.network.tmf640.published import Published
from tests.simulators.host_network.running import misbehave

pytestmark = pytest.mark.specs


@pytest.fixture
def published(specs_dir: Path) -> Published:
    return Published(specs_dir)


def test_the_base_path_is_the_published_one(published: Published) -> None:
    assert published.base_path == API == documents.API


def test_what_we_send(published: Published, desired: DesiredState) -> None:
    assert published.problems("Service_Create", to_create("S-1", desired)) == []
    assert published.problems("Service_Update", to_update(desired)) == []


def test_the_judge_is_awake(published: Published, desired: DesiredState) -> None:
    body = to_create("S-1", desired)
    del body["serviceSpecification"]
    body["colour"] = "red"
    assert published.problems("Service_Create", body) == [
        "'serviceSpecification' is a required property",
        "Service_Create.colour is not declared",
    ]


@pytest.fixture
def overheard(host: HostNetwork, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str, int, Any]]:
    """Every exchange of the connector in clear: method, path, sent, status, answered."""
    found: list[tuple[str, str, str, int, Any]] = []
    client = httpx.Client

    def hear(response: httpx.Response) -> None:
        response.read()
        request = response.request
        found.append(
            (
                request.method,
                request.url.path.removeprefix(API),
                request.content.decode(),
                response.status_code,
                json.loads(response.content) if response.content else None,
            )
        )

    monkeypatch.setattr(httpx, "Client", lambda **kwargs: client(**kwargs, event_hooks={"response": [hear]}))
    return found


def test_every_answer_of_the_host(
    published: Published,
    host: HostNetwork,
    connector: Tmf640Connector,
    desired: DesiredState,
    overheard: list[tuple[str, str, str, int, Any]],
) -> None:
    created = connector.create("S-1", desired, "k1")
    assert isinstance(created, Working)
    time.sleep(0.05)
    connector.progress(created.monitor)
    misbehave(host, FaultKind.FAIL_LATER)
    connector.create("S-1", desired, "k2")
    connector.change("svc-000001", "S-1", desired, "k3")
    connector.change("svc-000009", "S-1", desired, "k4")
    connector.read("svc-000001")
    for kind in (FaultKind.REFUSE, FaultKind.UNAVAILABLE):
        misbehave(host, kind)
        connector.create("S-2", desired, f"k/{kind}")
    connector.create("S-2", desired, "k5")
    connector.remove("svc-000001", "S-1", "k6")
    connector.remove("svc-000001", "S-1", "k7")
    misbehave(host, FaultKind.FAIL_LATER)
    failed = connector.create("S-3", desired, "k8")
    assert isinstance(failed, Working)
    time.sleep(0.05)
    assert isinstance(connector.progress(failed.monitor), NetworkRefused)

    names: dict[str, Callable[[int], str]] = {
        "/service": lambda status: "Service" if status < 400 else "Error",
        "/monitor/{id}": lambda status: "Monitor" if status < 400 else "Error",
    }
    seen = set()
    for method, path, sent, status, answered in overheard:
        pattern = path if path == "/service" else f"/{path.split('/')[1]}/{{id}}"
        definition = names.get(pattern, names["/service"])(status)
        assert status in published.statuses(pattern, method.lower()), (method, path, status)
        seen.add((method, pattern, status))
        if sent:
            assert (
                published.problems("Service_Create" if method == "POST" else "Service_Update", json.loads(sent)) == []
            )
        for body in answered if isinstance(answered, list) else [answered]:
            if body is not None:
                assert published.problems(definition, body) == [], (method, path, status)
    assert seen == {
        ("POST", "/service", 202),
        ("POST", "/service", 400),
        ("POST", "/service", 409),
        ("POST", "/service", 500),
        ("GET", "/service", 200),
        ("GET", "/service/{id}", 200),
        ("GET", "/monitor/{id}", 200),
        ("PATCH", "/service/{id}", 200),
        ("PATCH", "/service/{id}", 404),
        ("DELETE", "/service/{id}", 204),
        ("DELETE", "/service/{id}", 404),
    }


def test_what_the_host_tells_its_listeners(published: Published, host: HostNetwork, desired: DesiredState) -> None:
    subscription = host.network.listen({"callback": "http://127.0.0.1:9/"})
    assert published.problems("EventSubscription", subscription.body) == []
    host.network.create(to_create("S-1", desired), "")
    (monitor,) = host.network.monitors()
    assert published.problems("MonitorStateChangeEvent", monitor_event(monitor, MachineClock().now())) == []
