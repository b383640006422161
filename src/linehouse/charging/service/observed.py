"""What was observed at the doors of charging, for who looks after them: processes, peers, rates, latency, messages.

Times here are the machine's: a network does not live by the business clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from linehouse.charging.latency import added, percentile
from linehouse.charging.sql.observing import FORGET
from linehouse.kernel.clock import MachineClock
from linehouse.platform.sql import brand_cursor, dict_rows

ALIVE = timedelta(seconds=10)
"""A process that has not written for so long is not alive."""


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """A charging process; ``kept`` and ``dropped`` are messages since it began."""

    node: str
    started_at: datetime
    seen_at: datetime
    alive: bool
    kept: int
    dropped: int


@dataclass(frozen=True, slots=True)
class PeerSeen:
    """A network element with a connection. The state of one whose process is gone is ``lost``."""

    door: str
    peer: str
    node: str
    realm: str
    address: str
    state: str
    since: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Minute:
    """What all doors answered in a minute."""

    minute: datetime
    answered: int
    refused: int


@dataclass(frozen=True, slots=True)
class Speed:
    """The answers of one door, or of one peer of it: how many, and how fast (microseconds, upper bounds)."""

    door: str
    peer: str
    requests: int
    refused: int
    p50: int | None
    p95: int | None
    p99: int | None
    slowest: int


@dataclass(frozen=True, slots=True)
class Coded:
    """Answers of one operation with one result code; ``refused`` says why it got nothing, where it did."""

    door: str
    name: str
    result: str
    refused: str
    requests: int


@dataclass(frozen=True, slots=True)
class Traced:
    """A message, personal values masked."""

    id: int
    at: datetime
    node: str
    door: str
    peer: str
    session: str
    subscription_id: UUID | None
    way: str
    name: str
    result: str
    refused: str
    micros: int
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Watched:
    """The doors of charging over the last minutes. ``per_second`` is a tenth of requests per second, of one minute."""

    now: datetime
    nodes: Sequence[NodeSeen]
    peers: Sequence[PeerSeen]
    minutes: Sequence[Minute]
    speeds: Sequence[Speed]
    results: Sequence[Coded]
    whole: Speed
    tenths_per_second: int

    @property
    def alive(self) -> int:
        """Processes that are alive."""
        return sum(1 for one in self.nodes if one.alive)

    @property
    def open_peers(self) -> int:
        """Peers whose connection is open."""
        return sum(1 for one in self.peers if one.state == "open")


@dataclass(frozen=True, slots=True)
class SessionFound:
    """A session in the list of sessions."""

    session: str
    door: str
    subscription_id: UUID
    subscription: str
    began_at: datetime
    closed_at: datetime | None


def watch(minutes: int = 30) -> Watched:
    """What the doors did in the last minutes, by the machine's clock."""
    now = MachineClock().now()
    this_minute = now.replace(second=0, microsecond=0)
    since = this_minute - timedelta(minutes=minutes - 1)
    rows = _rows(
        "SELECT minute, door, peer, name, result, refused, requests, slowest, latency FROM charging_rate"
        " WHERE minute >= %s",
        [since],
    )
    nodes = _nodes(now)
    return Watched(
        now=now,
        nodes=nodes,
        peers=_peers({one.node for one in nodes if one.alive}),
        minutes=_minutes(rows, [since + timedelta(minutes=place) for place in range(minutes)]),
        speeds=[_speed(door, peer, mine) for (door, peer), mine in sorted(_grouped(rows).items())],
        results=_results(rows),
        whole=_speed("", "", rows),
        tenths_per_second=_tenths(rows, now, this_minute),
    )


def _nodes(now: datetime) -> list[NodeSeen]:
    rows = _rows(
        "SELECT node, started_at, seen_at, kept, dropped FROM charging_node ORDER BY seen_at DESC LIMIT 50", []
    )
    return [
        NodeSeen(
            row["node"], row["started_at"], row["seen_at"], now - row["seen_at"] < ALIVE, row["kept"], row["dropped"]
        )
        for row in rows
    ]


def _peers(alive: set[str]) -> list[PeerSeen]:
    rows = _rows(
        "SELECT door, peer, node, realm, address, state, since, detail FROM charging_peer ORDER BY door, peer, node", []
    )
    return [
        PeerSeen(
            row["door"],
            row["peer"],
            row["node"],
            row["realm"],
            row["address"],
            row["state"] if row["node"] in alive else "lost",
            row["since"],
            _json(row["detail"]),
        )
        for row in rows
    ]


def _minutes(rows: Sequence[Mapping[str, Any]], minutes: Sequence[datetime]) -> list[Minute]:
    answered: dict[datetime, int] = {}
    refused: dict[datetime, int] = {}
    for row in rows:
        told = refused if row["refused"] else answered
        told[row["minute"]] = told.get(row["minute"], 0) + row["requests"]
    return [Minute(one, answered.get(one, 0), refused.get(one, 0)) for one in minutes]


def _grouped(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["door"], row["peer"]), []).append(row)
    return found


