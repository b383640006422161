"""The charging process: asyncio under granian's RSGI, plain SQL through asyncpg, no Django.

Rooms add their requests to `ROUTES`. Handlers get the node (pools) and the request and answer with a status
and a JSON value; the codec of each protocol stays with its room.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import asyncpg
import msgspec
import structlog
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from linehouse.edge.network import charging_json
from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.settings import Settings
from linehouse.platform.telemetry import logs, metrics, traces
from linehouse.run import environment

_log = structlog.get_logger(__name__)

_GRACE_SECONDS = 8
_STATUS = {
    Kind.INVALID: 400,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.FORBIDDEN: 403,
    Kind.REFUSED: 422,
    Kind.UNAVAILABLE: 503,
}


class Headers(Protocol):
    """The headers of a request (RSGI 1)."""

    def get(self, key: str) -> str | None:
        """The value of a header, or None."""
        ...


class Scope(Protocol):
    """What granian tells of a request (RSGI 1)."""

    proto: str
    method: str
    path: str

    @property
    def headers(self) -> Headers:
        """By lower-case name."""
        ...


class Connection(Protocol):
    """How a request is read and answered (RSGI 1)."""

    async def __call__(self) -> bytes:
        """The whole body."""
        ...

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""
        ...


@dataclass
class Node:
    """What the handlers of one process share."""

    settings: Settings
    dsn: Dsn
    pools: dict[str, asyncpg.Pool] = field(default_factory=dict)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def pool(self, database: str) -> asyncpg.Pool:
        """The connections to one database, by its physical name; opened at first use."""
        if database not in self.pools:
            async with self._opening:
                if database not in self.pools:
                    self.pools[database] = await asyncpg.create_pool(
                        self.dsn.url(database), min_size=0, max_size=8, command_timeout=30
                    )
        return self.pools[database]

    async def close(self) -> None:
        """Close all connections."""
        for pool in self.pools.values():
            pool.terminate()


@dataclass(frozen=True, slots=True)
class Request:
    """What a handler is asked: the body, and the Authorization header (empty when there is none)."""

    body: bytes
    authorization: str


Answer = tuple[int, Any]
Handler = Callable[[Node, Request], Awaitable[Answer]]


async def _alive(node: Node, request: Request) -> Answer:
    return 200, {"status": "ok"}


async def _ready(node: Node, request: Request) -> Answer:
    try:
        pool = await node.pool(node.settings.database_prefix)
        await pool.fetchval("select 1", timeout=2)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return 503, {"status": "unavailable", "reason": f"the database does not answer ({type(error).__name__})"}
    return 200, {"status": "ok"}


async def _price_enquiry(node: Node, request: Request) -> Answer:
    return await charging_json.price_enquiry(node, request.body, request.authorization, node.settings.database_prefix)


ROUTES: Mapping[tuple[str, str], Handler] = {
    ("GET", "/healthz"): _alive,
    ("GET", "/readyz"): _ready,
    ("POST", "/charging/v1/price-enquiry"): _price_enquiry,
}
"""Method and path to handler. Declared here, in one list, so that a reader sees all that the process answers."""


class ChargingNode:
    """The RSGI application."""

    def __init__(self, routes: Mapping[tuple[str, str], Handler] = ROUTES) -> None:
        """Answer these routes."""
        self._routes = routes
        self._node: Node | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The process begins: no connection is opened yet."""
        settings = Settings.from_env(os.environ)
        logs.configure(settings, "charging")
        traces.configure(settings, "charging")
        self._node = Node(settings, Dsn.parse(settings.database_url))

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The process ends."""
        if self._node is not None:
            loop.run_until_complete(self._node.close())

    async def __rsgi__(self, scope: Scope, connection: Connection) -> None:
        """Answer one request."""
        if self._node is None or scope.proto != "http":
            _answer(connection, 503, {"status": "unavailable"})
            return
        if (scope.method, scope.path) == ("GET", "/metrics"):
            body, media_type = metrics.exposition()
            connection.response_bytes(200, [("content-type", media_type)], body)
            return
        handler = self._routes.get((scope.method, scope.path))
        if handler is None:
            _answer(connection, 404, {"code": "charging.no_such_path", "message": "this process does not answer that"})
            return
        try:
            request = Request(await connection(), scope.headers.get("authorization") or "")
            status, value = await handler(self._node, request)
        except DomainError as error:
            _answer(connection, _STATUS[error.kind], _problem(error))
        except Exception:  # noqa: BLE001 - the edge of a request: logged, and answered as failed
            _log.exception("request failed", path=scope.path)
            _answer(connection, 500, {"code": "charging.failed", "message": "the request failed"})
        else:
            _answer(connection, status, value)


def _problem(error: DomainError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "field": error.field, "expected": error.expected}


def _answer(connection: Connection, status: int, value: Any) -> None:
    connection.response_bytes(status, [("content-type", "application/json")], msgspec.json.encode(value))


application = ChargingNode()


def main() -> None:
    """Serve until SIGTERM; HTTP/1.1 and HTTP/2 without TLS on one port."""
    settings = environment.settings()
    Granian(
        "linehouse.run.charging_node:application",
        address=settings.host,
        port=settings.charging_port,
        interface=Interfaces.RSGI,
        http=HTTPModes.auto,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=_GRACE_SECONDS,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
