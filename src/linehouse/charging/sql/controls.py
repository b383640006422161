"""Caps, counters and statuses of lines under the charging process, in SQL for asyncpg and for the cursor alike."""

from __future__ import annotations

RULES = "SELECT files, home, currency FROM charging_tariffs WHERE catalog_version = $1"
IN_FORCE = """
SELECT catalog_version FROM charging_tariffs WHERE valid_from <= $1
ORDER BY valid_from DESC, catalog_version DESC LIMIT 1
"""
READ = """
SELECT given.id AS subscription_id,
    (SELECT min(l.valid_from) FROM charging_line l WHERE l.subscription_id = given.id) AS since,
    w.country, w.plmn, w.device,
    (SELECT jsonb_agg(jsonb_build_object('key', c.key, 'starts', c.starts, 'ends', c.ends, 'spent', c.spent,
        'reserved', c.reserved, 'told', c.told, 'consented_at', c.consented_at, 'recent', c.recent))
     FROM charging_cap c
     WHERE c.subscription_id = given.id AND (c.ends IS NULL OR c.ends > $2 OR c.reserved <> 0)) AS caps,
    (SELECT jsonb_agg(jsonb_build_object('key', c.key, 'starts', c.starts, 'ends', c.ends, 'used', c.used,
        'open', c.open))
     FROM charging_policy_counter c
     WHERE c.subscription_id = given.id AND (c.ends > $2 OR c.open <> 0)) AS counters,
    (SELECT jsonb_agg(jsonb_build_object('key', s.key, 'status', s.status, 'acts', s.acts,
        'next_status', s.next_status, 'next_at', s.next_at))
     FROM charging_policy_status s WHERE s.subscription_id = given.id) AS statuses,
    (SELECT jsonb_agg(jsonb_build_object('kind', o.kind, 'key', o.key, 'on', o.is_on, 'amount', o.amount,
        'hard', o.hard, 'until', o.until))
     FROM charging_linecontrol o WHERE o.subscription_id = given.id) AS settings
FROM unnest($1::uuid[]) AS given (id) LEFT JOIN charging_whereabouts w ON w.subscription_id = given.id
"""
"""Everything that is kept of these lines' ($1) controls; periods that ended before an instant ($2) are left out."""

PUT_CAPS = """
INSERT INTO charging_cap (subscription_id, key, starts, ends, spent, reserved, told, recent)
SELECT given.subscription_id, given.key, given.starts, given.ends, given.spent, given.reserved, given.told,
       given.recent::jsonb
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::bigint[], $7::smallint[],
            $8::text[]) AS given (subscription_id, key, starts, ends, spent, reserved, told, recent)
ORDER BY given.subscription_id, given.key, given.starts
ON CONFLICT (subscription_id, key, starts) DO UPDATE
SET spent = excluded.spent, reserved = excluded.reserved, told = excluded.told, recent = excluded.recent
"""

PUT_COUNTERS = """
INSERT INTO charging_policy_counter (subscription_id, key, starts, ends, used, open)
SELECT given.* FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::bigint[])
     AS given (subscription_id, key, starts, ends, used, open)
ORDER BY given.subscription_id, given.key, given.starts
ON CONFLICT (subscription_id, key, starts) DO UPDATE SET used = excluded.used, open = excluded.open
"""

PUT_PLACES = """
INSERT INTO charging_whereabouts (subscription_id, country, plmn, since)
SELECT given.*, $4 FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (subscription_id, country, plmn)
ON CONFLICT (subscription_id) DO UPDATE SET country = excluded.country, plmn = excluded.plmn, since = excluded.since
"""

PUT_STATUSES = """
INSERT INTO charging_policy_status (subscription_id, key, status, acts, next_status, next_at, since)
SELECT given.*, $7 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
     AS given (subscription_id, key, status, acts, next_status, next_at)
ON CONFLICT (subscription_id, key) DO UPDATE
SET since = CASE WHEN charging_policy_status.status = excluded.status THEN charging_policy_status.since
                 ELSE excluded.since END,
    status = excluded.status, acts = excluded.acts, next_status = excluded.next_status, next_at = excluded.next_at
"""

INSERT_CHANGES = """
INSERT INTO charging_policy_change (subscription_id, key, was, status, why, changed_at)
SELECT given.*, $6 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
     AS given (subscription_id, key, was, status, why)
"""

WANT_PUSHES = """
INSERT INTO charging_policy_push (policy_subscription, key, status, next_status, next_at, wanted_at)
SELECT s.id, given.key, given.status, given.next_status, given.next_at, $6
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
     AS given (subscription_id, key, status, next_status, next_at)
JOIN charging_policy_subscription s ON s.subscription_id = given.subscription_id
    AND (s.counters = '{}' OR given.key = ANY(s.counters)) AND (s.expires_at IS NULL OR s.expires_at > $6)
ON CONFLICT (policy_subscription, key) WHERE told_at IS NULL DO UPDATE
SET status = excluded.status, next_status = excluded.next_status, next_at = excluded.next_at,
    wanted_at = excluded.wanted_at, claimed_until = NULL, tries = 0
"""
"""One message waits for each subscription and counter: what changes again before it was told replaces it."""

TELL = """
INSERT INTO jobs_job (id, kind, key, payload, state, due_at, serial, attempts, last_error, made_at)
SELECT given.id, 'charging.tell_control', given.key, given.payload::jsonb, 'waiting', $4, given.serial, 0, '', $5
FROM unnest($1::uuid[], $2::text[], $3::text[], $6::text[]) AS given (id, key, payload, serial)
ON CONFLICT (kind, key) DO NOTHING
"""
"""What happened to a line becomes an event in the worker, once."""
