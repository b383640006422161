"""The simulated host over HTTP: paths, paging, notices, the fault menu by its own address."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from linehouse.simulators.host_network.documents import API
from linehouse.simulators.host_network.faults import FaultKind
from linehouse.simulators.host_network.server import HostNetwork
from tests.simulators.host_network.running import misbehave, running_host
from tests.simulators.host_network.test_network import service


@pytest.fixture
def host(tmp_path: Path) -> Iterator[HostNetwork]:
    with running_host(tmp_path, later=False) as running:
        yield running


@pytest.fixture
def client(host: HostNetwork) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=host.url, trust_env=False) as opened:
        yield opened


def test_it_is_healthy(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_lists_are_paged_filtered_and_selected(client: httpx.Client) -> None:
    for number in range(1, 4):
        assert client.post(f"{API}/service", json=service(f"S-{number}", number)).status_code == 201
    page = client.get(f"{API}/service", params={"offset": 1, "limit": 1, "fields": "name"})
    assert page.headers["X-Total-Count"] == "3"
    assert page.headers["X-Result-Count"] == "1"
    (shown,) = page.json()
    assert shown.pop("href").endswith(f"{API}/service/svc-000002")
    assert shown == {"id": "svc-000002", "@type": "Service", "name": "S-2"}
    assert [s["id"] for s in client.get(f"{API}/service", params={"name": "S-3"}).json()] == ["svc-000003"]
    assert client.get(f"{API}/service", params={"limit": "many"}).status_code == 400
    assert client.get(f"{API}/service/svc-000001", params={"fields": "state"}).json()["state"] == "active"
    assert client.get(f"{API}/monitor").json() == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/service"),
        ("GET", f"{API}/nothing"),
        ("POST", f"{API}/service/svc-000001"),
        ("PATCH", f"{API}/service"),
        ("PUT", f"{API}/service/svc-000001"),
        ("DELETE", f"{API}/monitor/mon-000001"),
    ],
)
def test_what_is_not_there_is_404_with_a_body(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 404
    assert answer.json()["@type"] == "Error"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"x" * 1_000_001])
def test_a_body_that_is_none_is_refused(client: httpx.Client, body: bytes) -> None:
    assert client.post(f"{API}/service", content=body).status_code == 400
    assert client.get("/healthz").status_code == 200


def test_the_fault_menu_is_set_shown_and_emptied(client: httpx.Client) -> None:
    picture = client.post("/admin/faults", json={"kind": "slow", "count": 2, "milliseconds": 5}).json()
    assert picture["faults"][0]["kind"] == "slow"
    assert {entry["kind"] for entry in picture["menu"]} == {str(kind) for kind in FaultKind}
    assert client.post("/admin/faults", json={"kind": "earthquake"}).status_code == 400
    assert client.post("/admin/faults", json={"kind": "slow", "count": 0}).status_code == 400
    assert client.delete("/admin/faults").status_code == 204
    picture = client.put("/admin/behaviour", json={"later": True, "delay_ms": 5}).json()
    assert (picture["faults"], picture["behaviour"]) == ([], {"later": True, "delay_ms": 5})


def test_the_menu_is_a_page_with_forms(host: HostNetwork, client: httpx.Client) -> None:
    client.post(f"{API}/service", json=service("S-<1>"))
    form = {"kind": "refuse", "count": "2", "method": "", "line": "", "milliseconds": "5", "reason": "<b>no</b>"}
    answer = client.post("/admin/fault", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin")
    shown = client.get("/admin")
    assert shown.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "&lt;b&gt;no&lt;/b&gt;" in shown.text
    assert "S-&lt;1&gt;" in shown.text
    assert all(str(kind) in shown.text for kind in FaultKind)
    assert client.post("/admin/fault", data=form | {"count": "none"}).status_code == 400
    assert client.post("/admin/pace", data={"delay_ms": "7"}).status_code == 303
    assert client.post("/admin/pace", data={"delay_ms": "-7", "later": "yes"}).status_code == 400
    assert client.post("/admin/clear", data={}).status_code == 303
    assert (host.network.state.faults, host.network.state.behaviour.delay_ms) == ([], 7)
    assert not host.network.state.behaviour.later
    assert client.get("/healthz").status_code == 200


def test_a_slow_answer_does_not_hold_up_the_others(host: HostNetwork, client: httpx.Client) -> None:
    misbehave(host, FaultKind.SLOW, milliseconds=600)
    slow = threading.Thread(target=client.post, args=(f"{API}/service",), kwargs={"json": service()})
    slow.start()
    time.sleep(0.1)
    began = time.monotonic()
    httpx.get(f"{host.url}/healthz", trust_env=False)
    assert time.monotonic() - began < 0.4
    slow.join()


@contextmanager
def listening() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    heard: list[dict[str, Any]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the parent's name
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/listener", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(("kind", "times"), [(None, 1), (FaultKind.DUPLICATE, 2), (FaultKind.REORDER, 1)])
def test_listeners_hear_of_it(tmp_path: Path, kind: FaultKind | None, times: int) -> None:
    with running_host(tmp_path) as host, listening() as (callback, heard):
        client = httpx.Client(base_url=host.url, trust_env=False)
        assert client.post(f"{API}/hub", json={"callback": callback}).status_code == 201
        if kind is not None:
            misbehave(host, kind)
        client.post(f"{API}/service", json=service())
        if kind is FaultKind.REORDER:
            assert len(heard) == 1
        deadline = time.monotonic() + 5
        while len(heard) < times and time.monotonic() < deadline:
            time.sleep(0.02)
        client.close()
    assert [event["event"]["monitor"]["state"] for event in heard] == ["Completed"] * times


def test_a_listener_that_is_gone_holds_nothing_up(tmp_path: Path) -> None:
    with running_host(tmp_path) as host:
        host.network.listen({"callback": "http://127.0.0.1:9/"})
        host.network.create(service(), "")
        time.sleep(0.2)
        assert host.network.service("svc-000002").body["state"] == "active"
