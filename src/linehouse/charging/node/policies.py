"""Subscriptions to the policy of lines, for doors that name lines by card: who is meant, and which are over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from linehouse.charging.errors import SubscriberUnknown
from linehouse.charging.node.requests import Who
from linehouse.charging.sql.online import LINES_AT
from linehouse.charging.sql.recalling import CARDS, ENDED_POLICIES, EXPIRED_POLICIES, NAMES_OF_LINES


@dataclass(frozen=True, slots=True)
class Ended:
    """A subscription whose line has ended."""

    ref: str
    subscription_id: UUID
    address: Mapping[str, str]


async def line_of(connection: asyncpg.Connection, who: Who, now: datetime) -> UUID:
    """The line that is meant. Raises SubscriberUnknown, also where number and card are of different lines."""
    msisdns, imsis = [who.msisdn] * bool(who.msisdn), [who.imsi] * bool(who.imsi)
    found = {row["subscription_id"] for row in await connection.fetch(LINES_AT, msisdns, now, imsis)}
    if len(found) != 1:
        raise SubscriberUnknown("nobody has this number or card", field="who", expected="one line of ours")
    (one,) = found
    return UUID(str(one))


async def cards_of(connection: asyncpg.Connection, lines: Iterable[UUID]) -> dict[UUID, str]:
    """The IMSI of each line, or the one that it had last."""
    named = {row["subscription"]: row["subscription_id"] for row in await connection.fetch(NAMES_OF_LINES, list(lines))}
    return {named[row["holder"]]: row["imsi"] for row in await connection.fetch(CARDS, list(named))}


async def ended(connection: asyncpg.Connection, kind: str, now: datetime) -> list[Ended]:
    """Subscriptions whose line has ended; those whose own time is over are forgotten."""
    await connection.execute(EXPIRED_POLICIES, kind, now)
    rows = await connection.fetch(ENDED_POLICIES, kind, now)
    return [Ended(row["ref"], row["subscription_id"], json.loads(row["address"])) for row in rows]
