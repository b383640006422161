"""What a door asks of a session before it charges, in SQL for asyncpg."""

from __future__ import annotations

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
