"""Callers that keep so many connections open and ask again as soon as they are answered; their times are measured."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter

Bytes = Callable[[int], bytes]


def request(method: str, path: str, host: str, token: str, body: bytes = b"") -> bytes:
    """An HTTP/1.1 request as it goes over the line."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def run(port: int, make: Bytes, *, connections: int, count: int, expected: bytes) -> tuple[float, list[float]]:
    """Send ``count`` requests over the connections; how long that took in all, and each one's time, in seconds.

    Raises RuntimeError for an answer without the expected status.
    """
    return asyncio.run(_run(port, make, connections, count, expected))


async def _run(port: int, make: Bytes, connections: int, count: int, expected: bytes) -> tuple[float, list[float]]:
    times: list[float] = []
    numbers = iter(range(count))

    async def caller() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for number in numbers:
                began = perf_counter()
                writer.write(make(number))
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
                body = await reader.readexactly(length)
                times.append(perf_counter() - began)
                if not head.startswith(b"HTTP/1.1 " + expected):
                    raise RuntimeError(head.decode() + body[:500].decode())
        finally:
            writer.close()

    began = perf_counter()
    await asyncio.gather(*(caller() for _ in range(connections)))
    return perf_counter() - began, times
