"""Records of files that tell of sessions, in SQL for asyncpg: those that wait to be settled, and that they are."""

from __future__ import annotations

DUE_MATCHES = """
SELECT m.session, m.usage_type, sum(m.quantity)::bigint AS told, max(m.matched_at) AS newest,
       array_agg(m.record_key) AS keys, s.state, s.door, s.door_address, l.msisdn
FROM charging_match m
JOIN charging_session s ON s.session = m.session AND s.closed_at IS NOT NULL
LEFT JOIN LATERAL (
    SELECT msisdn FROM charging_line WHERE subscription_id = s.subscription_id ORDER BY valid_from DESC LIMIT 1
) l ON true
WHERE (m.session, m.usage_type) IN (
    SELECT session, usage_type FROM charging_match WHERE settled_at IS NULL LIMIT $1)
GROUP BY 1, 2, s.state, s.door, s.door_address, l.msisdn
"""
"""Sessions ($1: at most so many) that are over and of which a record waits; with all records of each."""

SETTLE_MATCHES = """
UPDATE charging_match SET settled_at = $2, difference = $3, outcome = $4
WHERE record_key = ANY($1::text[]) AND settled_at IS NULL
"""
