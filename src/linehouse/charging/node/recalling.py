"""What is known of a session, for doors whose requests leave out what was said before."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from linehouse.charging.sql.recalling import ANSWERED_LIKE, SESSION_KNOWN


@dataclass(frozen=True, slots=True)
class KnownSession:
    """A session: the number of its line, its services with the one granted last behind, and whether it is over."""

    msisdn: str
    services: tuple[str, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Before:
    """A request that was answered: its once-key and the digest of its content."""

    key: str
    fingerprint: str


async def session_known(pool: asyncpg.Pool, session: str) -> KnownSession | None:
    """The session, or None where nobody saw it begin. Nothing is locked: what it says may be old already."""
    row = await pool.fetchrow(SESSION_KNOWN, session)
    if row is None:
        return None
    return KnownSession(row["msisdn"] or "", tuple(row["services"]), row["closed_at"] is not None)


async def answered_before(pool: asyncpg.Pool, session: str, beginning: str) -> Before | None:
    """The one request of the session whose key begins so; None where there is none, or more than one."""
    rows = await pool.fetch(ANSWERED_LIKE, session, beginning)
    return Before(rows[0]["key"], rows[0]["fingerprint"]) if len(rows) == 1 else None
