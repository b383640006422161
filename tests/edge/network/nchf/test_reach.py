"""What the house tells by itself: to a function's address, where that has moved, and again where it did not arrive."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded

from linehouse.charging.node import Charger, Door
from linehouse.charging.sql.wishes import WISH_FOR_LINES
from linehouse.edge.network import nchf
from linehouse.kernel.clock import MachineClock
from linehouse.platform.sql import brand_cursor
from tests.conftest import in_own_thread
from tests.edge.network.nchf.bodies import call, container
from tests.edge.network.nchf.conftest import Node
from tests.edge.network.nchf.test_sessions import rows


@dataclass
class Listener:
    """A function that is told something."""

    answers: list[tuple[int, str]] = field(default_factory=list)
    heard: list[tuple[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, headers: dict[str, str], body: bytes) -> list[tuple[str, str]]:
        self.heard.append((headers[":path"], json.loads(body)))
        self.headers = headers
        status, place = self.answers.pop(0) if self.answers else (204, "")
        return [(":status", str(status)), *([("location", place)] if place else [])]


class _Function(socketserver.BaseRequestHandler):
    """One connection of HTTP/2 by prior knowledge."""

    server: _Functions

    def handle(self) -> None:
        connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        connection.initiate_connection()
        self.request.sendall(connection.data_to_send())
        bodies: dict[int, bytes] = {}
        headers: dict[int, dict[str, str]] = {}
        while data := self.request.recv(65_536):
            for event in connection.receive_data(data):
                if isinstance(event, RequestReceived):
                    headers[event.stream_id] = {str(name): str(value) for name, value in event.headers or ()}
                elif isinstance(event, DataReceived):
                    bodies[event.stream_id] = bodies.get(event.stream_id, b"") + event.data
                elif isinstance(event, StreamEnded):
                    answer = self.server.listener.answer(headers[event.stream_id], bodies[event.stream_id])
                    connection.send_headers(event.stream_id, answer, end_stream=True)
            self.request.sendall(connection.data_to_send())


class _Functions(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        super().__init__(("127.0.0.1", 0), _Function)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Answers over HTTP/2 as it was told to; 204 when it was told nothing."""
    found = Listener()
    server = _Functions(found)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def tell(uri: str, *services: str, end: bool = False) -> bool:
    async def run() -> bool:
        notifier = nchf.Notifier()
        try:
            return await notifier("nchf:robin.1", Door("nchf", {"notify_uri": uri} if uri else {}), services, end=end)
        finally:
            await notifier.close()

    return in_own_thread(run)


def test_rating_groups_are_asked_for_again(listener, contract):
    assert tell(listener.at("/notify_1"), "20@208-01", "10", "10!", "10#2")
    [(path, body)] = listener.heard
    assert (path, body) == (
        "/notify_1",
        {
            "notificationType": "REAUTHORIZATION",
            "reauthorizationDetails": [{"ratingGroup": 10}, {"ratingGroup": 20}],
        },
    )
    assert listener.headers["3gpp-sbi-callback"] == "Nchf_ConvergedCharging_Notify"
    if contract is not None:
        contract.is_a("ChargingNotifyRequest", body)


def test_a_session_is_ended(listener, contract):
    assert tell(listener.at("/n"), "10", end=True)
    assert listener.heard == [("/n", {"notificationType": "ABORT_CHARGING"})]
    if contract is not None:
        contract.is_a("ChargingNotifyRequest", listener.heard[0][1])


@pytest.mark.parametrize("status", [307, 308])
def test_where_it_has_moved_is_followed(listener, status):
    listener.answers = [(status, "/there"), (status, listener.at("/and-there"))]
    assert tell(listener.at("/here"), "10")
    assert [path for path, _ in listener.heard] == ["/here", "/there", "/and-there"]


def test_what_fails_for_now_is_tried_again(listener):
    listener.answers = [(503, "")]
    assert tell(listener.at("/n"), "10")
    assert len(listener.heard) == 2


def test_what_does_not_arrive_is_not_told(listener):
    listener.answers = [(500, "")] * 9
    assert not tell(listener.at("/n"), "10")
    listener.answers = [(307, "/round")] * 20
    assert not tell(listener.at("/round"), "10")
    assert not tell("http://127.0.0.1:1/nobody", "10")
    assert not tell("nonsense", "10")


def test_who_does_not_want_to_hear_is_not_told_again(listener):
    listener.answers = [(404, "")]
    assert tell(listener.at("/n"), "10")
    assert len(listener.heard) == 1


def test_who_gave_no_address_is_left_alone():
    assert tell("", "10")


def test_a_top_up_in_mid_session_is_told_and_the_next_update_gets_more(line, smf, listener, installation):
    body = {"notifyUri": listener.at("/notify_7")}
    begun = smf.create({**call(0, want=900), **body})
    assert begun.units[100]["finalUnitIndication"] == {"finalUnitAction": "TERMINATE"}
    # An update does not say again where the function is told.
    none = smf.update(begun.reference, call(1, container(1, time=600), want=60))
    assert none.units[100]["resultCode"] == "QUOTA_LIMIT_REACHED"
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE balance_bucket SET granted = granted + 1000000 WHERE ref = %s", [f"{line.number}/start-credit"]
        )

    async def ask_again() -> None:
        node = Node(installation.dsn)
        notifier = nchf.Notifier()
        ends = False
        try:
            pool = await node.pool(await _database(node, installation.control_name))
            await pool.execute(WISH_FOR_LINES, [line.id], "top-up", ends, MachineClock().now())
            await Charger(pool, doors={"nchf": notifier}).ask_again()
        finally:
            await notifier.close()
            await node.close()

    in_own_thread(ask_again)
    assert listener.heard == [
        ("/notify_7", {"notificationType": "REAUTHORIZATION", "reauthorizationDetails": [{"ratingGroup": 100}]})
    ]
    more = smf.update(begun.reference, call(2, container(2, "FORCED_REAUTHORISATION", time=0), want=60))
    assert more.units[100]["grantedUnit"] == {"time": 60}
    assert rows("SELECT outcome FROM charging_wish WHERE session IS NOT NULL") == [("told",)]


async def _database(node: Node, control: str) -> str:
    pool = await node.pool(control)
    return str(await pool.fetchval("SELECT database FROM control_brand"))
