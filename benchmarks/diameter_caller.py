"""A Diameter client for benchmarks, on our own codec: many requests under way on one connection."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count

from linehouse.edge.network.diameter.avp import Address, Fields
from linehouse.edge.network.diameter.codec import PROXIABLE, REQUEST, Message, decode, encode, length_of
from linehouse.kernel.clock import MachineClock

CAPABILITIES, WATCHDOG, CREDIT_CONTROL = 257, 280, 272
APPLICATION = 4
CONTEXT = "32260@3gpp.org"


class Refused(Exception):
    """The node answered otherwise than it should."""


class Caller:
    """One connection, and who waits for which answer."""

    def __init__(
        self, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], host: str, realm: str, destination: str
    ) -> None:
        """Over a connection that is open."""
        self._reader, self._writer = streams
        self._host, self._realm, self._destination = host, realm, destination
        self._began = MachineClock().now().replace(microsecond=0)
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._numbers = count(1)
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    async def connected(cls, host: str, realm: str, port: int, destination: str) -> Caller:
        """A connection whose capabilities were exchanged. Raises Refused."""
        one = cls(await asyncio.open_connection("127.0.0.1", port), host, realm, destination)
        one._reading = asyncio.get_running_loop().create_task(one._read())
        told: Fields = {
            "Origin-Host": [host], "Origin-Realm": [realm], "Host-IP-Address": [Address(1, b"\x7f\0\0\1")],
            "Vendor-Id": [0], "Product-Name": ["Benchmark"], "Supported-Vendor-Id": [10415],
            "Auth-Application-Id": [APPLICATION],
        }  # fmt: skip
        answer = await one._asked(CAPABILITIES, 0, REQUEST, told)
        if answer.number("Result-Code") != 2001:
            raise Refused(f"capabilities: {answer.fields}")
        return one

    async def debit(self, session: str, line: str, called: str, seconds: int) -> None:
        """A call that is debited in one piece. Raises Refused."""
        fields: Fields = {
            "Session-Id": [f"{self._host};{session}"],
            "Origin-Host": [self._host],
            "Origin-Realm": [self._realm],
            "Destination-Realm": [self._destination],
            "Auth-Application-Id": [APPLICATION],
            "Service-Context-Id": [CONTEXT],
            "CC-Request-Type": [4],
            "CC-Request-Number": [0],
            "Event-Timestamp": [self._began],
            "Subscription-Id": [{"Subscription-Id-Type": [0], "Subscription-Id-Data": [line]}],
            "Requested-Action": [0],
            "Multiple-Services-Indicator": [1],
            "Multiple-Services-Credit-Control": [
                {"Rating-Group": [100], "Requested-Service-Unit": [{"CC-Time": [seconds]}]}
            ],
            "Service-Information": [
                {"IMS-Information": [{"Role-Of-Node": [0], "Called-Party-Address": [f"tel:{called}"]}]}
            ],
        }
        answer = await self._asked(CREDIT_CONTROL, APPLICATION, REQUEST | PROXIABLE, fields)
        services = answer.fields.get("Multiple-Services-Credit-Control", [])
        granted = [one.get("Granted-Service-Unit") for one in services if isinstance(one, dict)]
        if answer.number("Result-Code") != 2001 or granted != [[{"CC-Time": [seconds]}]]:
            raise Refused(f"{answer.fields}")

    async def close(self) -> None:
        """Hang up."""
        if self._reading is not None:
            self._reading.cancel()
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _asked(self, command: int, application: int, flags: int, fields: Fields) -> Message:
        number = next(self._numbers)
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._writer.write(encode(Message(command, application, flags, number, number, fields)))
        return await answer

    async def _read(self) -> None:
        try:
            while True:
                head = await self._reader.readexactly(4)
                message = decode(head + await self._reader.readexactly(length_of(head) - 4))
                if not message.is_request:
                    self._waiting.pop(message.hop_by_hop).set_result(message)
                elif message.command == WATCHDOG:
                    alive: Fields = {
                        "Result-Code": [2001], "Origin-Host": [self._host], "Origin-Realm": [self._realm],
                    }  # fmt: skip
                    self._writer.write(encode(Message(WATCHDOG, 0, 0, message.hop_by_hop, message.end_to_end, alive)))
        except (OSError, asyncio.IncompleteReadError) as error:
            for waiting in self._waiting.values():
                waiting.set_exception(Refused(f"the connection ended: {error}"))
