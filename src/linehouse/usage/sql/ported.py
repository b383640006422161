"""Ported numbers under the charging process, in SQL for asyncpg. No Django, no connection."""

from __future__ import annotations

PORTED = """
SELECT DISTINCT ON (number) number, network FROM usage_ported_number
WHERE number = ANY($1::text[]) AND since <= $2 ORDER BY number, since DESC
"""
"""To which network each number ($1, digits) had gone by an instant ($2); empty: it came back."""
