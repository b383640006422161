"""What a batch keeps of the controls, set-based, behind buckets and counters, in the same commit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from linehouse.charging.controls.values import CapRow, CounterRow, Happening, Outcome, Place, StatusChange
from linehouse.charging.sql import controls as sql
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.ids import new_id

_Rows = Sequence[tuple[Any, ...]]


async def write(connection: asyncpg.Connection, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Keep what these requests did to the controls, one after the other: the last figure of each counts."""
    caps: dict[tuple[UUID, str], CapRow] = {}
    counters: dict[tuple[UUID, str], CounterRow] = {}
    statuses: dict[tuple[UUID, str], StatusChange] = {}
    places: dict[UUID, Place] = {}
    happenings: list[tuple[UUID, Happening]] = []
    for one in outcomes:
        caps |= {(one.subscription_id, row.name): row for row in one.caps}
        counters |= {(one.subscription_id, row.name): row for row in one.counters}
        for change in one.statuses:
            key = one.subscription_id, change.now.key
            first = statuses.get(key)
            statuses[key] = StatusChange(first.before if first else change.before, change.now, change.why)
        if one.place is not None:
            places[one.subscription_id] = one.place
        happenings += [(one.subscription_id, happening) for happening in one.happenings]
    if caps:
        await connection.execute(sql.PUT_CAPS, *_columns([_cap(of, row) for (of, _), row in caps.items()], 8))
    if counters:
        rows = [(of, row.key, row.starts, row.ends, row.used, row.open) for (of, _), row in counters.items()]
        await connection.execute(sql.PUT_COUNTERS, *_columns(rows, 6))
    if places:
        seen = [(of, place.country, place.plmn) for of, place in places.items()]
        await connection.execute(sql.PUT_PLACES, *_columns(seen, 3), now)
    if statuses:
        await put_statuses(connection, statuses, now)
    if happenings:
        await _tell(connection, happenings, now)


async def put_statuses(
    connection: asyncpg.Connection, changed: Mapping[tuple[UUID, str], StatusChange], now: datetime
) -> None:
    """Keep statuses that changed, and want them told to whoever subscribed."""
    kept = [
        (of, c.now.key, c.now.status, c.now.acts, c.now.next_status, c.now.next_at) for (of, _), c in changed.items()
    ]
    await connection.execute(sql.PUT_STATUSES, *_columns(kept, 6), now)
    other = [(of, c) for (of, _), c in changed.items() if c.before != c.now.status]
    if other:
        rows = [(of, c.now.key, c.before, c.now.status, c.why) for of, c in other]
        await connection.execute(sql.INSERT_CHANGES, *_columns(rows, 5), now)
        told = [(of, _status(of, c, now)) for of, c in other if c.before]
        if told:
            await _tell(connection, told, now)
    pushed = [(of, c.now.key, c.now.status, c.now.next_status, c.now.next_at) for (of, _), c in changed.items()]
    await connection.execute(sql.WANT_PUSHES, *_columns(pushed, 5), now)


def _status(of: UUID, change: StatusChange, now: datetime) -> Happening:
    facts = {"counter": change.now.key, "old": change.before, "new": change.now.status}
    return Happening(what="status", once=f"{of}:{change.now.key}:{change.now.status}:{now.isoformat()}", facts=facts)


async def _tell(connection: asyncpg.Connection, happenings: Sequence[tuple[UUID, Happening]], now: datetime) -> None:
    rows = [
        (
            new_id(),
            f"{one.what}:{one.once}",
            json.dumps({"what": one.what, "line": str(of), **one.facts}),
            f"controls/{of}",
        )
        for of, one in happenings
    ]
    ids, keys, payloads, serials = _columns(rows, 4)
    await connection.execute(sql.TELL, ids, keys, payloads, now, MachineClock().now(), serials)


def _cap(of: UUID, row: CapRow) -> tuple[Any, ...]:
    recent = json.dumps([list(one) for one in row.recent])
    return of, row.key, row.starts, row.ends, row.spent, row.reserved, row.told, recent


def _columns(rows: _Rows, width: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(width)]
