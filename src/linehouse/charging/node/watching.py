"""Thresholds of lines that the movements of a batch crossed: found and marked in its commit, and told with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from linehouse.balance.events import BucketThresholdCrossed
from linehouse.balance.sql.thresholds import FILLED, LIVE, MARK, SPENT, event_of, filled_of, spending, watched_of
from linehouse.balance.thresholds import crossings


async def watch(connection: asyncpg.Connection, lines: Sequence[UUID], now: datetime) -> list[BucketThresholdCrossed]:
    """Find what was crossed on these lines, which have thresholds, and mark it."""
    rows = await connection.fetch(LIVE, lines)
    buckets = [filled_of(row) for row in await connection.fetch(FILLED, lines, now)]
    counted, since = spending(rows, now)
    spent = {
        (row["subscription_id"], row["asset"]): int(row["spent"])
        for row in (await connection.fetch(SPENT, counted, since) if counted else ())
    }
    found = crossings([watched_of(row) for row in rows], buckets, spent)
    if found:
        await connection.execute(MARK, now, [one.threshold.id for one in found], [one.reached for one in found])
    return [event_of(one, now) for one in found if one.reached]
