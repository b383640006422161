"""Wishes that sessions are asked again, in SQL for asyncpg; ``INSERT_WISH`` also in a form for other rooms' stores."""

from __future__ import annotations

WISH_FOR_LINES = """
INSERT INTO charging_wish (subscription_id, session, reason, ends, wanted_at)
SELECT s.subscription_id, s.session, $2, $3, $4 FROM charging_session s
WHERE s.subscription_id = ANY($1::uuid[]) AND s.closed_at IS NULL
"""
"""Every open session of these lines ($1): for which reason ($2), whether it is to end ($3), since when ($4)."""

SPREAD_WISHES = """
WITH whole AS (
    UPDATE charging_wish w SET settled_at = $1, outcome = 'spread'
    WHERE w.id IN (SELECT id FROM charging_wish WHERE settled_at IS NULL AND session IS NULL FOR UPDATE SKIP LOCKED)
    RETURNING w.subscription_id, w.reason, w.ends, w.wanted_at
)
INSERT INTO charging_wish (subscription_id, session, reason, ends, wanted_at)
SELECT whole.subscription_id, s.session, whole.reason, whole.ends, whole.wanted_at
FROM whole JOIN charging_session s ON s.subscription_id = whole.subscription_id AND s.closed_at IS NULL
"""
"""A wish without a session becomes one for each session of the line that is open now."""

CLAIM_WISHES = """
WITH mine AS (
    UPDATE charging_wish w SET not_before = $2, tries = w.tries + 1
    WHERE w.id IN (
        SELECT id FROM charging_wish
        WHERE settled_at IS NULL AND session IS NOT NULL AND (not_before IS NULL OR not_before <= $1)
        ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED)
    RETURNING w.id, w.session, w.ends, w.tries
)
SELECT mine.id, mine.session, mine.ends, mine.tries, s.session AS known, s.closed_at, s.door, s.door_address,
       ARRAY(SELECT jsonb_object_keys(s.state -> 'services')) AS services
FROM mine LEFT JOIN charging_session s ON s.session = mine.session ORDER BY mine.id
"""
"""Take wishes that wait at an instant of the machine ($1) until another ($2), at most so many ($3)."""

SETTLE_WISHES = """
UPDATE charging_wish w SET settled_at = $3, outcome = given.outcome, not_before = NULL
FROM unnest($1::bigint[], $2::text[]) AS given (id, outcome) WHERE w.id = given.id
"""

TRY_AGAIN = """
UPDATE charging_wish w SET not_before = given.at
FROM unnest($1::bigint[], $2::timestamptz[]) AS given (id, at) WHERE w.id = given.id
"""
