"""The charging process: asyncio under granian's RSGI, plain SQL through asyncpg, no Django.

Rooms add their requests to `ROUTES`. Handlers get the node (pools) and the request and answer with a status
and a JSON value; the codec of each protocol stays with its room.
"""

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import asyncpg
import msgspec
import structlog
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from linehouse.billing.tax_rates import rate_on
from linehouse.charging.node import Charger, Reach
from linehouse.charging.node.faults import Point, put
from linehouse.charging.node.observing import Observer, forget
from linehouse.charging.online.degraded import Limits
from linehouse.charging.ports import use_tax_rates
from linehouse.charging.values import Rate
from linehouse.edge.network import charging_json, nchf
from linehouse.edge.network.diameter.listener import Listener, Places
from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.generated_version import generated_version
from linehouse.platform.settings import Settings
from linehouse.platform.telemetry import logs, metrics, traces
from linehouse.run import charging_nchf, environment
from linehouse.run.charging_routes import Found, Routes, Scope

_log = structlog.get_logger(__name__)

_GRACE_SECONDS = 8
_SWEEP_SECONDS = 1
_WISH_SECONDS = 0.5
_OBSERVE_SECONDS = 1
_FORGET_SECONDS = 600
_BRANDS = """
SELECT database FROM control_brand
WHERE NOT frozen AND (schema_version = $1 OR $1 = ANY (string_to_array(serves, ' '))) ORDER BY key
"""
_STATUS = {
    Kind.INVALID: 400,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.FORBIDDEN: 403,
    Kind.REFUSED: 422,
    Kind.UNAVAILABLE: 503,
}


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
    chargers: dict[str, Charger] = field(default_factory=dict)
    doors: dict[str, Reach] = field(default_factory=dict)
    """How clients of sessions are reached, by kind of door, whichever brand's they are."""
    certified: bool = False
    """Whether nobody reaches this process without a client certificate."""
    notifier: nchf.Notifier = field(default_factory=nchf.Notifier)
    functions: nchf.Options = field(init=False)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """What settings say of network functions."""
        self.functions = charging_nchf.options_of(self.settings, certified=self.certified)

    async def pool(self, database: str) -> asyncpg.Pool:
        """The connections to one database, by its physical name; opened at first use."""
        if database not in self.pools:
            async with self._opening:
                if database not in self.pools:
                    self.pools[database] = await asyncpg.create_pool(
                        self.dsn.url(database),
                        min_size=0,
                        max_size=8,
                        # A gateway waits ten seconds; what is answered on trust has to be sooner.
                        timeout=2 if self.on_trust else 10,
                        command_timeout=4 if self.on_trust else 30,
                        reset=_reset,
                        # An answer promises what was committed, whatever the server thinks of haste.
                        server_settings={"synchronous_commit": "on"},
                    )
        return self.pools[database]

    async def charger(self, database: str) -> Charger:
        """Who charges the lines of that database."""
        pool = await self.pool(database)
        if database not in self.chargers:
            observer = Observer(tracing=self.settings.trace_days > 0)
            charger = self.chargers[database] = Charger(pool, doors=self.doors, observer=observer)
            if limits := _limits(self.settings.charging_trust):
                charger.trust(limits, self.settings.home / "charging", database)
        return self.chargers[database]

    @property
    def on_trust(self) -> bool:
        """Whether answers are given on trust while the database is away."""
        return bool(self.settings.charging_trust)

    async def sweep(self) -> None:
        """Release what sessions keep beyond their time, brand by brand."""
        for charger in await self._all():
            while await charger.sweep():
                pass
            await charger.settle_records()

    async def ask_again(self) -> None:
        """Tell sessions what is wished of them, brand by brand."""
        for charger in await self._all():
            await charger.ask_again()

    async def tell_policies(self) -> None:
        """Tell policy control of the 5G network what changed, brand by brand."""
        for charger in await self._all():
            await nchf.tell_policies(charger, self.notifier)

    async def _all(self) -> list[Charger]:
        control = await self.pool(self.settings.database_prefix)
        return [await self.charger(row["database"]) for row in await control.fetch(_BRANDS, generated_version())]

    async def observe(self) -> None:
        """Write what was seen at the doors since the last time."""
        for charger in list(self.chargers.values()):
            await charger.observer.flush(charger.pool)

    async def forget(self) -> None:
        """Throw away observations that are older than they are kept."""
        for charger in list(self.chargers.values()):
            await forget(charger.pool, max(self.settings.trace_days, 1))

    async def close(self) -> None:
        """Close all connections."""
        await self.notifier.close()
        for pool in self.pools.values():
            pool.terminate()


