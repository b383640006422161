"""What a batch reads under its locks, as the values that requests are decided on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from linehouse.balance.sql.online import LOCK_BUCKETS, SHARERS
from linehouse.balance.sql.rows import bucket_of
from linehouse.balance.values import BucketView
from linehouse.charging.node.requests import Door
from linehouse.charging.node.tariffs import TariffShelf
from linehouse.charging.online.subject import Subject
from linehouse.charging.sql.lines import line_of
from linehouse.charging.sql.online import ANSWERS, COUNTERS, LOCK_COUNTERS, OPEN_COUNTERS, SESSIONS
from linehouse.charging.values import Line
from linehouse.rating.session.session_json import answered_of, session_of
from linehouse.rating.session.state import Answered, Session


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session as it was kept, whose it is, and by what way its client came last."""

    subscription_id: UUID
    session: Session
    door: Door


async def subjects(
    connection: asyncpg.Connection, lines: Iterable[Mapping[str, Any]], tariffs: TariffShelf, since: datetime
) -> dict[UUID, Subject]:
    """The lines with their buckets, which are locked from now on."""
    known: dict[UUID, Line] = {row["subscription_id"]: line_of(row) for row in lines}
    buckets: dict[UUID, dict[str, BucketView]] = {one: {} for one in known}
    for row in await connection.fetch(LOCK_BUCKETS, list(known), since):
        view = bucket_of(row)
        buckets[view.owner.subscription_id][view.ref] = view
    parties = [(line.subscription_id, line.account_id, line.customer_id) for line in known.values()]
    columns = [[party[place] for party in parties] for place in range(3)]
    sharers = {row["subscription_id"] for row in await connection.fetch(SHARERS, *columns)}
    return {
        one: Subject(
            line=line,
            versions=tariffs.versions_of(line.tariff_key) if line.tariff_key else (),
            buckets=buckets[one],
            shares=one in sharers,
        )
        for one, line in known.items()
    }


async def sessions(connection: asyncpg.Connection, names: Sequence[str]) -> dict[str, KeptSession]:
    """The sessions that are known."""
    return {
        row["session"]: KeptSession(
            row["subscription_id"],
            session_of(json.loads(row["state"])),
            Door(row["door"], json.loads(row["door_address"])),
        )
        for row in await connection.fetch(SESSIONS, list(names))
    }


async def answers(connection: asyncpg.Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Answered]:
    """What was answered before, by session and key."""
    rows = await connection.fetch(ANSWERS, [session for session, _ in keys], [key for _, key in keys])
    return {
        (row["session"], row["key"]): answered_of(
            {"fingerprint": row["fingerprint"], "answer": json.loads(row["answer"])}
        )
        for row in rows
    }


async def counters(
    connection: asyncpg.Connection, subjects: Mapping[UUID, Subject], sessions: Iterable[KeptSession], now: datetime
) -> dict[UUID, Subject]:
    """The subjects with the counters of the cycles that may be counted in, locked behind their buckets."""
    counting = {one: subject for one, subject in subjects.items() if any(v.counts for v in subject.versions)}
    wanted = {(one, subject.period_of(None, now)) for one, subject in counting.items()}
    for kept in sessions:
        if kept.subscription_id in counting:
            period = counting[kept.subscription_id].period_of(kept.session, now)
            wanted.add((kept.subscription_id, period))
    if not wanted:
        return dict(subjects)
    keys = sorted(wanted)
    columns = [one for one, _ in keys], [start for _, start in keys]
    await connection.execute(OPEN_COUNTERS, *columns)
    await connection.execute(LOCK_COUNTERS, *columns)
    found: dict[UUID, dict[date, dict[str, int]]] = {one: {} for one in counting}
    for one, start in keys:
        found[one][start] = {}
    for row in await connection.fetch(COUNTERS, *columns):
        found[row["subscription_id"]][row["period_start"]][row["counter"]] = int(row["used"])
    return {one: replace(subject, counters=found.get(one, {})) for one, subject in subjects.items()}
