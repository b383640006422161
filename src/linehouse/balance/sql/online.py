"""Buckets under the charging process, in SQL for asyncpg: lock, change, and write the movements."""

from __future__ import annotations

from linehouse.balance.sql.rows import COLUMNS

LOCK_BUCKETS = (
    f"SELECT {COLUMNS} FROM balance_bucket WHERE subscription_id = ANY($1::uuid[]) AND holder_id IS NULL"  # noqa: S608
    " AND (closed_at IS NULL OR reserved > 0 OR valid_to > $2) ORDER BY id FOR UPDATE"
)
"""Subscriptions' ($1) own buckets, not those that lines share, that are open, hold reservations, or were valid at an
instant ($2) or later; locked in the order of their ids, as everybody locks them."""

SHARERS = """
SELECT s.subscription_id FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS s (subscription_id, account_id, customer_id)
WHERE EXISTS (SELECT 1 FROM balance_bucket b
              WHERE b.holder_id IN (s.subscription_id, s.account_id, s.customer_id) AND b.closed_at IS NULL)
   OR EXISTS (SELECT 1 FROM balance_group_member m WHERE m.subscription_id = s.subscription_id AND m.left_at IS NULL)
"""
"""Of these lines (by subscription, account and customer) those that may draw on a bucket which lines share."""

CHANGE_BUCKETS = """
UPDATE balance_bucket b
SET granted = b.granted + given.granted, used = b.used + given.used, reserved = b.reserved + given.reserved,
    expired = b.expired + given.expired
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
     AS given (id, granted, used, reserved, expired)
WHERE b.id = given.id
"""
"""Differences by bucket. The table's own constraints refuse what would overdraw one."""

BEGIN_FROM_FIRST_USE = """
UPDATE balance_bucket b SET first_used_at = given.began, valid_to = given.ends
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS given (id, began, ends)
WHERE b.id = given.id AND b.first_used_at IS NULL
"""
"""Buckets that last from their first use begin to last."""

INSERT_KEYS = """
INSERT INTO balance_movement_key (key, business_time) SELECT given.key, $2 FROM unnest($1::text[]) AS given (key)
"""

INSERT_MOVEMENTS = """
INSERT INTO balance_movement (bucket_id, ref, kind, amount, asset, left_after, cause, business_time, machine_time,
                              actor)
SELECT given.*, $8, $9, $10
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[]) AS given
"""