@dataclass(frozen=True, slots=True)
class Request:
    """What a handler is asked: the body, two headers (empty when there is none), and the reference of its path."""

    body: bytes
    authorization: str
    idempotency_key: str
    scope: Scope
    reference: str = ""


Answer = tuple[int, Any] | nchf.Told
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


def _charging(operation: str) -> Handler:
    async def handle(node: Node, request: Request) -> Answer:
        return await charging_json.charge(
            node,
            operation,
            request.body,
            request.authorization,
            request.idempotency_key,
            node.settings.database_prefix,
        )

    return handle


def _nchf(handle: charging_nchf.Handle) -> Handler:
    async def answer(node: Node, request: Request) -> Answer:
        asked = charging_nchf.asked_of(request.scope, request.body, request.reference)
        return await handle(node, asked, node.functions)

    return answer


ROUTES: Mapping[tuple[str, str], Handler] = {
    ("GET", "/healthz"): _alive,
    ("GET", "/readyz"): _ready,
    ("POST", "/charging/v1/price-enquiry"): _price_enquiry,
    **{("POST", f"/charging/v1/{one}"): _charging(one) for one in charging_json.OPERATIONS},
    ("POST", f"{nchf.BASE}/chargingdata"): _nchf(nchf.create),
    ("POST", f"{nchf.BASE}/chargingdata/{{reference}}/update"): _nchf(nchf.update),
    ("POST", f"{nchf.BASE}/chargingdata/{{reference}}/release"): _nchf(nchf.release),
    ("POST", f"{nchf.LIMITS}/subscriptions"): _nchf(nchf.subscribe),
    ("PUT", f"{nchf.LIMITS}/subscriptions/{{reference}}"): _nchf(nchf.modify),
    ("DELETE", f"{nchf.LIMITS}/subscriptions/{{reference}}"): _nchf(nchf.unsubscribe),
}
"""Method and path to handler. Declared here, in one list, so that a reader sees all that the process answers."""


class ChargingNode:
    """The RSGI application."""

    def __init__(self, routes: Mapping[tuple[str, str], Handler] = ROUTES, *, tls: bool = False) -> None:
        """Answer these routes; ``tls``: on the port that may ask every client for its certificate."""
        self._tls = tls
        self._routes = Routes(routes)
        self._node: Node | None = None
        self._going_on: list[asyncio.Task[None]] = []
        self._diameter: Listener | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The process begins: no connection is opened yet."""
        settings = Settings.from_env(os.environ)
        logs.configure(settings, "charging")
        traces.configure(settings, "charging")
        use_tax_rates(_rate)
        # Requests make many short-lived values and no cycles; looking for such costs a tenth of the time.
        gc.set_threshold(50_000, 20, 100)
        _put_fault(settings.charging_fault)
        certified = self._tls and bool(settings.charging_tls_clients)
        node = self._node = Node(settings, Dsn.parse(settings.database_url), certified=certified)
        node.doors[nchf.KIND] = node.notifier
        self._going_on = [
            loop.create_task(_for_ever(node.sweep, _SWEEP_SECONDS, "reservations were not swept")),
            loop.create_task(_for_ever(node.ask_again, _WISH_SECONDS, "sessions were not asked again")),
            loop.create_task(_for_ever(node.tell_policies, _WISH_SECONDS, "changes of policy were not told")),
            loop.create_task(_for_ever(node.observe, _OBSERVE_SECONDS, "what was observed was not written")),
            loop.create_task(_for_ever(node.forget, _FORGET_SECONDS, "old observations were not thrown away")),
            *([] if self._tls else [loop.create_task(self._listen(node))]),
        ]

    async def _listen(self, node: Node) -> None:
        # The identity's number of this life is the second in which it begins; ports open once peers are known.
        self._diameter = Listener(node, node.settings.database_prefix, _diameter(node.settings))
        await self._diameter.run()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The process ends: peers are told, and go elsewhere."""
        if self._diameter is not None:
            loop.run_until_complete(self._diameter.stop(_GRACE_SECONDS / 2))
        for task in self._going_on:
            task.cancel()
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
        found = self._routes.find(scope.method, scope.path)
        if found is None:
            _unknown(connection, scope, self._routes)
            return
        try:
            answer = await found.handler(self._node, await _request(connection, scope, found))
        except DomainError as error:
            _answer(connection, _STATUS[error.kind], _problem(error))
        except Exception:  # noqa: BLE001 - the edge of a request: logged, and answered as failed
            _log.exception("request failed", path=scope.path)
            _answer(connection, 500, {"code": "charging.failed", "message": "the request failed"})
        else:
            if isinstance(answer, nchf.Told):
                connection.response_bytes(answer.status, list(answer.headers), answer.body)
            else:
                _answer(connection, *answer)


