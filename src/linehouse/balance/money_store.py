"""SQL of money moves: raising and lowering what a bucket holds, and asking running sessions again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from linehouse.balance.store import buckets
from linehouse.balance.values import BucketView
from linehouse.platform.sql import brand_cursor


def lock_mains(numbers: list[str]) -> dict[str, BucketView]:
    """Lock the main balances of lines in the order of their ids, by business number; who has none is left out."""
    refs = [f"{number}/main" for number in numbers]
    found = buckets("ref = ANY(%s) AND kind = 'main' AND closed_at IS NULL", [refs], lock=True)
    return {bucket.owner.subscription: bucket for bucket in found}


def lock(refs: list[str]) -> dict[str, BucketView]:
    """Lock buckets in the order of their ids, by reference."""
    return {bucket.ref: bucket for bucket in buckets("ref = ANY(%s)", [refs], lock=True)}


def put(amounts: Mapping[UUID, int], used: Mapping[UUID, int] | None = None) -> None:
    """Change what buckets hold: above zero more, below zero less; ``used`` is consumed besides. The table's
    constraints refuse what would go below a floor."""
    spent = used or {}
    ids = list(amounts.keys() | spent.keys())
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE balance_bucket b SET granted = b.granted + given.amount, used = b.used + given.spent"
            " FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS given (id, amount, spent) WHERE b.id = given.id",
            [ids, [amounts.get(one, 0) for one in ids], [spent.get(one, 0) for one in ids]],
        )


def put_overdraft(bucket_id: UUID, micros: int, overdraw: bool) -> None:
    """How far below zero a bucket may go."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE balance_bucket SET overdraft = %s, overdraw = %s WHERE id = %s", [micros, overdraw, bucket_id]
        )


def ask_again(subscription_ids: list[UUID], reason: str, now: datetime) -> None:
    """Wish that the lines' running sessions are asked again: they may have more, or less, than was granted."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_wish (subscription_id, session, reason, ends, wanted_at)"
            " SELECT given.id, NULL, %s, false, %s FROM unnest(%s::uuid[]) AS given (id)",
            [reason, now, subscription_ids],
        )


def below_floor() -> tuple[int, list[tuple[str, str, int, int]]]:
    """How many money buckets there are, and those below their floor: reference, asset, left, overdraft."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM balance_bucket WHERE kind <> 'units'")
        counted = cursor.fetchone()
        cursor.execute(
            "SELECT ref, asset, granted - used - reserved - expired - rolled, overdraft FROM balance_bucket"
            " WHERE granted IS NOT NULL AND NOT overdraw"
            " AND granted - used - reserved - expired - rolled < -overdraft ORDER BY ref"
        )
        return (counted[0] if counted else 0), list(cursor.fetchall())


def due_automatic(now: datetime, today: date, numbers: list[str] | None) -> list[UUID]:
    """Automatic top-ups that are on, wait for nothing, and are due: what is available of the line's bought credit is
    below the threshold, or the day has come. Locked."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id FROM balance_autotopup a
            WHERE a.state = 'on' AND a.asked_at IS NULL AND (a.again_at IS NULL OR a.again_at <= %(now)s)
              AND (%(numbers)s::text[] IS NULL OR a.subscription = ANY(%(numbers)s::text[]))
              AND (a.next_on <= %(today)s OR a.threshold_micros > (
                  SELECT coalesce(sum(b.granted - b.used - b.reserved - b.expired - b.rolled), 0)
                  FROM balance_bucket b
                  WHERE b.subscription_id = a.subscription_id AND b.kind = 'main' AND b.taxed_at = 'use'
                    AND b.closed_at IS NULL AND (b.valid_to IS NULL OR b.valid_to > %(now)s)))
            ORDER BY a.id FOR UPDATE OF a SKIP LOCKED
            """,
            {"now": now, "today": today, "numbers": numbers},
        )
        return [row[0] for row in cursor.fetchall()]
