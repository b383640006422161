"""What happens at the doors: who asks, what is answered, how long it took. In memory, and written each second.

Nothing here waits for a database and nothing here is part of a charge: when there is more than fits, it is dropped
and counted. Sessions are kept whole or not at all while there is room for some of them only.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import asyncpg

from linehouse.charging.latency import BOUNDS, place_of
from linehouse.charging.node.masking import plain
from linehouse.charging.sql.observing import FORGET, PUT_NODE, PUT_PEERS, PUT_RATES, TRACE_COLUMNS
from linehouse.kernel.clock import MachineClock
from linehouse.platform.telemetry import charging as metrics
from linehouse.rating.session.answers import Answer

MOST = 600
"""Messages that are kept in memory, so those of one second that are written at most."""
ROOMY = 300
"""So many are kept without choosing; then one session in SAMPLE is, and whatever was refused."""
SAMPLE = 16
MOST_PEERS = 200
"""Peers that are counted apart; those after them are counted together."""
OTHERS = "others"
_MOST_RATES = 5_000
_AT_ONCE = 50
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
Way = Literal["in", "out"]
_Key = tuple[datetime, str, str, str, str, str]


@dataclass(slots=True)
class _Rate:
    requests: int = 0
    slowest: int = 0
    latency: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))


@dataclass(frozen=True, slots=True)
class _Peer:
    realm: str
    address: str
    state: str
    since: datetime
    detail: Mapping[str, Any]


class Observer:
    """What one process saw of one brand's charging. Every method returns at once and raises nothing."""

    def __init__(self, node: str = "", *, tracing: bool = True) -> None:
        """``node`` names the process; ``tracing``: whether messages are kept besides being counted."""
        self.node = node or node_name()
        self.kept = 0
        self.dropped = 0
        self._tracing = tracing
        self._began = MachineClock().now()
        self._traces: list[tuple[Any, ...]] = []
        self._rates: dict[_Key, _Rate] = {}
        self._touched: set[_Key] = set()
        self._known: set[tuple[str, str]] = set()
        self._peers: dict[tuple[str, str], _Peer] = {}
        self._peers_of_others: set[tuple[str, str]] = set()

    def message(
        self,
        *,
        door: str,
        peer: str,
        session: str,
        subscription: UUID | None,
        way: Way,
        name: str,
        result: str = "",
        micros: int = 0,
        detail: object = None,
        refused: str = "",
    ) -> None:
        """A message that came in or went out.

        ``name`` is the operation (``CCR-I``, ``update``), ``result`` the protocol's code; a message with one is an
        answer: it is counted, with the ``micros`` (microseconds) it took. ``refused`` is why the request or one of
        its services got nothing (`refused_of`, or a DomainError's code). ``detail`` is the content, a mapping or a
        msgspec Struct; personal values are masked before it is written.
        """
        peer = self._counted_as(door, peer)
        now = MachineClock().now()
        if result:
            self._count(now, door, peer, name, result, refused, micros)
        if not self._tracing:
            return
        waiting = len(self._traces)
        unlucky = waiting >= ROOMY and not refused and zlib.crc32(session.encode()) % SAMPLE != 0
        if waiting >= MOST or unlucky:
            self.dropped += 1
            metrics.dropped.inc()
            return
        self._traces.append(
            (now, self.node, door, peer, session[:400], subscription, way, name, result, refused, micros, detail)
        )

    def peer(
        self,
        *,
        door: str,
        peer: str,
        state: str,
        realm: str = "",
        address: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """The state of a peer that keeps a connection: ``open``, ``opening``, ``suspect``, ``closed`` and the like."""
        known = self._peers.get((door, peer))
        if known is None and len(self._peers) >= MOST_PEERS:
            return
        now = MachineClock().now()
        since = known.since if known is not None and known.state == state else now
        self._peers[door, peer] = _Peer(realm, address, state, since, detail or {})
        metrics.peers.labels(door, peer).set(1 if state == "open" else 0)

    async def flush(self, pool: asyncpg.Pool) -> None:
        """Write what there is. Raises what the database raises; counts and peers are then written next time."""
        traces, self._traces = self._traces, []
        touched, self._touched = self._touched, set()
        now = MachineClock().now()
        rows = []
        for place, one in enumerate(traces):
            if place % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
            rows.append((*one[:-1], json.dumps(plain(one[-1]) or {}, default=str, ensure_ascii=False)))
        try:
            async with pool.acquire() as connection, connection.transaction():
                # A lost second of observations is no loss; a charge never waits for them.
                await connection.execute("SET LOCAL synchronous_commit TO off")
                if rows:
                    await connection.copy_records_to_table("charging_trace", records=rows, columns=TRACE_COLUMNS)
                if touched:
                    await connection.execute(PUT_RATES, self.node, *self._rate_columns(sorted(touched)))
                if self._peers:
                    await connection.execute(PUT_PEERS, self.node, now, *self._peer_columns())
                await connection.execute(PUT_NODE, self.node, self._began, now, self.kept + len(rows), self.dropped)
        except BaseException:
            self.dropped += len(rows)
            self._touched |= touched
            raise
        self.kept += len(rows)
        self._forget_minutes(now)

    def _counted_as(self, door: str, peer: str) -> str:
        if (door, peer) in self._known:
            return peer
        if len(self._known) >= MOST_PEERS:
            return OTHERS
        self._known.add((door, peer))
        return peer

    def _count(self, now: datetime, door: str, peer: str, name: str, result: str, refused: str, micros: int) -> None:
        key = (now.replace(second=0, microsecond=0), door, peer, name, result, refused)
        rate = self._rates.get(key)
        if rate is None:
            if len(self._rates) >= _MOST_RATES:
                return
            rate = self._rates[key] = _Rate()
        rate.requests += 1
        rate.slowest = max(rate.slowest, micros)
        rate.latency[place_of(micros)] += 1
        self._touched.add(key)
        metrics.observe(door, name, result, refused, micros)

    def _rate_columns(self, keys: list[_Key]) -> list[list[Any]]:
        rates = [self._rates[key] for key in keys]
        told = [[key[place] for key in keys] for place in range(6)]
        latencies = ["{" + ",".join(map(str, rate.latency)) + "}" for rate in rates]
        return [*told, [rate.requests for rate in rates], [rate.slowest for rate in rates], latencies]

    def _peer_columns(self) -> list[list[Any]]:
        rows = [
            (door, name, one.realm, one.address, one.state, one.since, json.dumps(one.detail, default=str))
            for (door, name), one in sorted(self._peers.items())
        ]
        return [[row[place] for row in rows] for place in range(7)]

    def _forget_minutes(self, now: datetime) -> None:
        """Counts of a minute that is over and written are the database's."""
        over = now - timedelta(minutes=2)
        for key in [key for key in self._rates if key[0] < over and key not in self._touched]:
            del self._rates[key]


def refused_of(answer: Answer) -> str:
    """Why an answer, or the first of its services that got nothing, was refused; empty: it was not."""
    if answer.refusal is not None:
        return answer.refusal.value
    return next((one.refusal.value for one in answer.services if one.refusal is not None), "")


async def forget(pool: asyncpg.Pool, days: int) -> None:
    """Delete what is older than so many days, by the machine's clock."""
    before = MachineClock().now() - timedelta(days=days)
    for statement in FORGET:
        while await pool.execute(statement.format(before="$1"), before) != "DELETE 0":
            pass


def node_name() -> str:
    """The name of this process among all that charge: host, process number, and when, as numbers come again."""
    began = MachineClock().now() - _EPOCH
    return f"{socket.gethostname()}/{os.getpid()}/{began // timedelta(milliseconds=1) & 0xFFFFFF:06x}"
