"""Sessions that are to be asked again or ended, since something changed under them: told by the door they came by."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import asyncpg
import structlog

from linehouse.charging.node.requests import Door
from linehouse.charging.sql.wishes import CLAIM_WISHES, SETTLE_WISHES, SPREAD_WISHES, TRY_AGAIN
from linehouse.kernel.clock import MachineClock

_log = structlog.get_logger(__name__)
MOST = 64
"""Wishes that one node takes at a time."""
LEASE = timedelta(seconds=10)
"""How long a node may take to tell; then another one tries."""
PAUSE = timedelta(milliseconds=500)
"""Before somebody tries again what could not be told. Another node may have the peer."""
TOLD, CLOSED, NOT_REACHABLE = "told", "closed", "not reachable"


class Reach(Protocol):
    """How a kind of door tells the client of a session."""

    async def __call__(self, session: str, door: Door, services: Sequence[str], *, end: bool) -> bool:
        """Ask for a new report of these services, or end the session; True: the client was told."""
        ...


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be told of one session; several wishes are told at once."""

    ids: tuple[int, ...]
    session: str
    ends: bool
    door: Door
    services: tuple[str, ...]
    closed: bool
    tries: int


async def tell(pool: asyncpg.Pool, doors: Mapping[str, Reach]) -> int:
    """Tell what is wished for and not told yet; returns of how many sessions something became of it."""
    now = MachineClock().now()
    async with pool.acquire() as connection:
        await connection.execute(SPREAD_WISHES, now)
        rows = await connection.fetch(CLAIM_WISHES, now, now + LEASE, MOST)
    if not rows:
        return 0
    wishes = _by_session(rows)
    outcomes = await asyncio.gather(*(_told(one, doors) for one in wishes))
    settled = {}
    again = {}
    for wish, outcome in zip(wishes, outcomes, strict=True):
        if outcome:
            settled.update(dict.fromkeys(wish.ids, outcome))
        else:
            again.update(dict.fromkeys(wish.ids, _later(wish)))
    async with pool.acquire() as connection, connection.transaction():
        if settled:
            await connection.execute(SETTLE_WISHES, list(settled), list(settled.values()), MachineClock().now())
        if again:
            await connection.execute(TRY_AGAIN, list(again), list(again.values()))
    return sum(bool(outcome) for outcome in outcomes)


def _later(wish: _Wish) -> datetime:
    return MachineClock().now() + PAUSE * min(20, wish.tries)


async def _told(wish: _Wish, doors: Mapping[str, Reach]) -> str:
    """What became of it; empty: somebody has to try again."""
    if wish.closed:
        return CLOSED
    reach = doors.get(wish.door.kind)
    if reach is None:
        # A client of the JSON door asks when it likes: there is no way back to it. Other doors may be another node's.
        return NOT_REACHABLE if wish.door.kind == "json" else ""
    try:
        async with asyncio.timeout(LEASE.total_seconds() / 2):
            done = await reach(wish.session, wish.door, wish.services, end=wish.ends)
    except Exception as error:  # noqa: BLE001 - a door's failure must not stop the wishes of the others
        _log.warning("a session could not be told", session=wish.session, door=wish.door.kind, error=repr(error))
        return ""
    return TOLD if done else ""


def _by_session(rows: Sequence[asyncpg.Record]) -> list[_Wish]:
    of: dict[str, list[asyncpg.Record]] = {}
    for row in rows:
        of.setdefault(row["session"], []).append(row)
    return [
        _Wish(
            ids=tuple(row["id"] for row in same),
            session=name,
            ends=any(row["ends"] for row in same),
            door=Door(same[0]["door"] or "", json.loads(same[0]["door_address"] or "{}")),
            services=tuple(same[0]["services"] or ()),
            closed=same[0]["known"] is None or same[0]["closed_at"] is not None,
            tries=max(row["tries"] for row in same),
        )
        for name, same in of.items()
    ]
