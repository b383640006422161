"""Who holds an IMSI, in SQL for asyncpg: the assignments that usage is identified by. No Django, no connection."""

from __future__ import annotations

HOLDERS_OF_IMSIS = """
SELECT q.digits, a.holder FROM unnest($3::text[]) AS q (digits)
JOIN resource_assignment a ON a.kind = 'imsi' AND a.number = q.digits::bigint AND a.period @> $2::timestamptz
"""
"""The holder of each IMSI ($3, digits) at an instant ($2)."""

IMSIS_OF_HOLDERS = """
SELECT DISTINCT ON (a.holder) a.holder, lpad(a.number::text, 15, '0') AS imsi FROM resource_assignment a
WHERE a.kind = 'imsi' AND a.holder = ANY($1::text[])
ORDER BY a.holder, upper(a.period) DESC NULLS FIRST
"""
"""The IMSI that each of these holders ($1) has, or had last."""
