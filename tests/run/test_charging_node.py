"""The charging process's outer layer: paths, health that tells the truth, errors as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from linehouse.kernel.error import NotFound
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.settings import Settings
from linehouse.run.charging_node import ROUTES, Answer, ChargingNode, Handler, Node, Request
from tests.conftest import Server, in_own_thread


@dataclass
class Asked:
    """A request as granian tells it."""

    method: str
    path: str
    proto: str = "http"
    http_version: str = "1.1"
    client: str = "127.0.0.1:1"
    scheme: str = "http"
    authority: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Answered:
    """Keeps the answer."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.status = 0
        self.value: Any = None

    async def __call__(self) -> bytes:
        return self._body

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.value = json.loads(body) if ("content-type", "application/json") in headers else body


def ask(asked: Asked, dsn: Dsn, routes: Mapping[tuple[str, str], Handler] = ROUTES) -> Answered:
    answered = Answered(b"{}")

    async def once() -> None:
        application = ChargingNode(routes)
        settings = Settings.from_env({"LINEHOUSE_HOME": str(Path("/x")), "LINEHOUSE_DATABASE_URL": dsn.url("postgres")})
        node = Node(settings, dsn)
        application._node = node
        try:
            await application.__rsgi__(asked, answered)
        finally:
            await node.close()

    in_own_thread(once)
    return answered


NOBODY = Dsn("127.0.0.1", 1, "ada", "pw")


def test_alive_without_a_database_but_not_ready() -> None:
    assert ask(Asked("GET", "/healthz"), NOBODY).status == 200
    unready = ask(Asked("GET", "/readyz"), NOBODY)
    assert unready.status == 503
    assert "does not answer" in unready.value["reason"]


def test_not_ready_while_there_is_no_control_database(server: Server) -> None:
    unready = ask(Asked("GET", "/readyz"), server.dsn)
    assert unready.status == 503


def test_unknown_paths_and_methods_are_not_found() -> None:
    assert ask(Asked("GET", "/charging/v9"), NOBODY).status == 404
    assert ask(Asked("POST", "/healthz"), NOBODY).status == 404


def test_metrics_are_text() -> None:
    answered = ask(Asked("GET", "/metrics"), NOBODY)
    assert answered.status == 200
    assert b"linehouse_" in answered.value


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(NotFound("no such tariff", field="tariff"), 404, "kernel.not_found"), (ValueError("x"), 500, "charging.failed")],
)
def test_errors_become_answers(error: Exception, status: int, code: str) -> None:
    async def refuse(_: Node, __: Request) -> Answer:
        raise error

    answered = ask(Asked("POST", "/x"), NOBODY, {("POST", "/x"): refuse})
    assert answered.status == status
    assert answered.value["code"] == code
