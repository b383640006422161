"""What the doors of policy do: tell statuses, keep subscriptions, and claim changes that are to be told.

A door subscribes under its own ``kind`` and ``ref`` (Sy: the session; Nchf: the subscription). It claims its messages,
tells them, and says so; one that is not told in time is claimed again. No Django.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from linehouse.balance.sql.rows import COLUMNS, bucket_of
from linehouse.balance.values import BucketView
from linehouse.charging.controls import policy_status
from linehouse.charging.controls.values import StatusChange, StatusRow
from linehouse.charging.node.controls_reading import ControlsShelf, line_controls
from linehouse.charging.node.controls_writing import put_statuses
from linehouse.charging.sql.lines import line_of
from linehouse.charging.sql.online import LINES_BY_ID
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.ids import new_id

_BUCKETS = (
    f"SELECT {COLUMNS} FROM balance_bucket WHERE subscription_id = ANY($1::uuid[]) AND holder_id IS NULL"  # noqa: S608
    " AND closed_at IS NULL ORDER BY id"
)
_LOCK = """
SELECT subscription_id FROM charging_line WHERE subscription_id = ANY($1::uuid[])
ORDER BY subscription_id FOR NO KEY UPDATE
"""
_SUBSCRIBE = """
INSERT INTO charging_policy_subscription (id, kind, ref, subscription_id, counters, address, began_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)
ON CONFLICT (kind, ref) DO UPDATE
SET subscription_id = excluded.subscription_id, counters = excluded.counters, address = excluded.address,
    expires_at = excluded.expires_at
"""
_UNSUBSCRIBE = "DELETE FROM charging_policy_subscription WHERE kind = $1 AND ref = $2 RETURNING id"
_SUBSCRIPTION = """
SELECT kind, ref, subscription_id, counters, address, expires_at FROM charging_policy_subscription
WHERE kind = $1 AND ref = $2
"""
_CLAIM = """
WITH mine AS (
    SELECT p.id FROM charging_policy_push p
    JOIN charging_policy_subscription s ON s.id = p.policy_subscription
    WHERE p.told_at IS NULL AND s.kind = $1 AND (p.claimed_until IS NULL OR p.claimed_until < $2)
      AND (s.expires_at IS NULL OR s.expires_at > $5)
    ORDER BY p.wanted_at, p.id LIMIT $3 FOR UPDATE OF p SKIP LOCKED)
