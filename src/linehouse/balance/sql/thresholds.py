"""Thresholds in SQL, for asyncpg; ``for_django`` gives the same text its own way. No Django, no connection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from linehouse.balance.events import BucketThresholdCrossed
from linehouse.balance.periods import cycle_first_day
from linehouse.balance.thresholds import Crossing, Filled, Measure, Origin, Watched
from linehouse.kernel.period import day_start, local_date

LIVE = """
SELECT id, subscription_id, subscription, customer_id, origin, measure, asset, source, limit_amount, percent,
       reached_at, cycle_day, zone
FROM balance_threshold WHERE subscription_id = ANY($1::uuid[]) AND ended_at IS NULL ORDER BY id FOR UPDATE
"""
"""Thresholds of lines ($1), locked: of two movements one finds the crossing."""

FILLED = """
SELECT subscription_id, asset, source, granted, used, expired + rolled AS gone FROM balance_bucket
WHERE subscription_id = ANY($1::uuid[]) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
  AND closed_at IS NULL
"""
"""Buckets of lines ($1) that are valid at an instant ($2)."""

SPENT = """
SELECT b.subscription_id, b.asset,
       coalesce(sum(m.amount) FILTER (WHERE m.kind IN ('use', 'late-use', 'withdraw')), 0)
       - coalesce(sum(m.amount) FILTER (WHERE m.kind IN ('return', 'late-return', 'refund')), 0) AS spent
FROM unnest($1::uuid[], $2::timestamptz[]) AS given (subscription_id, since)
JOIN balance_bucket b ON b.subscription_id = given.subscription_id AND b.kind <> 'units'
JOIN balance_movement m ON m.bucket_id = b.id AND m.business_time >= given.since
GROUP BY b.subscription_id, b.asset
"""
"""What money buckets of lines ($1) gave since an instant of each ($2)."""

MARK = """
UPDATE balance_threshold t
SET reached_at = CASE WHEN given.reached THEN $1::timestamptz END,
    times = t.times + CASE WHEN given.reached THEN 1 ELSE 0 END, changed_at = $1
FROM unnest($2::uuid[], $3::boolean[]) AS given (id, reached) WHERE t.id = given.id
"""


def watched_of(row: Mapping[str, Any]) -> Watched:
    """A row of LIVE as a value."""
    return Watched(
        id=row["id"],
        subscription_id=row["subscription_id"],
        subscription=row["subscription"],
        customer_id=row["customer_id"],
        origin=Origin(row["origin"]),
        measure=Measure(row["measure"]),
        asset=row["asset"],
        source=row["source"],
        limit=row["limit_amount"],
        percent=row["percent"],
        reached=row["reached_at"] is not None,
    )


def filled_of(row: Mapping[str, Any]) -> Filled:
    """A row of FILLED as a value."""
    return Filled(row["subscription_id"], row["asset"], row["source"], row["granted"], row["used"], row["gone"])


def spending(rows: Iterable[Mapping[str, Any]], now: datetime) -> tuple[list[UUID], list[datetime]]:
    """Of thresholds (rows of LIVE) those that count spending: their lines, and since when it counts now."""
    since: dict[UUID, datetime] = {}
    for row in rows:
        if row["measure"] == Measure.SPENT:
            zone = ZoneInfo(row["zone"])
            since[row["subscription_id"]] = day_start(cycle_first_day(local_date(now, zone), row["cycle_day"]), zone)
    return list(since), list(since.values())


def event_of(crossing: Crossing, at: datetime) -> BucketThresholdCrossed:
    """What is told of a crossing."""
    one = crossing.threshold
    return BucketThresholdCrossed(
        threshold_id=one.id,
        customer_id=one.customer_id,
        subscription=one.subscription,
        origin=str(one.origin),
        measure=str(one.measure),
        asset=one.asset,
        source=one.source,
        value=crossing.value,
        limit=crossing.limit,
        percent=one.percent,
        crossed_at=at,
    )


_PLACE = re.compile(r"\$(\d)")


def for_django(text: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """The same statement with the parameters in the order in which they stand."""
    order = [int(found) - 1 for found in _PLACE.findall(text)]
    return _PLACE.sub("%s", text), [params[place] for place in order]
