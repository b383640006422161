"""A Diameter node: it listens, connects to peers that want that, hands requests to their applications, and drains."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import structlog

from linehouse.edge.network.diameter import capabilities
from linehouse.edge.network.diameter.answering import answer, refused
from linehouse.edge.network.diameter.association import DO_NOT_WANT_TO_TALK_TO_YOU, REBOOTING, Association
from linehouse.edge.network.diameter.codec import Message
from linehouse.edge.network.diameter.commands import BASE, CAPABILITIES, GRAMMARS, fault_of, name_of
from linehouse.edge.network.diameter.link import Link, NotReached
from linehouse.edge.network.diameter.machine import State
from linehouse.edge.network.diameter.peers import Directory, Local, Peer
from linehouse.edge.network.diameter.results import Fault, Result
from linehouse.edge.network.diameter.watchdog import TW

_log = structlog.get_logger(__name__)
MOST_AT_ONCE = 4_000
"""Requests under way; what comes above is told to go elsewhere (3004)."""
TC = 30.0
"""Seconds between two tries to connect (RFC 6733 §2.1)."""
_GREETING = 10.0
"""Seconds in which a new connection must say who it is."""
_TICK = 0.5
_PARTING = 2.0
"""Seconds in which peers answer that we part."""
_LATE = 10.0
"""Seconds after which nobody waits for an answer any more (Tx, RFC 8506 §13)."""


class Handler(Protocol):
    """An application's answer to one command."""

    async def __call__(self, message: Message, peer: Peer, host: str) -> Message:
        """The answer. ``host`` is the peer's own name. Raises Fault."""
        ...


@dataclass(slots=True)
class _Greeting:
    link: Link
    until: float


