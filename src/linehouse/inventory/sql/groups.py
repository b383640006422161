"""Closed user groups under the charging process, in SQL for asyncpg. No Django, no connection."""

from __future__ import annotations

GROUPS_OF = """
SELECT asked.line, g.key, g.word
FROM unnest($1::uuid[], $2::uuid[]) AS asked (line, customer)
LEFT JOIN customer_customer c ON c.id = asked.customer
JOIN inventory_groupmember m ON m.member_id IN (asked.line, asked.customer, c.party_id)
     AND m.valid_from <= $3 AND (m.valid_to IS NULL OR m.valid_to > $3)
JOIN inventory_closedgroup g ON g.id = m.group_id
"""
"""The groups of lines ($1), of their customers ($2), and of whoever those are, at an instant ($3)."""
