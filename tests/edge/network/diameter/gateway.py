"""A gateway for tests: a Diameter client that says what it is told to say, and waits for the answer."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import Any

from linehouse.edge.network.diameter.codec import PROXIABLE, REQUEST, RETRANSMITTED, Message, decode, encode

REALM = "gw.example"
HOST = f"pgw1.{REALM}"
OURS = "charging.linehouse.invalid"


OPENED: list[Gateway] = []


async def close_all() -> None:
    """Close every connection of the test."""
    while OPENED:
        await OPENED.pop().close()


class Gateway:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self.reader = reader
        self.writer = writer
        self.host = host
        self.realm = host.partition(".")[2]
        self._number = 0
        OPENED.append(self)

    @classmethod
    async def connect(cls, port: int, host: str = HOST, tls: ssl.SSLContext | None = None) -> Gateway:
        name = OURS if tls is not None else None
        return cls(*await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=name), host)

    @classmethod
    async def greet(cls, port: int, host: str = HOST, tls: ssl.SSLContext | None = None, state: int = 1) -> Gateway:
        made = await cls.connect(port, host, tls)
        answer = await made.ask(257, made.cer(state), application=0)
        assert answer.number("Result-Code") == 2001, answer
        return made

    def cer(self, state: int = 1) -> dict[str, list[object]]:
        return {"Vendor-Id": [0], "Product-Name": ["test"], "Auth-Application-Id": [4], "Origin-State-Id": [state]}

    def request(self, command: int, fields: dict[str, list[object]], application: int = 4, flags: int = 0) -> Message:
        self._number += 1
        given: dict[str, list[object]] = {"Origin-Host": [self.host], "Origin-Realm": [self.realm], **fields}
        flags |= REQUEST | (PROXIABLE if application else 0)
        return Message(command, application, flags, self._number, self._number, given)

    async def ask(
        self, command: int, fields: dict[str, list[object]], *, application: int = 4, flags: int = 0
    ) -> Message:
        message = self.request(command, fields, application, flags)
        self.send(message)
        while True:
            answer = await self.read()
            if not answer.is_request:
                assert (answer.hop_by_hop, answer.end_to_end) == (message.hop_by_hop, message.end_to_end)
                return answer

    async def ccr(self, kind: int, number: int, *, flags: int = 0, **fields: object) -> Message:
        """A credit control request; fields by their names with underscores for hyphens."""
        return await self.ask(272, self.credit(kind, number, **fields), flags=flags)

    async def ccr_again(self, kind: int, number: int, **fields: object) -> Message:
        """The same with the T bit."""
        return await self.ccr(kind, number, flags=RETRANSMITTED, **fields)

    def credit(self, kind: int, number: int, **fields: object) -> dict[str, list[object]]:
        given: dict[str, list[object]] = {
            "Session-Id": [f"{self.host};1;1"],
            "Destination-Realm": ["linehouse.invalid"],
            "Auth-Application-Id": [4],
            "Service-Context-Id": ["32251@3gpp.org"],
            "CC-Request-Type": [kind],
            "CC-Request-Number": [number],
        }
        for name, value in fields.items():
            given[name.replace("_", "-")] = value if isinstance(value, list) else [value]
        return {name: values for name, values in given.items() if values != [None]}

    def send(self, message: Message) -> None:
        self.send_octets(encode(message))

    def send_octets(self, octets: bytes) -> None:
        self.writer.write(octets)

    async def read(self) -> Message:
        async with asyncio.timeout(10):
            head = await self.reader.readexactly(4)
            return decode(head + await self.reader.readexactly(int.from_bytes(head[1:], "big") - 4))

    async def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            with suppress(OSError):
                await self.writer.wait_closed()


def subscriber(msisdn: str) -> dict[str, list[object]]:
    return {"Subscription-Id-Type": [0], "Subscription-Id-Data": [msisdn]}


def unit(**amounts: object) -> dict[str, list[object]]:
    """Units by short names."""
    names = {
        "total": "CC-Total-Octets",
        "coming": "CC-Input-Octets",
        "going": "CC-Output-Octets",
        "time": "CC-Time",
        "units": "CC-Service-Specific-Units",
        "money": "CC-Money",
        "side": "Tariff-Change-Usage",
        "reason": "Reporting-Reason",
    }
    return {names[name]: [amount] for name, amount in amounts.items()}


def service(
    rating_group: int | None = None,
    want: dict[str, list[object]] | None = None,
    used: dict[str, list[object]] | None = None,
    **more: list[Any],
) -> dict[str, list[object]]:
    given: dict[str, list[object]] = {}
    if rating_group is not None:
        given["Rating-Group"] = [rating_group]
    if want is not None:
        given["Requested-Service-Unit"] = [want]
    if used is not None:
        given["Used-Service-Unit"] = [used]
    return {**given, **{name.replace("_", "-"): value for name, value in more.items()}}


def call(party: str, role: int = 0) -> dict[str, list[object]]:
    """Service-Information of a voice call."""
    name = "Called-Party-Address" if role == 0 else "Calling-Party-Address"
    return {"IMS-Information": [{"Role-Of-Node": [role], name: [party], "Node-Functionality": [6]}]}
