"""What tariffs ask besides the request itself, in SQL for asyncpg."""

from __future__ import annotations

OURS = """
SELECT DISTINCT ON (msisdn) msisdn, subscription_id, customer_id FROM charging_line
WHERE msisdn = ANY($1::text[]) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
ORDER BY msisdn, valid_from DESC
"""
"""Which numbers ($1, digits) are ours at an instant ($2), and whose."""

FRIENDS = """
SELECT f.subscription_id, f.number, f.list_key
FROM unnest($1::uuid[], $2::text[]) AS asked (subscription_id, number)
JOIN charging_friend f ON f.subscription_id = asked.subscription_id AND f.number = asked.number AND f.valid_from <= $3
"""
"""On which lists of lines ($1) numbers ($2, digits) stand at an instant ($3)."""
