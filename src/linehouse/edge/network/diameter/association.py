"""One peer: its state, its connections, and what the state machine wants done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from linehouse.edge.network.diameter import capabilities
from linehouse.edge.network.diameter.answering import answer
from linehouse.edge.network.diameter.codec import REQUEST, Message
from linehouse.edge.network.diameter.commands import BASE, CAPABILITIES, DISCONNECT, WATCHDOG
from linehouse.edge.network.diameter.link import Link, NotReached
from linehouse.edge.network.diameter.machine import Act, Event, State, step, wins
from linehouse.edge.network.diameter.peers import Local, Peer
from linehouse.edge.network.diameter.results import Result
from linehouse.edge.network.diameter.watchdog import Due

REBOOTING, BUSY, DO_NOT_WANT_TO_TALK_TO_YOU = 0, 1, 2
"""Why a connection is given up (Disconnect-Cause)."""
_PATIENCE = 10.0
"""Seconds for an answer to a capabilities request."""
_I_EVENTS = {
    (CAPABILITIES, False): Event.I_RCV_CEA,
    (WATCHDOG, True): Event.I_RCV_DWR,
    (WATCHDOG, False): Event.I_RCV_DWA,
    (DISCONNECT, True): Event.I_RCV_DPR,
    (DISCONNECT, False): Event.I_RCV_DPA,
}
_R_EVENTS = {
    (WATCHDOG, True): Event.R_RCV_DWR,
    (WATCHDOG, False): Event.R_RCV_DWA,
    (DISCONNECT, True): Event.R_RCV_DPR,
    (DISCONNECT, False): Event.R_RCV_DPA,
}


_ON_OURS = frozenset({Act.I_SND_CER, Act.I_SND_DPR, Act.I_DISC})
_ON_THEIRS = frozenset({Act.R_SND_CEA, Act.R_SND_DPR, Act.R_DISC})


class Dispatch(Protocol):
    """Who does what a request asks."""

    def __call__(self, association: Association, link: Link, message: Message) -> None:
        """Answer it on that link."""
        ...


class Association:
    """A peer as this node sees it."""

    def __init__(self, local: Local, peer: Peer, host: str, dispatch: Dispatch) -> None:
        """Closed as yet. ``host`` is the peer's own name, where its entry stands for many."""
        self.local = local
        self.peer = peer
        self.host = host
        self.state = State.CLOSED
        self.cause = REBOOTING
        self._dispatch = dispatch
        self._i: Link | None = None
        self._r: Link | None = None
        self._cer: Message | None = None
        self._asked_at = 0.0
        self._connect: Callable[[], None] = lambda: None
        self.on_change: Callable[[Association], None] = lambda _: None

    @property
    def link(self) -> Link | None:
        """The connection by which requests pass; None while there is none."""
        if not self.state.is_open:
            return None
        return self._i if self.state is State.I_OPEN else self._r

    def has(self, link: Link) -> bool:
        """Whether this is one of its connections."""
        return link is self._i or link is self._r

    def feed(self, event: Event, link: Link | None = None, message: Message | None = None) -> None:
        """Let an event happen."""
        before = self.state
        acts, self.state = step(self.state, event)
        for act in acts:
            self._do(act, link, message)
        if self.state is not before:
            self.on_change(self)

    def start(self, connect: Callable[[], None]) -> None:
        """Connect to it, unless it is connected."""
        self._connect = connect
        self.feed(Event.START)

    def stop(self, cause: int = REBOOTING) -> None:
        """Part from it."""
        self.cause = cause
        self.feed(Event.STOP)

    def accepts(self, link: Link, cer: Message) -> None:
        """It connected to us, and we know who it is."""
        known = self.link
        if known is not None and _newer(cer, self._cer):
            # It began anew, and the connection of its former life is dead though nobody told us.
            self.feed(Event.TIMEOUT)
        self.feed(Event.R_CONN_CER, link, cer)

    def connected(self, link: Link) -> None:
        """Our connection to it is there."""
        self._i = link
        self.feed(Event.I_RCV_CONN_ACK, link)

    def not_connected(self) -> None:
        """Our connection to it was refused."""
        self.feed(Event.I_RCV_CONN_NACK)

    def received(self, link: Link, message: Message) -> None:
        """A message on one of its connections."""
        key = message.command, message.is_request
        if link is self._i:
            if key == (CAPABILITIES, False) and not _agreed(message):
                self.feed(Event.I_RCV_NON_CEA, link, message)
                return
            other = Event.I_RCV_NON_CEA if self.state is State.WAIT_I_CEA else Event.I_RCV_MESSAGE
            self.feed(_I_EVENTS.get(key, other), link, message)
        elif link is self._r:
            self.feed(_R_EVENTS.get(key, Event.R_RCV_MESSAGE), link, message)

    def lost(self, link: Link) -> None:
        """A connection is gone."""
        if link is self._i:
            self.feed(Event.I_PEER_DISC, link)
            self._i = None
        elif link is self._r:
            self.feed(Event.R_PEER_DISC, link)
            self._r = None

    def tick(self, now: float) -> None:
        """What time brings: watchdogs, and the end of patience."""
        if self.state in {State.WAIT_I_CEA, State.WAIT_RETURNS, State.CLOSING}:
            if now - self._asked_at > _PATIENCE:
                self.feed(Event.TIMEOUT)
            return
        link = self.link
        if link is None:
            return
        due = link.watchdog.due(now)
        if due is Due.ASK:
            link.send(self._request(link, WATCHDOG))
        elif due is Due.CLOSE:
            self.feed(Event.TIMEOUT)

    def _request(self, link: Link, command: int) -> Message:
        number = link.next_id()
        fields: dict[str, list[object]] = {
            "Origin-Host": [self.local.host],
            "Origin-Realm": [self.local.realm],
        }
        if command == WATCHDOG:
            fields["Origin-State-Id"] = [self.local.state_id]
        else:
            fields["Disconnect-Cause"] = [self.cause]
        return Message(command, BASE, REQUEST, number, number, fields)

    def _do(self, act: Act, link: Link | None, message: Message | None) -> None:
        if act in _ON_OURS:
            link = self._i
        elif act in _ON_THEIRS:
            link = self._r
        match act:
            case Act.I_SND_CONN_REQ:
                self._connect()
            case Act.R_ACCEPT:
                self._r, self._cer = link, message
            case Act.ERROR:
                self._drop()
            case Act.ELECT:
                if wins(self.local.host, self.host):
                    self.feed(Event.WIN_ELECTION)
            case _ if link is not None:
                self._say(act, link, message)

    def _drop(self) -> None:
        for one in (self._i, self._r):
            if one is not None:
                one.close()
        self._i = self._r = None

    def _say(self, act: Act, link: Link, message: Message | None) -> None:
        match act:
            case Act.PROCESS:
                if message is not None and message.is_request:
                    self._dispatch(self, link, message)
            case Act.I_DISC | Act.R_DISC | Act.R_REJECT:
                link.close()
            case Act.I_SND_CER:
                self._asked_at = _now()
                link.send(capabilities.request(self.local, link.next_id()))
            case Act.I_SND_DPR | Act.R_SND_DPR:
                self._asked_at = _now()
                link.send(self._request(link, DISCONNECT))
            case Act.R_SND_CEA if self._cer is not None:
                link.send(answer(self._cer, self.local, Result.SUCCESS, _without_origin(self.local)))
            case Act.I_SND_DWA | Act.R_SND_DWA if message is not None:
                state: dict[str, list[object]] = {"Origin-State-Id": [self.local.state_id]}
                link.send(answer(message, self.local, Result.SUCCESS, state))
            case Act.I_SND_DPA | Act.R_SND_DPA if message is not None:
                self._asked_at = _now()
                link.send(answer(message, self.local, Result.SUCCESS))
            case _:
                raise RuntimeError(f"nobody does {act}")

    async def ask(self, message: Message, seconds: float) -> Message:
        """Ask the peer. Raises NotReached."""
        link = self.link
        if link is None or link.watchdog.suspect:
            raise NotReached(self.host)
        return await link.ask(message, seconds)


def _agreed(message: Message) -> bool:
    return message.number("Result-Code") == Result.SUCCESS and capabilities.common(message)


def _newer(cer: Message, before: Message | None) -> bool:
    now, then = cer.number("Origin-State-Id"), before.number("Origin-State-Id") if before is not None else None
    return now is not None and then is not None and now > then


def _without_origin(local: Local) -> dict[str, list[object]]:
    told = capabilities.told(local)
    return {name: values for name, values in told.items() if name not in {"Origin-Host", "Origin-Realm"}}


def _now() -> float:
    return asyncio.get_running_loop().time()
