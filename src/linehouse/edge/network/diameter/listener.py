"""Diameter in the charging process: made from settings, started with the process, drained at its end."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import asyncpg
import structlog

from linehouse.charging.node import Charger, Reach
from linehouse.edge.network.diameter.association import Association
from linehouse.edge.network.diameter.codec import Message
from linehouse.edge.network.diameter.commands import (
    CREDIT,
    CREDIT_CONTROL,
    SESSION_TERMINATION,
    SPENDING_LIMIT,
    SPENDING_LIMITS,
    name_of,
)
from linehouse.edge.network.diameter.credit.handler import DOOR, CreditControl
from linehouse.edge.network.diameter.credit.reach import CreditReach, release_old
from linehouse.edge.network.diameter.houses import Chargers, Houses
from linehouse.edge.network.diameter.machine import State
from linehouse.edge.network.diameter.peers import Local, Peer
from linehouse.edge.network.diameter.server import Handler, Server
from linehouse.edge.network.diameter.spending import SpendingLimits, forget_old, push
from linehouse.edge.network.diameter.watchdog import TW
from linehouse.kernel.clock import MachineClock

_log = structlog.get_logger(__name__)
_SHOWN = {State.I_OPEN: "open", State.R_OPEN: "open", State.CLOSED: "closed", State.CLOSING: "closing"}
_REFRESH = 2.0
_PUSH = 0.5
_AGAIN = 5.0
"""Seconds before a port that is taken is tried again."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where to listen, and as whom. ``port`` 0 takes a free one."""

    address: str
    port: int
    host: str
    tls_port: int = 0
    certificate: str = ""
    key: str = ""
    authorities: str = ""
    tw: float = TW

    @property
    def local(self) -> Local:
        """Our identity; the number of this life is the second in which it began."""
        realm = self.host.partition(".")[2]
        addresses = (self.address,) if self.address not in {"0.0.0.0", "::", "localhost"} else ("127.0.0.1",)  # noqa: S104 - told apart, not bound
        return Local(self.host, realm, int(MachineClock().now().timestamp()), addresses)


class Node(Chargers, Protocol):
    """What the charging process shares, and where doors register."""

    doors: dict[str, Reach]


class Listener:
    """Diameter of one process."""

    def __init__(self, node: Node, control: str, places: Places) -> None:
        """Of that node; ``control`` is the control database."""
        self.places = places
        self.houses = Houses(node, control)
        local = places.local
        credit = CreditControl(self.houses, local)
        spending = SpendingLimits(self.houses, local)
        handlers: dict[tuple[int, int], Handler] = {
            (CREDIT_CONTROL, CREDIT): credit,
            (SPENDING_LIMITS, SPENDING_LIMIT): spending.limits,
            (SPENDING_LIMITS, SESSION_TERMINATION): spending.end,
        }
        self.server = Server(local, self.houses.directory, handlers, tw=places.tw)
        credit.states = spending.states = self.server.states
        self.server.on_state = self._began_anew
        self.server.on_change = self._peer
        self.server.on_refused = self._refused
        node.doors[DOOR] = CreditReach(self.server, self.houses)
        self.port = self.tls_port = 0

    async def run(self) -> None:
        """Listen and follow what is configured, for ever. A port that is taken or a database that is away: later."""
        while True:
            try:
                await self.refresh()
                await self.listen()
                break
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("Diameter does not listen yet", port=self.places.port, error=repr(error))
                await asyncio.sleep(_AGAIN)
        async with asyncio.TaskGroup() as group:
            group.create_task(_for_ever(self.refresh, _REFRESH, "peers were not read again"))
            group.create_task(_for_ever(self.push, _PUSH, "policy functions were not told"))

    async def _began_anew(self, host: str, state: int) -> None:
        if await self.houses.is_newer(host, state):
            await release_old(self.houses, host, state)
            await forget_old(self.houses, host, state)

    async def push(self) -> None:
        """Tell policy functions what changed."""
        for charger in await self.houses.all():
            while await push(self.server, charger):
                pass

    async def refresh(self) -> None:
        """Read who may connect. A peer that was withdrawn is parted from."""
        self.server.follow(await self.houses.refresh())
        await self.houses.all()
        for association in self.server.associations().values():
            self._peer(association)

    async def listen(self) -> None:
        """Open the ports. Raises OSError."""
        places = self.places
        if not self.port:
            self.port = await self.server.listen(places.address, places.port)
        if places.certificate and not self.tls_port:
            self.server.client_tls = client_tls(places)
            self.server.require_certificate_names = bool(places.authorities)
            self.tls_port = await self.server.listen(places.address, places.tls_port, server_tls(places))
        _log.info("Diameter listens", port=self.port, tls_port=self.tls_port, host=places.host)

    def _peer(self, association: Association) -> None:
        link = association.link
        state = "suspect" if link is not None and link.watchdog.suspect else _SHOWN.get(association.state, "opening")
        for charger in self._seeing(association.peer):
            charger.observer.peer(
                door=DOOR,
                peer=association.host,
                state=state,
                realm=association.peer.realm,
                address=link.address if link is not None else "",
                detail={"tls": link.tls, "we_connect": link.initiated} if link is not None else {},
            )

    def _refused(self, association: Association, message: Message, told: Message) -> None:
        for charger in self._seeing(association.peer):
            charger.observer.message(
                door=DOOR,
                peer=association.host,
                session=f"{DOOR}:{message.text('Origin-Realm').lower()}:{message.text('Session-Id')}",
                subscription=None,
                way="out",
                name=name_of(message),
                result=str(told.number("Result-Code")),
                detail={"request": message.fields, "answer": told.fields},
                refused=told.text("Error-Message"),
            )

    def _seeing(self, peer: Peer) -> list[Charger]:
        """In whose brand a peer is seen: its own, or all."""
        return self.houses.opened(peer.brand)

    async def stop(self, seconds: float) -> None:
        """Drain within that time."""
        await self.server.drain(seconds)


async def _for_ever(work: Callable[[], Awaitable[None]], seconds: float, failed: str) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.warning(failed, error=repr(error))


def server_tls(places: Places) -> ssl.SSLContext:
    """What peers are shown, and what they must show. Raises OSError for files that cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(places.certificate, places.key or None)
    if places.authorities:
        context.load_verify_locations(places.authorities)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_tls(places: Places) -> ssl.SSLContext:
    """The same for peers to which we connect; their certificate must name them."""
    context = ssl.create_default_context(cafile=places.authorities or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(places.certificate, places.key or None)
    return context
