"""A packet gateway's Diameter (RFC 6733, RFC 8506): only what it sends and understands, in code of its own."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator
from contextlib import suppress
from itertools import count

from linehouse.kernel.clock import MachineClock
from linehouse.simulators.gateway.doors import Service, Step, Told, Unanswered, Use

CAPABILITIES, WATCHDOG, DISCONNECT, CREDIT_CONTROL, RE_AUTH, ABORT = 257, 280, 282, 272, 258, 274
_CREDIT = 4
_TGPP = 10415
_SUCCESS, _LIMITED = 2001, 2002
_CONTEXT = {Service.DATA: "32251@3gpp.org", Service.VOICE: "32260@3gpp.org", Service.SMS: "32274@3gpp.org"}
_KIND = {Service.DATA: 421, Service.VOICE: 420, Service.SMS: 417}
_EIGHT = frozenset({421, 417})
_TYPE = {Step.START: 1, Step.UPDATE: 2, Step.FINISH: 3}
_PATIENCE = 10


def avp(code: int, value: bytes | int | str, vendor: int = 0) -> bytes:
    """One AVP with the M bit; a number has four octets, or eight where its kind has them."""
    if isinstance(value, int):
        value = struct.pack(">Q" if code in _EIGHT else ">I", value)
    elif isinstance(value, str):
        value = value.encode()
    head = struct.pack(">I", vendor) if vendor else b""
    length = 8 + len(head) + len(value)
    return struct.pack(">II", code, (0xC0 if vendor else 0x40) << 24 | length) + head + value + bytes(-length % 4)


def avps(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The AVPs of a message or a group: code and value."""
    at = 0
    while at + 8 <= len(data):
        code, rest = struct.unpack_from(">II", data, at)
        length = rest & 0xFFFFFF
        start = at + (12 if rest & 0x80000000 else 8)
        if length < start - at:
            return
        yield code, data[start : at + length]
        at += length + (-length % 4)


class Answer:
    """What came back: result, and of the first rating group what was granted and whether that was the last."""

    def __init__(self, body: bytes) -> None:
        """Read it."""
        self.result = self.service_result = 0
        self.granted = 0
        self.last = False
        for code, value in avps(body):
            if code == 268:
                self.result = int.from_bytes(value)
            elif code == 456:
                self._service(value)

    def _service(self, group: bytes) -> None:
        for code, value in avps(group):
            if code == 268:
                self.service_result = int.from_bytes(value)
            elif code == 430:
                self.last = True
            elif code == 431:
                self.granted = next((int.from_bytes(v) for c, v in avps(value) if c in _KIND.values()), 0)


class DiameterDoor:
    """A packet gateway's connection to a charging node; it comes up again by itself at the next request."""

    name = "diameter"

    def __init__(self, port: int, host: str, realm: str) -> None:
        """To that port of this machine, as that host, for subscribers of that realm."""
        self._port, self._host, self._realm = port, host, realm
        self._own = host.partition(".")[2]
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._numbers = count(1)
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._coming = asyncio.Lock()

    async def ask(self, use: Use, step: Step, used: int, wanted: int) -> Told:
        """Report what was used and ask for more. Raises Unanswered."""
        number, use.requests = use.requests, use.requests + 1
        kind = _KIND[use.service]
        units = avp(432, 10 if use.service is Service.DATA else 100)
        if step is not Step.FINISH:
            units += avp(437, avp(kind, wanted) if wanted else b"")
        if used:
            units += avp(446, avp(kind, used))
        body = (
            avp(263, f"{self._host};{use.name}")
            + self._origin()
            + avp(283, self._realm)
            + avp(258, _CREDIT)
            + avp(461, _CONTEXT[use.service])
            + avp(416, _TYPE[step])
            + avp(415, number)
            + avp(55, int(MachineClock().now().timestamp()) + 2_208_988_800)
            + avp(443, avp(450, 0) + avp(444, use.line.msisdn))
            + avp(443, avp(450, 1) + avp(444, use.line.imsi))
            + (avp(295, 1) if step is Step.FINISH else b"")
            + avp(455, 1)
            + avp(456, units)
            + avp(873, self._information(use), _TGPP)
        )
        answer = Answer(await self._request(CREDIT_CONTROL, _CREDIT, 0xC0, body))
        result = answer.result if answer.result != _SUCCESS else answer.service_result or _SUCCESS
        return Told(answer.granted, answer.last, "" if result in {_SUCCESS, _LIMITED} else str(result))

    def _information(self, use: Use) -> bytes:
        if use.service is Service.DATA:
            return avp(874, avp(18, use.line.imsi[:5], _TGPP) + avp(30, "internet"), _TGPP)
        return avp(876, avp(829, 0, _TGPP) + avp(832, f"tel:{use.party}", _TGPP), _TGPP)

    def _origin(self) -> bytes:
        return avp(264, self._host) + avp(296, self._own)

    async def close(self) -> None:
        """DPR, and hang up."""
        if self._writer is None:
            return
        with suppress(Unanswered):
            await self._send(DISCONNECT, 0, 0x80, self._origin() + avp(273, 0))
        self._writer.close()
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
        self._writer = None

    async def _request(self, command: int, application: int, flags: int, body: bytes) -> bytes:
        async with self._coming:
            if self._writer is None:
                await self._connect()
        return await self._send(command, application, flags, body)

    async def _connect(self) -> None:
        try:
            reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            raise Unanswered(f"Diameter: {error}") from None
        self._reading = asyncio.get_running_loop().create_task(self._read(reader))
        told = self._origin() + avp(257, b"\0\1\x7f\0\0\1") + avp(266, 0) + avp(269, "Simulated gateway")
        answer = Answer(await self._send(CAPABILITIES, 0, 0x80, told + avp(265, _TGPP) + avp(258, _CREDIT)))
        if answer.result != _SUCCESS:
            self._writer.close()
            self._writer = None
            raise Unanswered(f"Diameter: capabilities were answered {answer.result}")

    async def _send(self, command: int, application: int, flags: int, body: bytes) -> bytes:
        writer = self._writer
        if writer is None:
            raise Unanswered("Diameter: not connected")
        number = next(self._numbers)
        waiting: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        writer.write(_message(command, application, flags, number, body))
        try:
            async with asyncio.timeout(_PATIENCE):
                return await waiting
        except TimeoutError:
            raise Unanswered("Diameter: no answer") from None
        finally:
            self._waiting.pop(number, None)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                head = await reader.readexactly(20)
                body = await reader.readexactly((int.from_bytes(head[1:4])) - 20)
                command, number = int.from_bytes(head[5:8]), int.from_bytes(head[12:16])
                if not head[4] & 0x80:
                    waiting = self._waiting.get(number)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(body)
                elif self._writer is not None:
                    self._writer.write(self._answered(command, head, body))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writer = None
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(Unanswered("Diameter: the connection ended"))

    def _answered(self, command: int, head: bytes, body: bytes) -> bytes:
        """To a watchdog, a disconnect, a re-authorisation or an abort: yes. The next report comes soon anyway."""
        session = b"".join(avp(code, value) for code, value in avps(body) if code == 263)
        result = _SUCCESS if command in {WATCHDOG, DISCONNECT, ABORT} else _LIMITED
        told = session + avp(268, result) + self._origin()
        answer = _message(command, int.from_bytes(head[8:12]), head[4] & 0x40, 0, told)
        return answer[:12] + head[12:20] + answer[20:]


def _message(command: int, application: int, flags: int, number: int, body: bytes) -> bytes:
    head = struct.pack(">IIIII", 1 << 24 | 20 + len(body), flags << 24 | command, application, number, number)
    return head + body
