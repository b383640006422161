"""What a batch reads under its locks, as the values that requests are decided on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from linehouse.balance.sql.online import LOCK_BUCKETS, MEMBERSHIPS, PARTS
from linehouse.balance.sql.rows import bucket_of
from linehouse.balance.values import BucketView, Part
from linehouse.charging.controls.values import NO_LINE_CONTROLS
from linehouse.charging.node.controls_reading import ControlsShelf, line_controls
from linehouse.charging.node.requests import Door
from linehouse.charging.node.tariffs import TariffShelf
from linehouse.charging.online.charge import Effect
from linehouse.charging.online.subject import Subject
from linehouse.charging.sql.lines import line_of
from linehouse.charging.sql.online import ANSWERS, COUNTERS, LOCK_COUNTERS, OPEN_COUNTERS, SESSIONS
from linehouse.charging.values import UNBILLED, Line
from linehouse.kernel.copies import changed
from linehouse.rating.session.session_json import answered_of, session_of
from linehouse.rating.session.state import Answered, Session


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session as it was kept, whose it is, and by what way its client came last."""

    subscription_id: UUID
    session: Session
    door: Door


@dataclass
class Held:
    """The lines of a batch as they stand, each bucket once, however many of the lines draw on it."""

    subjects: dict[UUID, Subject]
    shared: dict[str, BucketView]

    def of(self, subscription_id: UUID) -> Subject:
        """The line, with what lines before it in the batch left of the buckets that they share."""
        subject = self.subjects[subscription_id]
        if not subject.shared:
            return subject
        return changed(subject, buckets={**subject.buckets, **{ref: self.shared[ref] for ref in subject.shared}})

    def keep(self, effect: Effect) -> None:
        """The lines after a request."""
        self.subjects[effect.subject.line.subscription_id] = effect.subject
        self.shared.update((one.after.ref, one.after) for one in effect.changes if one.after.shared is not None)


async def held(
    connection: asyncpg.Connection,
    lines: Iterable[Mapping[str, Any]],
    sessions: Iterable[KeptSession],
    tariffs: TariffShelf,
    since: datetime,
    now: datetime,
) -> Held:
    """The lines with their buckets, own and shared, which are locked from now on."""
    known: dict[UUID, Line] = {row["subscription_id"]: line_of(row) for row in lines}
    named: dict[UUID, set[str]] = {}
    for kept in sessions:
        if kept.subscription_id in known:
            named.setdefault(kept.subscription_id, set()).update(_refs(kept.session))
    holders = {one for line in known.values() for one in _holders(line)}
    refs = sorted({ref for some in named.values() for ref in some})
    buckets: dict[UUID, dict[str, BucketView]] = {one: {} for one in known}
    shared: dict[str, BucketView] = {}
    for row in await connection.fetch(LOCK_BUCKETS, list(known), since, list(holders), refs):
        view = bucket_of(row)
        if view.shared is None:
            buckets[view.owner.subscription_id][view.ref] = view
        else:
            shared[view.ref] = view
    allowed = await _allowed(connection, known, shared, now) if shared else {}
    subjects: dict[UUID, Subject] = {}
    for one, line in known.items():
        may = allowed.get(one, frozenset())
        mine = tuple(ref for ref in shared if ref in may or ref in named.get(one, ()))
        subjects[one] = Subject(
            line=line,
            versions=tariffs.versions_of(line.tariff_key) if line.tariff_key else (),
            buckets={**buckets[one], **{ref: shared[ref] for ref in mine}},
            shared=mine,
            left=frozenset(mine) - may,
        )
    return Held(subjects, shared)


def _holders(line: Line) -> tuple[UUID, ...]:
    return line.subscription_id, line.account_id, line.customer_id


def _refs(session: Session) -> Iterator[str]:
    """What a session keeps, or has taken and might get back."""
    for service in session.services.values():
        for ref in (*service.reserved, *service.debited):
            if not ref.startswith(UNBILLED):
                yield ref


async def _allowed(
    connection: asyncpg.Connection, lines: Mapping[UUID, Line], shared: dict[str, BucketView], now: datetime
) -> dict[UUID, frozenset[str]]:
    """On which shared buckets each line may draw now. Puts into the buckets what the lines took and keep."""
    ids = {view.id: ref for ref, view in shared.items()}
    parts: dict[str, dict[str, Part]] = {}
    for row in await connection.fetch(PARTS, list(ids), list(lines)):
        part = Part(row["subscription_id"], row["subscription"], row["used"], row["reserved"])
        parts.setdefault(ids[row["bucket_id"]], {})[part.subscription] = part
    for ref, of in parts.items():
        shared[ref] = changed(shared[ref], parts=of)
    groups: dict[UUID, set[UUID]] = {one: set(_holders(line)) for one, line in lines.items()}
    for row in await connection.fetch(MEMBERSHIPS, list(lines), now):
        if row["joined_at"] <= now:
            groups[row["subscription_id"]].add(row["holder_id"])
    return {
        one: frozenset(ref for ref, view in shared.items() if view.shared and view.shared.holder_id in holders)
        for one, holders in groups.items()
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


async def counters(connection: asyncpg.Connection, held: Held, sessions: Iterable[KeptSession], now: datetime) -> None:
    """Put into the lines the counters of the cycles that may be counted in, locked behind their buckets."""
    subjects = held.subjects
    counting = {one: subject for one, subject in subjects.items() if any(v.counts for v in subject.versions)}
    wanted = {(one, subject.period_of(None, now)) for one, subject in counting.items()}
    for kept in sessions:
        if kept.subscription_id in counting:
            period = counting[kept.subscription_id].period_of(kept.session, now)
            wanted.add((kept.subscription_id, period))
    if not wanted:
        return
    keys = sorted(wanted)
    columns = [one for one, _ in keys], [start for _, start in keys]
    await connection.execute(OPEN_COUNTERS, *columns)
    await connection.execute(LOCK_COUNTERS, *columns)
    found: dict[UUID, dict[date, dict[str, int]]] = {one: {} for one in counting}
    for one, start in keys:
        found[one][start] = {}
    for row in await connection.fetch(COUNTERS, *columns):
        found[row["subscription_id"]][row["period_start"]][row["counter"]] = int(row["used"])
    for one in counting:
        subjects[one] = changed(subjects[one], counters=found[one])


async def controls(
    connection: asyncpg.Connection,
    held: Held,
    shelf: ControlsShelf,
    tariffs: TariffShelf,
    since: datetime,
    now: datetime,
) -> None:
    """Put into the lines what bounds them; whoever holds the lines holds that, too."""
    subjects = held.subjects
    rules = await shelf.at(connection, now, [(number, begins) for number, begins, _ in tariffs.known])
    found = await line_controls(connection, (one.line for one in subjects.values()), rules, since, now)
    for one in subjects:
        subjects[one] = changed(subjects[one], controls=found.get(one, NO_LINE_CONTROLS))