UPDATE charging_policy_push p SET claimed_until = $2 + make_interval(secs => $4), tries = p.tries + 1
FROM mine, charging_policy_subscription s
WHERE p.id = mine.id AND s.id = p.policy_subscription
RETURNING p.id, s.kind, s.ref, s.subscription_id, s.address, p.key, p.status, p.next_status, p.next_at, p.tries
"""
_TOLD = "UPDATE charging_policy_push SET told_at = $3 WHERE id = $1 AND status = $2 AND told_at IS NULL"
_DUE = """
SELECT DISTINCT subscription_id FROM (
    SELECT subscription_id FROM charging_policy_status WHERE next_at <= $1
    UNION SELECT subscription_id FROM charging_policy_due WHERE due_at <= $1
) AS due ORDER BY subscription_id LIMIT $2
"""
_NO_LONGER_DUE = "DELETE FROM charging_policy_due WHERE subscription_id = ANY($1::uuid[])"
_DEVICE = """
INSERT INTO charging_whereabouts (subscription_id, device, since) VALUES ($1, $2, $3)
ON CONFLICT (subscription_id) DO UPDATE SET device = excluded.device
WHERE charging_whereabouts.device <> excluded.device
"""
_ASK_AGAIN = """
INSERT INTO charging_policy_due (subscription_id, due_at) VALUES ($1, $2) ON CONFLICT (subscription_id) DO NOTHING
"""
LEASE_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Somebody who is told when statuses of a line change. ``counters`` empty: all of them. ``address`` is how it is
    reached: the door's own business."""

    kind: str
    ref: str
    subscription_id: UUID
    counters: tuple[str, ...] = ()
    address: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A status that is to be told; ``tries`` counts this one."""

    id: int
    kind: str
    ref: str
    subscription_id: UUID
    address: Mapping[str, str]
    status: StatusRow
    tries: int


async def statuses(
    connection: asyncpg.Connection,
    shelf: ControlsShelf,
    subscription_id: UUID,
    now: datetime,
    counters: Sequence[str] = (),
) -> tuple[StatusRow, ...]:
    """The statuses of a line as of now, those of ``counters`` or all; unknown counters are left out."""
    found = await _all_statuses(connection, shelf, [subscription_id], now)
    return tuple(one for one in found.get(subscription_id, ((), {}))[0] if not counters or one.key in counters)


async def known_counters(connection: asyncpg.Connection, shelf: ControlsShelf, now: datetime) -> frozenset[str]:
    """The counters that the brand has."""
    return frozenset((await shelf.at(connection, now)).counters)


async def subscribe(
    connection: asyncpg.Connection, shelf: ControlsShelf, wanted: Subscription, now: datetime
) -> tuple[StatusRow, ...]:
    """Keep a subscription, or change it, and answer with the statuses as of now, in one transaction."""
    async with connection.transaction():
        # The line is held, so that no change falls between the answer and the subscription.
        await connection.execute(_LOCK, [wanted.subscription_id])
        await connection.execute(
            _SUBSCRIBE,
            new_id(),
            wanted.kind,
            wanted.ref,
            wanted.subscription_id,
            list(wanted.counters),
            json.dumps(dict(wanted.address)),
            now,
            wanted.expires_at,
        )
        return await statuses(connection, shelf, wanted.subscription_id, now, wanted.counters)


async def unsubscribe(connection: asyncpg.Connection, kind: str, ref: str) -> bool:
    """End a subscription and forget what waits for it; False: there was none."""
    return await connection.fetchval(_UNSUBSCRIBE, kind, ref) is not None


async def subscription(connection: asyncpg.Connection, kind: str, ref: str) -> Subscription | None:
    """The subscription of that name."""
    row = await connection.fetchrow(_SUBSCRIPTION, kind, ref)
    if row is None:
        return None
    return Subscription(
        kind=row["kind"],
        ref=row["ref"],
        subscription_id=row["subscription_id"],
        counters=tuple(row["counters"]),
        address=json.loads(row["address"]),
        expires_at=row["expires_at"],
    )


async def claim(connection: asyncpg.Connection, kind: str, now: datetime, most: int = 64) -> list[Push]:
    """Messages that wait for subscriptions of this kind, claimed for some seconds (machine time)."""
    machine = MachineClock().now()
    rows = await connection.fetch(_CLAIM, kind, machine, most, LEASE_SECONDS, now)
    return [
        Push(
            id=row["id"],
            kind=row["kind"],
            ref=row["ref"],
            subscription_id=row["subscription_id"],
            address=json.loads(row["address"]),
            status=StatusRow(
                key=row["key"],
                status=row["status"],
                acts="",
                next_status=row["next_status"],
                next_at=row["next_at"],
            ),
            tries=row["tries"],
        )
        for row in rows
    ]


async def told(connection: asyncpg.Connection, push: Push) -> bool:
    """The message was taken. False: the status has changed meanwhile, and the new one waits."""
    done = await connection.execute(_TOLD, push.id, push.status.status, MachineClock().now())
    return bool(done == "UPDATE 1")


async def device_seen(connection: asyncpg.Connection, subscription_id: UUID, device: str, now: datetime) -> None:
    """A line is used with a device (its type allocation code, eight digits)."""
    if await connection.execute(_DEVICE, subscription_id, device, now) == "INSERT 0 1":
        await connection.execute(_ASK_AGAIN, subscription_id, now)


async def refresh(connection: asyncpg.Connection, shelf: ControlsShelf, now: datetime, most: int = 200) -> int:
    """Decide anew the statuses that time, a turbo or a grant may have changed; returns of how many lines."""
    async with connection.transaction():
        lines = [row["subscription_id"] for row in await connection.fetch(_DUE, now, most)]
        if not lines:
            return 0
        await connection.execute(_LOCK, lines)
        await connection.execute(_NO_LONGER_DUE, lines)
        changed: dict[tuple[UUID, str], StatusChange] = {}
        for of, (rows, before) in (await _all_statuses(connection, shelf, lines, now)).items():
            changed |= {(of, one.now.key): one for one in policy_status.changes(before, rows, "time")}
        if changed:
            await put_statuses(connection, changed, now)
        return len(lines)


async def _all_statuses(
    connection: asyncpg.Connection, shelf: ControlsShelf, wanted: Sequence[UUID], now: datetime
) -> dict[UUID, tuple[tuple[StatusRow, ...], Mapping[str, StatusRow]]]:
    rules = await shelf.at(connection, now)
    lines = [line_of(row) for row in await connection.fetch(LINES_BY_ID, list(wanted))]
    controls = await line_controls(connection, lines, rules, now, now)
    buckets: dict[UUID, list[BucketView]] = {}
    for row in await connection.fetch(_BUCKETS, list(wanted)):
        view = bucket_of(row)
        buckets.setdefault(view.owner.subscription_id, []).append(view)
    return {of: (policy_status.statuses(one, buckets.get(of, ()), now), one.statuses) for of, one in controls.items()}
