"""One connection: octets to messages and back, over asyncio. What a message means is its owner's to know."""

from __future__ import annotations

import asyncio
from typing import Protocol

from linehouse.edge.network.diameter.codec import Message, decode, encode, length_of
from linehouse.edge.network.diameter.results import Broken
from linehouse.edge.network.diameter.watchdog import Watchdog

_LENGTH_IS_KNOWN = 4
_MOST_UNREAD = 16 << 20
"""Octets that wait for a peer that does not read; then it is cut off."""


class NotReached(Exception):
    """The peer went before it answered."""


class Owner(Protocol):
    """Who is told of a connection."""

    def opened(self, link: Link) -> None:
        """It is there."""
        ...

    def received(self, link: Link, message: Message) -> None:
        """A message came."""
        ...

    def lost(self, link: Link) -> None:
        """It is gone."""
        ...


class Link(asyncio.Protocol):
    """One connection of a peer. ``initiated``: we opened it."""

    def __init__(self, owner: Owner, tw: float, *, initiated: bool = False) -> None:
        """Tell that owner."""
        self.owner = owner
        self.initiated = initiated
        self.peer = ""
        self.address = ""
        self.tls = False
        self.closed = False
        self.waiting: dict[int, asyncio.Future[Message]] = {}
        self._tw = tw
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._out: list[bytes] = []
        self._hop_by_hop = 0
        self.watchdog = Watchdog("", self._loop.time(), tw)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream is needed")
        self._transport = transport
        name = transport.get_extra_info("peername") or ("",)
        self.address = str(name[0])
        self.tls = transport.get_extra_info("ssl_object") is not None
        self.watchdog = Watchdog(f"{self.address}:{name[-1]}", self._loop.time(), self._tw)
        self.owner.opened(self)

    def certificate_names(self) -> frozenset[str]:
        """The host names in the certificate that the peer showed; none when it showed none."""
        sealed = self._transport.get_extra_info("ssl_object") if self._transport is not None else None
        shown = sealed.getpeercert() if sealed is not None else None
        return frozenset(value.lower() for kind, value in (shown or {}).get("subjectAltName", ()) if kind == "DNS")

    def data_received(self, data: bytes) -> None:
        """Octets came: every whole message is told."""
        buffer = self._buffer
        buffer += data
        at = 0
        try:
            while len(buffer) - at >= _LENGTH_IS_KNOWN:
                length = length_of(buffer, at)
                if len(buffer) - at < length:
                    break
                message = decode(bytes(buffer[at : at + length]))
                at += length
                self._told(message)
                if self.closed:
                    return
        except Broken:
            # Nobody knows where the next message begins.
            self.close()
            return
        del buffer[:at]

    def _told(self, message: Message) -> None:
        self.watchdog.heard(self._loop.time(), answer=not message.is_request and message.command == 280)
        if not message.is_request:
            waiting = self.waiting.pop(message.hop_by_hop, None)
            if waiting is not None:
                if not waiting.done():
                    waiting.set_result(message)
                return
        self.owner.received(self, message)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone: whoever waits for an answer is told."""
        self.closed = True
        for waiting in self.waiting.values():
            if not waiting.done():
                waiting.set_exception(NotReached(self.peer))
        self.waiting.clear()
        self.owner.lost(self)

    def send(self, message: Message) -> None:
        """Send; messages of one turn of the loop go out together."""
        if self.closed or self._transport is None:
            return
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(encode(message))

    def next_id(self) -> int:
        """A hop-by-hop identifier that nobody waits for."""
        self._hop_by_hop = (self._hop_by_hop + 1) & 0xFFFF_FFFF
        return self._hop_by_hop

    async def ask(self, message: Message, seconds: float) -> Message:
        """Send a request and wait for its answer. Raises NotReached when it goes, or no answer comes in time."""
        if self.closed:
            raise NotReached(self.peer)
        message.hop_by_hop = self.next_id()
        waiting: asyncio.Future[Message] = self._loop.create_future()
        self.waiting[message.hop_by_hop] = waiting
        self.send(message)
        try:
            async with asyncio.timeout(seconds):
                return await waiting
        except TimeoutError:
            raise NotReached(self.peer) from None
        finally:
            self.waiting.pop(message.hop_by_hop, None)

    def _flush(self) -> None:
        out, self._out = self._out, []
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(out[0] if len(out) == 1 else b"".join(out))
            if self._transport.get_write_buffer_size() > _MOST_UNREAD:
                self._transport.abort()

    def close(self) -> None:
        """Close, after what was sent."""
        self.closed = True
        if self._transport is not None:
            if self._out:
                self._flush()
            self._transport.close()