def _speed(door: str, peer: str, rows: Sequence[Mapping[str, Any]]) -> Speed:
    latency = added(row["latency"] for row in rows)
    return Speed(
        door=door,
        peer=peer,
        requests=sum(row["requests"] for row in rows),
        refused=sum(row["requests"] for row in rows if row["refused"]),
        p50=percentile(latency, 50),
        p95=percentile(latency, 95),
        p99=percentile(latency, 99),
        slowest=max((row["slowest"] for row in rows), default=0),
    )


def _results(rows: Sequence[Mapping[str, Any]]) -> list[Coded]:
    counts: dict[tuple[str, str, str, str], int] = {}
    for row in rows:
        key = (row["door"], row["name"], row["result"], row["refused"])
        counts[key] = counts.get(key, 0) + row["requests"]
    return [Coded(*key, requests) for key, requests in sorted(counts.items())]


def _tenths(rows: Sequence[Mapping[str, Any]], now: datetime, this_minute: datetime) -> int:
    """Tenths of requests per second since the minute before this one began."""
    since = this_minute - timedelta(minutes=1)
    requests = sum(row["requests"] for row in rows if row["minute"] >= since)
    return int(requests * 10 // max(int((now - since).total_seconds()), 1))


_TRACE = (
    "SELECT id, at, node, door, peer, session, subscription_id, way, name, result, refused, micros, detail"
    " FROM charging_trace WHERE "
)


def refused_lately(*, offset: int = 0, limit: int = 25, refused: str = "") -> tuple[list[Traced], int]:
    """Messages that refused something, newest first, and how many there are; ``refused``: only for this reason."""
    where = "refused <> ''" + (" AND refused = %s" if refused else "")
    params = [refused] if refused else []
    [counted] = _rows(f"SELECT count(*) AS found FROM charging_trace WHERE {where}", params)  # noqa: S608
    rows = _rows(f"{_TRACE}{where} ORDER BY id DESC OFFSET %s LIMIT %s", [*params, offset, limit])
    return [_traced(row) for row in rows], counted["found"]


def reasons_lately() -> list[str]:
    """Why anything was refused in the time that is kept."""
    rows = _rows("SELECT DISTINCT refused FROM charging_rate WHERE refused <> '' ORDER BY refused", [])
    return [row["refused"] for row in rows]


def messages_of(session: str, most: int = 200) -> list[Traced]:
    """The messages of a session that were kept, oldest first."""
    return [_traced(row) for row in _rows(f"{_TRACE}session = %s ORDER BY id LIMIT %s", [session, most])]


_SESSION = (
    "SELECT s.session, s.door, s.subscription_id, s.began_at, s.closed_at, coalesce((SELECT l.subscription"
    " FROM charging_line l WHERE l.subscription_id = s.subscription_id LIMIT 1), '') AS subscription"
    " FROM charging_session s WHERE "
)


def find_sessions(text: str, *, offset: int = 0, limit: int = 25) -> tuple[list[SessionFound], int]:
    """Sessions by their name (the house's or the client's own, or its beginning) or by the number of the product or
    line; all of them for no text. Newest first, and how many there are."""
    where, params = _wanted(text.strip())
    [counted] = _rows(f"SELECT count(*) AS found FROM charging_session s WHERE {where}", params)  # noqa: S608
    rows = _rows(f"{_SESSION}{where} ORDER BY s.began_at DESC, s.session OFFSET %s LIMIT %s", [*params, offset, limit])
    return [
        SessionFound(
            row["session"], row["door"], row["subscription_id"], row["subscription"], row["began_at"], row["closed_at"]
        )
        for row in rows
    ], counted["found"]


def _wanted(text: str) -> tuple[str, list[Any]]:
    if not text:
        return "true", []
    lines = "SELECT subscription_id FROM charging_line WHERE subscription = %s OR msisdn = %s"
    pattern = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    names = [pattern, *(f"{start}{pattern}" for start in _beginnings())]
    return (
        f"(s.session LIKE ANY(%s) OR s.subscription_id IN ({lines}))",
        [names, text, text.lstrip("+")],
    )


def _beginnings() -> list[str]:
    """What the house puts before the names that clients give: door, and client or realm."""
    rows = _rows(
        "SELECT DISTINCT door, peer AS name FROM charging_rate"
        " UNION SELECT door, realm FROM charging_peer WHERE realm <> ''",
        [],
    )
    return ["nchf:", *(f"{row['door']}:{row['name']}:" for row in rows)]


def forget() -> None:
    """Throw away what is older than the setting LINEHOUSE_TRACE_DAYS says, by the machine's clock."""
    before = MachineClock().now() - timedelta(days=max(settings.SETTINGS.trace_days, 1))
    with brand_cursor() as cursor:
        for statement in FORGET:
            cursor.execute(statement.format(before="%s"), [before])
            while cursor.rowcount:
                cursor.execute(statement.format(before="%s"), [before])


def _traced(row: Mapping[str, Any]) -> Traced:
    return Traced(**{**row, "detail": _json(row["detail"])})


def _rows(statement: str, params: Sequence[Any]) -> list[Mapping[str, Any]]:
    with brand_cursor() as cursor:
        cursor.execute(statement, list(params))
        return list(dict_rows(cursor))


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
