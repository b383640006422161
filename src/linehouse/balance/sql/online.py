"""Buckets under the charging process, in SQL for asyncpg: lock, change, and write the movements."""

from __future__ import annotations

from linehouse.balance.sql.rows import COLUMNS

LOCK_BUCKETS = (
    f"SELECT {COLUMNS} FROM balance_bucket WHERE subscription_id = ANY($1::uuid[]) AND holder_id IS NULL"  # noqa: S608
    " AND (closed_at IS NULL OR reserved > 0 OR valid_to > $2) ORDER BY id FOR UPDATE"
)
"""Subscriptions' ($1) own buckets, not those that lines share, that are open, hold reservations, or were valid at an
instant ($2) or later; locked in the order of their ids, as everybody locks them."""

CHANGE_BUCKETS = """
UPDATE balance_bucket b
SET granted = b.granted + given.granted, used = b.used + given.used, reserved = b.reserved + given.reserved,
    expired = b.expired + given.expired
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
     AS given (id, granted, used, reserved, expired)
WHERE b.id = given.id
"""
"""Differences by bucket. The table's own constraints refuse what would overdraw one."""

INSERT_KEYS = """
INSERT INTO balance_movement_key (key, business_time) SELECT given.key, $2 FROM unnest($1::text[]) AS given (key)
"""

INSERT_MOVEMENTS = """
INSERT INTO balance_movement (bucket_id, ref, kind, amount, asset, left_after, cause, business_time, machine_time,
                              actor)
SELECT given.*, $8, $9, $10
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[]) AS given
"""