async def _request(connection: Connection, scope: Scope, found: Found[Handler]) -> Request:
    headers = scope.headers
    authorization, key = headers.get("authorization") or "", headers.get("idempotency-key") or ""
    return Request(await connection(), authorization, key, scope, found.reference)


def _unknown(connection: Connection, scope: Scope, routes: Routes[Handler]) -> None:
    if scope.path.startswith(charging_nchf.INTERFACE):
        told = charging_nchf.unknown(scope, routes.methods(scope.path))
        connection.response_bytes(told.status, list(told.headers), told.body)
    else:
        _answer(connection, 404, {"code": "charging.no_such_path", "message": "this process does not answer that"})


async def _for_ever(work: Callable[[], Awaitable[None]], seconds: float, failed: str) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.warning(failed, error=repr(error))


def _diameter(settings: Settings) -> Places:
    return Places(
        address=settings.host,
        port=settings.diameter_port,
        host=settings.diameter_host,
        tls_port=settings.diameter_tls_port,
        certificate=settings.diameter_certificate,
        key=settings.diameter_key,
        authorities=settings.diameter_ca,
    )


async def _reset(connection: asyncpg.Connection) -> None:
    """A connection that comes back holds nothing but an open transaction at worst: no round trip else."""
    if connection.is_in_transaction():
        await connection.reset()


def _rate(country: str, category: str, day: date) -> Rate:
    rate = rate_on(country, category, day)
    return Rate(rate.fraction, rate.code)


def _limits(wanted: str) -> Limits | None:
    """``2.00/500.00``: for a line, and for all lines together."""
    if not wanted:
        return None
    line, total = (int(Decimal(one) * 1_000_000) for one in wanted.split("/"))
    return Limits(line, total)


def _put_fault(wanted: str) -> None:
    """``committed:20``: die at that point when it is reached for the 20th time."""
    if not wanted:
        return
    name, _, times = wanted.partition(":")
    left = [int(times or 1)]

    def die() -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    put(Point(name), die)


def _problem(error: DomainError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "field": error.field, "expected": error.expected}


def _answer(connection: Connection, status: int, value: Any) -> None:
    connection.response_bytes(status, [("content-type", "application/json")], msgspec.json.encode(value))


application = ChargingNode()


def main() -> None:
    """Serve until SIGTERM; HTTP/1.1 and HTTP/2 without TLS on one port."""
    settings = environment.settings()
    serve("linehouse.run.charging_node:application", settings.host, settings.charging_port)


def serve(target: str, host: str, port: int, **tls: Any) -> None:
    """Serve an application on one port; ``tls`` are granian's own words for it."""
    Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.auto,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=_GRACE_SECONDS,
        log_level=LogLevels.warning,
        **tls,
    ).serve()


if __name__ == "__main__":
    main()
