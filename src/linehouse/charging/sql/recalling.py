"""What a door asks of a session before it charges, in SQL for asyncpg."""

from __future__ import annotations

from linehouse.resource.sql.holders import IMSIS_OF_HOLDERS

SESSION_KNOWN = """
SELECT s.closed_at, l.msisdn,
       ARRAY(SELECT one.key FROM jsonb_each(s.state -> 'services') AS one
             ORDER BY one.value ->> 'granted_at' NULLS FIRST, one.key) AS services
FROM charging_session s
LEFT JOIN charging_line l ON l.subscription_id = s.subscription_id
WHERE s.session = $1 ORDER BY l.valid_from DESC NULLS LAST LIMIT 1
"""
"""A session: whether it is over, the number of its line, its services with the one that was granted last behind."""

ANSWERED_LIKE = """
SELECT key, fingerprint FROM charging_answer WHERE session = $1 AND starts_with(key, $2)
"""
"""Requests of a session ($1) that were answered under a key that begins so ($2)."""

NAMES_OF_LINES = "SELECT subscription_id, subscription FROM charging_line WHERE subscription_id = ANY($1::uuid[])"
CARDS = IMSIS_OF_HOLDERS
"""The card that each of these lines ($1, by name) has, or had last."""

ENDED_POLICIES = """
SELECT s.ref, s.subscription_id, s.address FROM charging_policy_subscription s
WHERE s.kind = $1 AND NOT EXISTS (
    SELECT FROM charging_line l
    WHERE l.subscription_id = s.subscription_id AND (l.valid_to IS NULL OR l.valid_to > $2))
ORDER BY s.ref LIMIT 64
"""
"""Subscriptions of one kind ($1) to the policy of lines that have ended at an instant ($2)."""

EXPIRED_POLICIES = "DELETE FROM charging_policy_subscription WHERE kind = $1 AND expires_at <= $2"
