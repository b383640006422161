"""Charging clients in a process of their own: each asks again as soon as it is answered, or at a steady rate.

Told on standard input what to do (`Work` as JSON), it says on standard output how soon it was answered. The JSON door
and Nchf are spoken in HTTP/1.1, which costs a generator in Python the least; Diameter with our own codec.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from time import perf_counter, process_time

from load import request

PER_PEER = 8
"""Requests under way on one Diameter connection; an own connection for each is no gateway's habit."""
CALLED = "+12125550123"
SECONDS = 61


@dataclass(frozen=True, slots=True)
class Work:
    """What to do: so many debits (or for so long), of random lines among so many, through a door."""

    door: str
    port: int
    connections: int
    count: int
    lines: int
    seed: int
    token: str = ""
    host: str = ""
    first: int = 31_600_000_001
    seconds: int = 0
    rate: int = 0
    realm: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """How it went: how many were answered in how long, and how soon, all in seconds."""

    answered: int
    seconds: float
    processor: float
    p50: float
    p95: float
    p99: float
    longest: float


Ask = Callable[[int, str], Awaitable[None]]
"""One debit: its number and whose; returns when it is answered as it should be."""


def main() -> None:
    """Read the work, do it, say how it went."""
    work = Work(**json.loads(sys.stdin.readline()))
    sys.stdout.write(json.dumps(asdict(asyncio.run(_done(work)))))


async def _done(work: Work) -> Done:
    askers = await {"json": _over_json, "nchf": _over_nchf, "diameter": _over_diameter}[work.door](work)
    places = _places(work.seed, work.lines)
    times: list[float] = []
    began = perf_counter()
    numbers = iter(range(work.count or sys.maxsize))

    async def caller(ask: Ask) -> None:
        for number in numbers:
            due = perf_counter()
            if work.rate:
                # Time counts from when it was due, so that a server that stalls is not spared what waits behind.
                due = began + number / work.rate
                await asyncio.sleep(max(0.0, due - perf_counter()))
            if work.seconds and due - began > work.seconds:
                return
            line = str(work.first + next(places))
            await ask(number, line)
            times.append(perf_counter() - due)

    await asyncio.gather(*map(caller, askers))
    seconds = perf_counter() - began
    times.sort()

    def at(share: float) -> float:
        return times[min(len(times) - 1, int(len(times) * share))]

    return Done(len(times), seconds, process_time(), at(0.5), at(0.95), at(0.99), times[-1])


def _places(seed: int, lines: int) -> Iterator[int]:
    """Whose turn it is: chance that is the same in every run with this seed (Knuth's MMIX generator)."""
    state = seed
    while True:
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) & 0xFFFF_FFFF_FFFF_FFFF
        yield (state >> 33) % lines


async def _over_json(work: Work) -> list[Ask]:
    def body(number: int, line: str) -> bytes:
        service = {"usageType": "voice", "otherParty": CALLED, "used": [{"quantity": f"{SECONDS} s"}]}
        asked = {"session": f"{work.seed}-{number}", "key": "1", "msisdn": f"+{line}", "services": [service]}
        return request("POST", "/charging/v1/once", work.host, work.token, json.dumps(asked).encode())

    return [await _http(work, body, b"200", b'"charged":{"value":"1.00"') for _ in range(work.connections)]


async def _over_nchf(work: Work) -> list[Ask]:
    def body(number: int, line: str) -> bytes:
        used = {
            "localSequenceNumber": 1, "time": SECONDS, "quotaManagementIndicator": "ONLINE_CHARGING",
            "triggerTimestamp": "2026-11-01T08:00:00Z",
        }  # fmt: skip
        asked = {
            "subscriberIdentifier": f"msisdn-{line}",
            "nfConsumerIdentification": {"nodeFunctionality": "IMS_Node"},
            "invocationTimeStamp": "2026-11-01T08:00:00Z",
            "invocationSequenceNumber": 0,
            "chargingId": work.seed * 1_000_000 + number,
            "oneTimeEvent": True,
            "oneTimeEventType": "PEC",
            "multipleUnitUsage": [{"ratingGroup": 100, "usedUnitContainer": [used]}],
            "iMSChargingInformation": {
                "iMSNodeFunctionality": "S_CSCF",
                "roleOfNode": "ORIGINATING",
                "calledPartyAddress": f"tel:{CALLED}",
            },
        }  # fmt: skip
        path = "/nchf-convergedcharging/v3/chargingdata"
        return request("POST", path, work.host, work.token, json.dumps(asked).encode())

    return [await _http(work, body, b"201", b"multipleUnitInformation") for _ in range(work.connections)]


async def _http(work: Work, make: Callable[[int, str], bytes], status: bytes, holds: bytes) -> Ask:
    reader, writer = await asyncio.open_connection("127.0.0.1", work.port)

    async def ask(number: int, line: str) -> None:
        writer.write(make(number, line))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 " + status) or holds not in body:
            raise RuntimeError(head.decode() + body[:800].decode())

    return ask


async def _over_diameter(work: Work) -> list[Ask]:
    from diameter_caller import Caller

    peers = [
        await Caller.connected(f"pgw{place}.gw.example", "gw.example", work.port, work.realm)
        for place in range(-(-work.connections // PER_PEER))
    ]

    def over(peer: Caller) -> Ask:
        async def ask(number: int, line: str) -> None:
            await peer.debit(f"{work.seed};{number}", line, CALLED, SECONDS)

        return ask

    return [over(peers[place // PER_PEER]) for place in range(work.connections)]


if __name__ == "__main__":
    main()
