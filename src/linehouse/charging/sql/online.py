"""Sessions, answers and rated records under the charging process, in SQL for asyncpg."""

from __future__ import annotations

from linehouse.charging.sql.columns import NAMES, WRITTEN
from linehouse.resource.sql.holders import HOLDERS_OF_IMSIS

LINES_AT = f"""
WITH lines AS (
    SELECT 'msisdn' AS by, l.msisdn AS digits, l.* FROM charging_line l WHERE l.msisdn = ANY($1::text[])
    UNION ALL
    SELECT 'imsi', held.digits, l.* FROM ({HOLDERS_OF_IMSIS}) held JOIN charging_line l ON l.subscription = held.holder
)
SELECT DISTINCT ON (by, digits) by, digits, customer_id, subscription_id, subscription, account_id, account, offering,
       tariff_key, billing_mode, currency, tax_country, zone, cycle_day, segment, segments
FROM lines WHERE valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
ORDER BY by, digits, valid_from DESC
"""  # noqa: S608  # our own text
"""The lines that have these numbers ($1, digits), or cards of these IMSIs ($3, digits), at an instant ($2)."""

LINES_BY_ID = """
SELECT msisdn, customer_id, subscription_id, subscription, account_id, account, offering, tariff_key, billing_mode,
       currency, tax_country, zone, cycle_day, segment, segments
FROM charging_line WHERE subscription_id = ANY($1::uuid[])
"""

LOCK_LINES = """
SELECT subscription_id FROM charging_line WHERE subscription_id = ANY($1::uuid[])
ORDER BY subscription_id FOR NO KEY UPDATE SKIP LOCKED
"""
"""Of these lines ($1) those that nobody else decides on at the moment."""

WAIT_FOR_LINES = LOCK_LINES.replace(" SKIP LOCKED", "")
"""All of these lines, once nobody else decides on them."""

OPEN_COUNTERS = """
INSERT INTO charging_counter (subscription_id, period_start, counter)
SELECT given.subscription_id, given.period_start, ''
FROM unnest($1::uuid[], $2::date[]) WITH ORDINALITY AS given (subscription_id, period_start, place)
ORDER BY place ON CONFLICT DO NOTHING
"""
LOCK_COUNTERS = """
SELECT 1 FROM charging_counter c JOIN unnest($1::uuid[], $2::date[]) AS given (subscription_id, period_start)
    ON (c.shard, c.subscription_id, c.period_start) = (0, given.subscription_id, given.period_start)
WHERE c.counter = '' ORDER BY c.subscription_id, c.period_start FOR UPDATE OF c
"""
COUNTERS = """
SELECT c.subscription_id, c.period_start, c.counter, c.used
FROM charging_counter c JOIN unnest($1::uuid[], $2::date[]) AS given (subscription_id, period_start)
    ON (c.shard, c.subscription_id, c.period_start) = (0, given.subscription_id, given.period_start)
WHERE c.counter <> ''
"""
"""Counters of periods (subscription $1, first day $2), locked behind the buckets as everybody locks them."""

SESSIONS = """
SELECT session, subscription_id, state, door, door_address FROM charging_session WHERE session = ANY($1::text[])
"""

ANSWERS = """
SELECT a.session, a.key, a.fingerprint, a.answer FROM charging_answer a
JOIN unnest($1::text[], $2::text[]) AS given (session, key) USING (session, key)
"""

DUE_SESSIONS = """
SELECT session, subscription_id FROM charging_session WHERE lapses_at <= $1 ORDER BY lapses_at LIMIT $2
"""
"""Sessions of which a reservation's time is over at an instant ($1)."""

PUT_SESSIONS = """
WITH answered AS (
    INSERT INTO charging_answer (session, key, fingerprint, answer, answered_at)
    SELECT given.session, given.key, given.fingerprint, given.answer::jsonb, $13
    FROM unnest($9::text[], $10::text[], $11::text[], $12::text[]) AS given (session, key, fingerprint, answer)
)
INSERT INTO charging_session (session, subscription_id, state, began_at, closed_at, lapses_at, door, door_address)
SELECT given.session, given.subscription_id, given.state::jsonb, given.began_at, given.closed_at, given.lapses_at,
       given.door, given.door_address::jsonb
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::text[],
            $8::text[])
     AS given (session, subscription_id, state, began_at, closed_at, lapses_at, door, door_address)
ON CONFLICT (session) DO UPDATE
SET state = excluded.state, closed_at = excluded.closed_at, lapses_at = excluded.lapses_at, door = excluded.door,
    door_address = excluded.door_address
WHERE charging_session.subscription_id = excluded.subscription_id
"""
"""Sessions as they stand ($1 to $8), and what was answered ($9 to $12). A session that another line has begun meanwhile
is left alone, so that the count tells."""

MARK_REUSED = """
UPDATE charging_answer a SET reused_at = $3
FROM unnest($1::text[], $2::text[]) AS given (session, key)
WHERE (a.session, a.key) = (given.session, given.key) AND a.reused_at IS NULL
RETURNING a.session, a.key
"""
"""Keys that were used for another content; returns those of which nobody knew."""

INSERT_RATED = f"""
WITH once AS (
    INSERT INTO charging_once (record_key, record_id, business_time)
    SELECT given.*, $1 FROM unnest($3::text[], $4::uuid[]) AS given
)
INSERT INTO charging_rated_usage (rated_at, {NAMES})
SELECT $1, {NAMES} FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS ({WRITTEN}))
WITH ORDINALITY AS given ({NAMES}, place) ORDER BY place
"""  # noqa: S608  # our own column names

VERSIONS = "SELECT catalog_version, valid_from, cost_tariff FROM charging_tariffs ORDER BY valid_from, catalog_version"