class Server:
    """One node. Give it a directory and handlers, start it, and drain it in the end."""

    def __init__(
        self,
        local: Local,
        directory: Directory,
        handlers: Mapping[tuple[int, int], Handler],
        *,
        tw: float = TW,
        tc: float = TC,
        most: int = MOST_AT_ONCE,
    ) -> None:
        """A node that is not started."""
        self.local = local
        self.directory = directory
        self.handlers = handlers
        self._applications = frozenset(application for application, _ in handlers)
        self.client_tls: ssl.SSLContext | None = None
        self.require_certificate_names = False
        self.states: dict[str, int] = {}
        """The last Origin-State-Id of each host."""
        self.on_state: Callable[[str, int], Awaitable[None]] | None = None
        self.on_refused: Callable[[Association, Message, Message], None] = lambda *_: None
        """Told of requests that did not reach their application, with what they were answered."""
        self.on_change: Callable[[Association], None] = lambda _: None
        self._tw, self._tc, self._most = tw, tc, most
        self._associations: dict[str, Association] = {}
        self._greetings: dict[Link, _Greeting] = {}
        self._links: dict[Link, Association] = {}
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._tried: dict[str, float] = {}
        self._draining = False
        self._end_to_end = 0
        self._gone = asyncio.Event()

    async def listen(self, address: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen there; returns the port. Raises OSError."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Link(self, self._tw), address, port, ssl=tls, reuse_address=True, backlog=512
        )
        self._servers.append(server)
        if len(self._servers) == 1:
            self._keep(loop.create_task(self._tick_for_ever()))
        port_found: int = server.sockets[0].getsockname()[1]
        return port_found

    def associations(self) -> Mapping[str, Association]:
        """The peers that were connected, by name in lower case."""
        return self._associations

    def association(self, host: str) -> Association | None:
        """The peer of that name if requests can be sent to it."""
        found = self._associations.get(host.lower())
        return found if found is not None and found.link is not None else None

    def follow(self, directory: Directory) -> None:
        """Another directory counts from now on; peers that do not stand in it any more are parted from."""
        self.directory = directory
        for association in self._associations.values():
            peer = directory.peer(association.host)
            if peer is not None:
                association.peer = peer
            elif association.state.is_open:
                association.stop(DO_NOT_WANT_TO_TALK_TO_YOU)

    async def ask(self, host: str, message: Message, seconds: float) -> Message:
        """Ask the peer of that name. Raises NotReached, also when it is not connected to this node."""
        association = self.association(host)
        if association is None:
            raise NotReached(host)
        self._end_to_end = (self._end_to_end + 1) & 0xFFFFF
        # RFC 6733 §3: the time in the upper bits, so that a new life does not repeat the old one's.
        message.end_to_end = (self.local.state_id & 0xFFF) << 20 | self._end_to_end
        return await association.ask(message, seconds)

    async def drain(self, seconds: float = 5.0) -> None:
        """Take no new requests, answer those under way, part from all peers, close."""
        self._draining = True
        for server in self._servers:
            server.close()
        if self._under_way:
            await asyncio.wait(list(self._under_way), timeout=seconds)
        for association in self._associations.values():
            association.stop(REBOOTING)
        with suppress(TimeoutError):
            async with asyncio.timeout(min(_PARTING, seconds)):
                while any(one.state is not State.CLOSED for one in self._associations.values()):
                    self._gone.clear()
                    await self._gone.wait()
        for link in [*self._links, *self._greetings]:
            link.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.sleep(0)

    def opened(self, link: Link) -> None:
        """A connection is there: somebody else's waits for its greeting, ours says who we are."""
        if link.initiated:
            association = self._associations[link.peer.lower()]
            self._links[link] = association
            association.connected(link)
        else:
            self._greetings[link] = _Greeting(link, asyncio.get_running_loop().time() + _GREETING)

    def received(self, link: Link, message: Message) -> None:
        """A message: who it is, or for the peer whose connection this is."""
        association = self._links.get(link)
        if association is not None:
            association.received(link, message)
            if message.is_request:
                self._note_state(message)
            return
        greeting = self._greetings.pop(link, None)
        if greeting is None or message.command != CAPABILITIES or not message.is_request:
            link.close()
            return
        self._greeted(link, message)

    def lost(self, link: Link) -> None:
        """A connection is gone."""
        self._greetings.pop(link, None)
        association = self._links.pop(link, None)
        if association is not None:
            association.lost(link)
        self._gone.set()

    def _greeted(self, link: Link, message: Message) -> None:
        judged = capabilities.judged(message, self.directory, link.address, tls=link.tls)
        host = message.text("Origin-Host")
        if isinstance(judged, Peer) and self._strange(link, host):
            judged = Fault(Result.UNKNOWN_PEER, f"the certificate is not one of {host}")
        if isinstance(judged, Fault):
            _log.warning("a peer was refused", host=host, address=link.address, why=judged.why)
            link.send(refused(message, self.local, judged))
            link.close()
            return
        link.peer = host
        association = self._association_of(judged, host)
        self._links[link] = association
        self._note_state(message)
        association.accepts(link, message)
        if not association.has(link):
            self._links.pop(link, None)

    def _strange(self, link: Link, host: str) -> bool:
        return self.require_certificate_names and link.tls and host.lower() not in link.certificate_names()

    def _association_of(self, peer: Peer, host: str) -> Association:
        name = host.lower()
        found = self._associations.get(name)
        if found is None:
            found = Association(self.local, peer, host, self._dispatch)
            found.on_change = self.on_change
            self._associations[name] = found
        found.peer = peer
        return found

    def _dispatch(self, association: Association, link: Link, message: Message) -> None:
        if message.command == CAPABILITIES and message.application == BASE:
            told = capabilities.told(self.local)
            link.send(answer(message, self.local, Result.SUCCESS, told))
            return
        fault = self._fault_of(message)
        if fault is not None:
            no = refused(message, self.local, fault, _echoed(message))
            self.on_refused(association, message, no)
            link.send(no)
            return
        handler = self.handlers[message.application, message.command]
        task = asyncio.get_running_loop().create_task(self._answered(handler, association, link, message))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _fault_of(self, message: Message) -> Fault | None:
        if message.fault is not None and message.fault.result is Result.INVALID_HDR_BITS:
            return message.fault
        if message.application not in self._applications:
            return Fault(Result.APPLICATION_UNSUPPORTED, f"application {message.application} is not spoken here")
        if (message.application, message.command) not in self.handlers:
            return Fault(Result.COMMAND_UNSUPPORTED, f"command {message.command} is not spoken here")
        fault = fault_of(message, GRAMMARS[message.application, message.command])
        if fault is not None:
            return fault
        return self._misdirected(message)

    def _misdirected(self, message: Message) -> Fault | None:
        realm, host = message.text("Destination-Realm").lower(), message.text("Destination-Host").lower()
        ours = self.local.realm.lower()
        if realm != ours and self.directory.realm(realm) is None:
            return Fault(Result.REALM_NOT_SERVED, f"realm {realm} is not served here")
        # A client that fails over names the node that it knows: every node of the realm serves its sessions.
        if host and host != self.local.host.lower() and host.partition(".")[2] not in {ours, realm}:
            return Fault(Result.UNABLE_TO_DELIVER, f"{host} is not reached by this node")
        if any(isinstance(one, str) and one.lower() == self.local.host.lower() for one in _route(message)):
            return Fault(Result.LOOP_DETECTED, "this node stands in Route-Record")
        if self._draining or len(self._under_way) >= self._most:
            return Fault(Result.TOO_BUSY, "this node takes no requests at the moment")
        return None

    async def _answered(self, handler: Handler, association: Association, link: Link, message: Message) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            told = await handler(message, association.peer, association.host)
        except Fault as fault:
            told = refused(message, self.local, fault, _echoed(message))
        except Exception:  # noqa: BLE001 - the edge of a request: logged, and answered as failed
            _log.exception("a request failed", command=name_of(message), peer=association.host)
            told = answer(message, self.local, Result.UNABLE_TO_COMPLY, _echoed(message))
        if loop.time() - began < _LATE:
            link.send(told)

    def _note_state(self, message: Message) -> None:
        """A larger Origin-State-Id: that host began anew, and knows nothing of its sessions before (§8.16)."""
        state = message.number("Origin-State-Id")
        if not state or self.on_state is None:
            return
        host = message.text("Origin-Host").lower()
        if self.states.get(host, 0) < state:
            self.states[host] = state
            self._keep(asyncio.get_running_loop().create_task(_quietly(self.on_state(host, state))))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tick_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_TICK)
            now = loop.time()
            for association in list(self._associations.values()):
                association.tick(now)
            for greeting in list(self._greetings.values()):
                if now > greeting.until:
                    greeting.link.close()
            if not self._draining:
                self._connect_where_wanted(now)

    def _connect_where_wanted(self, now: float) -> None:
        for peer in self.directory.peers.values():
            if not peer.connect or now - self._tried.get(peer.host, -self._tc) < self._tc:
                continue
            association = self._association_of(peer, peer.host)
            if association.state is State.CLOSED:
                self._tried[peer.host] = now
                association.start(
                    lambda one=association: self._keep(  # type: ignore[misc]  # bound at once
                        asyncio.get_running_loop().create_task(self._connected(one))
                    )
                )

    async def _connected(self, association: Association) -> None:
        host, _, port = association.peer.connect.rpartition(":")
        link = Link(self, self._tw, initiated=True)
        link.peer = association.host
        tls = self.client_tls if association.peer.tls else None
        try:
            async with asyncio.timeout(_GREETING):
                await asyncio.get_running_loop().create_connection(
                    lambda: link,
                    host.strip("[]"),
                    int(port),
                    ssl=tls,
                    server_hostname=association.host if tls is not None else None,
                )
        except (OSError, TimeoutError, ValueError) as error:
            _log.warning("a peer could not be reached", host=association.host, error=repr(error))
            association.not_connected()


def _route(message: Message) -> list[object]:
    return message.fields.get("Route-Record", [])


def _echoed(message: Message) -> dict[str, list[object]]:
    """What the answer repeats of a request, where the request had it."""
    names = ("CC-Request-Type", "CC-Request-Number")  # of credit control alone
    found: dict[str, list[object]] = {"Auth-Application-Id": [message.application]}
    found.update({name: message.fields[name][:1] for name in names if name in message.fields})
    return found


async def _quietly(doing: Awaitable[None]) -> None:
    try:
        await doing
    except Exception:  # noqa: BLE001 - it is tried again with the next restart; requests must go on
        _log.exception("sessions of a host that began anew were not released")
