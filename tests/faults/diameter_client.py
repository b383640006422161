"""A gateway that remembers every answer, and sends a request again with the T flag, at any node, until there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from linehouse.edge.network.diameter.avp import Fields
from linehouse.edge.network.diameter.codec import PROXIABLE, REQUEST, RETRANSMITTED, Message, decode, encode, length_of
from tests.faults.client import PATIENCE, RETRY, Chance, Heard

HOST, REALM = "pgw1.gw.example", "gw.example"
MEGABYTE = 1_000_000
CREDIT_CONTROL, CAPABILITIES = 272, 257
INITIAL, UPDATE, TERMINATION = 1, 2, 3
_TX = 5.0
"""Seconds that it waits for an answer before it sends again."""
_AGAIN = frozenset({3002, 3004, 5012})
"""Results that promise nothing: somebody has to be asked again."""


class Lost(Exception):
    """No answer came."""


class Link:
    """The connection to one node; it is made again when it is needed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._numbers = count(1)
        self._coming = asyncio.Lock()

    async def ask(self, command: int, application: int, flags: int, end: int, fields: Fields) -> Message:
        """One request, one answer. Raises Lost."""
        async with self._coming:
            if self._writer is None:
                await self._connect()
        return await self._send(command, application, flags, end, fields)

    async def _connect(self) -> None:
        try:
            reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            raise Lost(str(error)) from None
        self._reading = asyncio.get_running_loop().create_task(self._read(reader))
        told: Fields = {"Vendor-Id": [0], "Product-Name": ["test"], "Auth-Application-Id": [4], **_origin()}
        answer = await self._send(CAPABILITIES, 0, REQUEST, 0, told)
        if answer.number("Result-Code") != 2001:
            await self.close()
            raise Lost(f"capabilities: {answer.fields}")

    async def _send(self, command: int, application: int, flags: int, end: int, fields: Fields) -> Message:
        number = next(self._numbers)
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        if self._writer is None:
            raise Lost("it is gone")
        self._waiting[number] = answer
        self._writer.write(encode(Message(command, application, flags, number, end or number, fields)))
        try:
            async with asyncio.timeout(_TX):
                return await answer
        except TimeoutError:
            raise Lost("no answer in time") from None
        finally:
            self._waiting.pop(number, None)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                head = await reader.readexactly(4)
                message = decode(head + await reader.readexactly(length_of(head) - 4))
                waiting = self._waiting.get(message.hop_by_hop)
                if not message.is_request and waiting is not None and not waiting.done():
                    waiting.set_result(message)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            if self._writer is not None:
                self._writer.close()
            self._writer = None
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(Lost("the connection ended"))

    async def close(self) -> None:
        """Hang up."""
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading


def _origin() -> Fields:
    return {"Origin-Host": [HOST], "Origin-Realm": [REALM]}


@dataclass
class DiameterClient:
    """Several data sessions at once on any of the lines, over all nodes in turn. Choices come from the seed."""

    ports: Sequence[int]
    seed: int
    first: int = 0
    """The number of the first conversation: two clients that number alike would speak of the same sessions."""
    heard: list[Heard] = field(default_factory=list)
    lost: int = 0
    """Requests whose answer was lost at least once."""
    used: dict[str, int] = field(default_factory=dict)
    """Octets that were reported and answered, by line."""
    _ends: Any = field(default_factory=lambda: count(1))

    async def talk(self, lines: Sequence[str], conversations: int, calls: int) -> None:
        """Every conversation has that many sessions, one after the other."""
        links = [Link(port) for port in self.ports]
        try:
            await asyncio.gather(*(self._converse(links, lines, place, calls) for place in range(conversations)))
        finally:
            for link in links:
                await link.close()

    async def _converse(self, links: Sequence[Link], lines: Sequence[str], place: int, calls: int) -> None:
        chance = Chance(f"{self.seed}/{place}")
        for session in range(calls):
            line = chance.choice(lines)
            name = f"{HOST};{self.first + place};{session}"
            await self._ask(links, chance, line, name, INITIAL, 0, 0)
            updates = chance.below(4)
            for number in range(1, updates + 1):
                await self._ask(links, chance, line, name, UPDATE, number, chance.below(8) * MEGABYTE)
            if chance.happens(8):
                await self._ask(links, chance, line, name, TERMINATION, updates + 1, chance.below(5) * MEGABYTE)

    async def _ask(
        self, links: Sequence[Link], chance: Chance, line: str, name: str, kind: int, number: int, used: int
    ) -> None:
        service: Fields = {"Rating-Group": [10]}
        if kind != TERMINATION:
            service["Requested-Service-Unit"] = [{"CC-Total-Octets": [10 * MEGABYTE]}]
        if used:
            service["Used-Service-Unit"] = [{"CC-Total-Octets": [used]}]
        fields: Fields = {
            "Session-Id": [name],
            **_origin(),
            "Destination-Realm": ["robin.example"],
            "Auth-Application-Id": [4],
            "Service-Context-Id": ["32251@3gpp.org"],
            "CC-Request-Type": [kind],
            "CC-Request-Number": [number],
            "Subscription-Id": [{"Subscription-Id-Type": [0], "Subscription-Id-Data": [line]}],
            "Multiple-Services-Credit-Control": [service],
        }
        if kind == TERMINATION:
            fields["Termination-Cause"] = [1]
        end = next(self._ends)
        await self._send(links, chance, line, fields, end, used)
        if chance.happens(2):
            # A repeat that nobody needs, perhaps at the other node.
            await self._send(links, chance, line, fields, end, 0, repeated=True)

    async def _send(
        self,
        links: Sequence[Link],
        chance: Chance,
        line: str,
        fields: Fields,
        end: int,
        used: int,
        *,
        repeated: bool = False,
    ) -> None:
        """Until it is answered."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        flags = REQUEST | PROXIABLE | (RETRANSMITTED if repeated else 0)
        failed = False
        while True:
            try:
                answer = await chance.choice(links).ask(CREDIT_CONTROL, 4, flags, end, fields)
                if answer.number("Result-Code") not in _AGAIN:
                    break
                why = str(answer.fields)
            except Lost as error:
                why = str(error)
            flags |= RETRANSMITTED
            if not failed:
                failed = True
                self.lost += 1
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"no answer to {fields}: {why}")
            await asyncio.sleep(RETRY)
        result = answer.number("Result-Code") or 0
        told = {"services": [], "told": repr(answer.fields.get("Multiple-Services-Credit-Control"))}
        key = f"{fields['CC-Request-Number'][0]}"
        self.heard.append(
            Heard(
                f"+{line}",
                str(fields["Session-Id"][0]),
                key,
                "ccr",
                dict(fields),
                200 if result == 2001 else result,
                told,
            )
        )
        self.used[line] = self.used.get(line, 0) + used
