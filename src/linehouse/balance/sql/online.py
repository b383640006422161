"""Buckets under the charging process, in SQL for asyncpg: lock, change, and write the movements."""

from __future__ import annotations

from linehouse.balance.sql.rows import COLUMNS

LOCK_BUCKETS = f"""
SELECT {COLUMNS} FROM balance_bucket b
WHERE ((b.subscription_id = ANY($1::uuid[]) AND b.holder_id IS NULL)
       OR b.holder_id = ANY($3::uuid[])
       OR b.holder_id = ANY(ARRAY(SELECT m.holder_id FROM balance_group_member m
                                  WHERE m.subscription_id = ANY($1::uuid[]) AND (m.left_at IS NULL OR m.left_at > $2)))
       OR b.ref = ANY($4::text[]))
  AND (b.closed_at IS NULL OR b.reserved > 0 OR b.valid_to > $2 OR b.ref = ANY($4::text[]))
ORDER BY b.id FOR UPDATE OF b
"""  # noqa: S608  # our own text
"""What subscriptions ($1) may draw on: their own buckets, those that the lines of a holder share ($3: themselves, their
accounts, their customers, and the groups that they are in), and those of given references ($4); that are open, hold
reservations, or were valid at an instant ($2) or later. Locked in the order of their ids, as everybody locks them."""

PARTS = """
SELECT bucket_id, subscription_id, subscription, used, reserved FROM balance_member_use
WHERE bucket_id = ANY($1::uuid[]) AND subscription_id = ANY($2::uuid[])
"""
"""What lines ($2) took and keep of shared buckets ($1), under the buckets' locks."""

MEMBERSHIPS = """
SELECT holder_id, subscription_id, subscription, joined_at, left_at FROM balance_group_member
WHERE subscription_id = ANY($1::uuid[]) AND (left_at IS NULL OR left_at > $2)
"""
"""The groups that lines ($1) are in, or were after an instant ($2)."""

CHANGE_BUCKETS = """
WITH keys AS (
    INSERT INTO balance_movement_key (key, business_time) SELECT given.key, $16 FROM unnest($15::text[]) AS given (key)
), moved AS (
    INSERT INTO balance_movement (bucket_id, ref, kind, amount, asset, left_after, cause, record_id, member,
                                  business_time, machine_time, actor)
    SELECT given.*, $16, $17, $18
    FROM unnest($6::uuid[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::bigint[], $12::text[], $13::uuid[],
                $14::text[]) AS given
), changed AS (
    UPDATE balance_bucket b
    SET granted = b.granted + given.granted, used = b.used + given.used, reserved = b.reserved + given.reserved,
        expired = b.expired + given.expired
    FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
         AS given (id, granted, used, reserved, expired)
    WHERE b.id = given.id
    RETURNING b.subscription_id
)
SELECT DISTINCT t.subscription_id FROM balance_threshold t
WHERE t.subscription_id IN (SELECT subscription_id FROM changed) AND t.ended_at IS NULL
"""
"""Differences by bucket ($1 to $5), and the movements that they are, with their once-keys. The table's own constraints
refuse what would overdraw a bucket. Answers with those of their lines that have thresholds, so that nobody asks for
those of the others."""

BEGIN_FROM_FIRST_USE = """
UPDATE balance_bucket b SET first_used_at = given.began, valid_to = given.ends
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS given (id, began, ends)
WHERE b.id = given.id AND b.first_used_at IS NULL
"""
"""Buckets that last from their first use begin to last."""

OPEN_PARTS = """
INSERT INTO balance_member_use (bucket_id, subscription_id, subscription, used, reserved, cap)
SELECT given.bucket_id, given.subscription_id, given.subscription, 0, 0, given.cap
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[]) AS given (bucket_id, subscription_id, subscription, cap)
ON CONFLICT (shard, bucket_id, subscription_id) DO NOTHING
"""
CHANGE_PARTS = """
UPDATE balance_member_use m SET used = m.used + given.used, reserved = m.reserved + given.reserved
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) AS given (bucket_id, subscription_id, used, reserved)
WHERE m.bucket_id = given.bucket_id AND m.subscription_id = given.subscription_id
"""
"""What lines took and keep of shared buckets; the table refuses more than a cap."""
