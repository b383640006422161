"""What a batch keeps, set-based, in the order of every writer of this house: buckets, journal, records, sessions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from linehouse.balance.sql.online import (
    BEGIN_FROM_FIRST_USE,
    CHANGE_BUCKETS,
    CHANGE_PARTS,
    OPEN_PARTS,
)
from linehouse.balance.values import BucketView, MovementKind, expiry_transfers
from linehouse.charging.controls.values import Outcome
from linehouse.charging.events import KeyReused
from linehouse.charging.node import controls_writing as controls
from linehouse.charging.node.faults import Point, reach
from linehouse.charging.node.requests import Asking, Door
from linehouse.charging.node.telling import ended, used_up
from linehouse.charging.node.watching import watch
from linehouse.charging.online.charge import Effect
from linehouse.charging.online.effects import BucketChange
from linehouse.charging.online.records import OnlineRecord, session_uuid
from linehouse.charging.ports import tax_rate
from linehouse.charging.posting import transfers_of
from linehouse.charging.rated_row import rated_row
from linehouse.charging.sql.online import INSERT_RATED, MARK_REUSED, PUT_SESSIONS
from linehouse.charging.values import STANDARD, Line
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.event import Event
from linehouse.kernel.period import local_date
from linehouse.ledger.sql.journal import ACCOUNT_IDS, OPEN_ACCOUNTS, POST
from linehouse.ledger.values import Entry, account_class
from linehouse.platform.outbox.sql import enqueue, record
from linehouse.rating.session.session_json import plain_session
from linehouse.rating.session.state import Session

ACTOR = "Online charging"
"""Who moved it, in movements and in the journal."""
_Movement = tuple[UUID, str, str, int, str, int | None, str, UUID | None, str]
TURN = "balance.turn"
"""The job of balance that closes what ended; a bucket that lasts from its first use ends at an instant of its own."""


class Overtaken(Exception):
    """Another node began a session of the same name for another line: decided anew, this one will see it."""


@dataclass(slots=True)
class Written:
    """Everything that a batch keeps, gathered request by request."""

    buckets: dict[UUID, tuple[BucketView, BucketView]] = field(default_factory=dict)
    began: dict[UUID, BucketView] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    movements: list[_Movement] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    controls: list[Outcome] = field(default_factory=list)
    sessions: dict[str, tuple[UUID, Session, Door]] = field(default_factory=dict)
    answers: list[tuple[str, str, str, str]] = field(default_factory=list)
    parts: dict[tuple[UUID, UUID], list[Any]] = field(default_factory=dict)
    reused: list[tuple[Asking, UUID | None]] = field(default_factory=list)
    """Requests whose key was used for another content, and whose they are."""
    events: list[Event] = field(default_factory=list)

    def add(self, effect: Effect, key: str, fingerprint: str, door: Door, *, new: bool = False) -> None:
        """Add what a request does; ``fingerprint`` is kept with its answer, ``door`` with its session.

        ``new``: the session begins with it."""
        session = effect.session
        if session is None:
            return
        cause = f"online:{session.id}:{key}"
        line = effect.subject.line
        takers = _takers(effect.records)
        for change in effect.changes:
            first = self.buckets.get(change.before.id)
            self.buckets[change.before.id] = (first[0] if first else change.before, change.after)
            if change.began:
                self.began[change.after.id] = change.after
            member = ""
            if change.after.shared is not None:
                member = line.subscription
                self._part(change, line)
            for kind, amount in change.moves:
                record = None if kind is MovementKind.EXPIRE else takers.get(change.after.ref)
                self._movement(change.after, kind, amount, cause, record, member)
            if change.expired:
                self.entries.append(
                    Entry(
                        f"expire:{change.after.ref}:{session.id}:{key}", expiry_transfers(change.after, change.expired)
                    )
                )
        for one in effect.records:
            self._record(one)
        if effect.controls is not None:
            self.controls.append(effect.controls)
        self.sessions[session.id] = (line.subscription_id, session, door)
        if session.closed_at is not None and not new:
            self.events.append(ended(session, line))
        if effect.answer is not None:
            answer = msgspec.json.encode(effect.answer).decode()
            self.answers.append((session.id, key, fingerprint, answer))

    def _movement(
        self, bucket: BucketView, kind: MovementKind, amount: int, cause: str, record: UUID | None, member: str
    ) -> None:
        self.keys.append(f"{cause}:{bucket.ref}:{kind}")
        self.movements.append(
            (bucket.id, bucket.ref, kind.value, amount, bucket.asset, bucket.left, cause, record, member)
        )

    def _part(self, change: BucketChange, line: Line) -> None:
        cap = change.after.shared.cap if change.after.shared is not None else None
        start = [line.subscription, 0, 0, cap]
        part = self.parts.setdefault((change.after.id, line.subscription_id), start)
        part[1] += change.used
        part[2] += change.reserved

    def _record(self, record: OnlineRecord) -> None:
        decided = record.decided
        line = decided.line
        rate = tax_rate(line.tax_country, STANDARD, local_date(decided.record.started_at, line.zone))
        if transfers := transfers_of(decided, rate):
            self.entries.append(Entry(f"usage:{decided.record.key}", transfers))
        self.rows.append(rated_row(decided, rate, record.cost))


async def write(
    connection: asyncpg.Connection, written: Written, now: datetime, accounts: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], int]:
    """Keep it all. ``accounts`` are ids of ledger accounts that are committed; returns those that it met besides."""
    machine = MachineClock().now()
    if written.reused:
        await _alarm(connection, written, now)
    if not written.sessions:
        await record(connection, written.events, ACTOR, now, machine)
        return {}
    await _buckets(connection, written, now, machine)
    reach(Point.BUCKETS)
    opened = await _journal(connection, written.entries, now, machine, accounts)
    reach(Point.JOURNAL)
    if written.rows:
        keys, ids = [row["record_key"] for row in written.rows], [row["record_id"] for row in written.rows]
        await connection.execute(INSERT_RATED, now, msgspec.json.encode(written.rows).decode(), keys, ids)
    await controls.write(connection, written.controls, now)
    rows = _columns(_session_rows(written.sessions, now), 8)
    put = await connection.execute(PUT_SESSIONS, *rows, *_columns(written.answers, 4), now)
    if put != f"INSERT 0 {len(written.sessions)}":
        raise Overtaken("a session was begun by another line meanwhile")
    await record(connection, [*used_up(written.buckets.values()), *written.events], ACTOR, now, machine)
    return opened


async def _alarm(connection: asyncpg.Connection, written: Written, now: datetime) -> None:
    """Tell once that a key was used for another content."""
    by_key = {(asking.session, asking.key): (asking, owner) for asking, owner in written.reused}
    for row in await connection.fetch(MARK_REUSED, *_columns(list(by_key), 2), now):
        asking, owner = by_key[row["session"], row["key"]]
        written.events.append(
            KeyReused(
                session_id=session_uuid(asking.session),
                session=asking.session,
                key=asking.key,
                door=asking.door.kind,
                subscription_id=owner,
            )
        )


def _takers(records: Sequence[OnlineRecord]) -> dict[str, UUID | None]:
    """By bucket the record that took of it; None where several services of the request did."""
    found: dict[str, UUID | None] = {}
    for one in records:
        for taken in one.decided.taken:
            ref = taken.bucket.ref
            found[ref] = (
                one.decided.record.id if found.get(ref, one.decided.record.id) == one.decided.record.id else None
            )
    return found


async def _buckets(connection: asyncpg.Connection, written: Written, now: datetime, machine: datetime) -> None:
    changed = [
        (
            after.id,
            (after.granted or 0) - (before.granted or 0),
            after.used - before.used,
            after.reserved - before.reserved,
            after.expired - before.expired,
        )
        for before, after in written.buckets.values()
    ]
    watched: Sequence[asyncpg.Record] = ()
    if changed:
        moved = _columns(written.movements, 9)
        watched = await connection.fetch(
            CHANGE_BUCKETS, *_columns(changed, 5), *moved, written.keys, now, machine, ACTOR
        )
    if written.began:
        begun = [(view.id, view.first_used_at, view.valid.end) for view in written.began.values()]
        await connection.execute(BEGIN_FROM_FIRST_USE, *_columns(begun, 3))
        for end in sorted({end for _, _, end in begun if end is not None}):
            await enqueue(connection, TURN, {}, end.isoformat(), end, machine)
    if written.parts:
        parts = [(bucket, member, *rest) for (bucket, member), rest in sorted(written.parts.items())]
        buckets, members, names, used, reserved, caps = _columns(parts, 6)
        await connection.execute(OPEN_PARTS, buckets, members, names, caps)
        await connection.execute(CHANGE_PARTS, buckets, members, used, reserved)
    if watched:
        written.events += await watch(connection, [row["subscription_id"] for row in watched], now)


async def _journal(
    connection: asyncpg.Connection,
    entries: Sequence[Entry],
    now: datetime,
    machine: datetime,
    accounts: Mapping[tuple[str, str], int],
) -> dict[tuple[str, str], int]:
    if not entries:
        return {}
    wanted = {(key, t.asset) for entry in entries for t in entry.transfers for key in (t.debit, t.credit)}
    opened = await _account_ids(connection, wanted - accounts.keys())
    ids = {**accounts, **opened}
    rows = [
        (entry.cause, leg, ids[t.debit, t.asset], ids[t.credit, t.asset], t.asset, t.amount)
        for entry in entries
        for leg, t in enumerate(entry.transfers, 1)
    ]
    claimed = [entry.cause for entry in entries], [entry.digest for entry in entries]
    await connection.execute(POST, *_columns(rows, 6), now, machine, ACTOR, *claimed)
    return opened


async def _account_ids(connection: asyncpg.Connection, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    if not wanted:
        return {}
    missing = sorted(wanted)
    keys, assets = [key for key, _ in missing], [asset for _, asset in missing]
    await connection.execute(OPEN_ACCOUNTS, keys, [account_class(key) for key in keys], assets)
    return {(row["key"], row["asset"]): row["id"] for row in await connection.fetch(ACCOUNT_IDS, keys, assets)}


def _session_rows(sessions: Mapping[str, tuple[UUID, Session, Door]], now: datetime) -> list[tuple[Any, ...]]:
    rows = []
    for name in sorted(sessions):
        subscription_id, session, door = sessions[name]
        marks = [service.until for service in session.services.values() if service.until is not None]
        state = msgspec.json.encode(plain_session(session)).decode()
        lapses = min(marks, default=None)
        address = json.dumps(dict(door.address)) if door.address else "{}"
        rows.append((name, subscription_id, state, now, session.closed_at, lapses, door.kind, address))
    return rows


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows as columns, each for one ``unnest``."""
    return [[row[place] for row in rows] for place in range(width)]
