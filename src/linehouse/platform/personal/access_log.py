"""Who looked at whose data, when, why and through what. One statement for each look, however many people it showed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.ids import new_id
from linehouse.platform.personal.models import AccessEntry
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor

GRANTED = "granted"
GRANT_LASTS = timedelta(hours=24)
ONE_LOOK = timedelta(minutes=10)
"""Looking at the same thing again within this time is the same look."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a person's data."""

    at: datetime
    actor: str
    actor_kind: str
    through: str
    what: str
    reason: str


def note_access(subjects: Iterable[UUID], actor: Actor, through: str, what: str, *, reason: str = "") -> None:
    """Write down that the actor saw ``what`` of these people; a look without a reason counts once in ten minutes."""
    wanted, now = list(dict.fromkeys(subjects)), MachineClock().now()
    if not wanted:
        return
    with brand_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO personal_accessentry (id, subject, at, actor_kind, actor_id, actor, through, what, reason)
            SELECT w.id, w.subject, %(at)s, %(kind)s, %(actor_id)s, %(actor)s, %(through)s, %(what)s, %(reason)s
            FROM unnest(%(ids)s::uuid[], %(subjects)s::uuid[]) AS w(id, subject)
            WHERE %(reason)s <> '' OR NOT EXISTS (
                SELECT 1 FROM personal_accessentry e WHERE e.subject = w.subject AND e.at > %(since)s
                AND e.actor_id = %(actor_id)s AND e.through = %(through)s AND e.what = %(what)s)
            """,
            {
                "ids": [new_id() for _ in wanted],
                "subjects": wanted,
                "at": now,
                "since": now - ONE_LOOK,
                "kind": actor.kind,
                "actor_id": actor.id,
                "actor": actor.name,
                "through": through,
                "what": what[:200],
                "reason": reason[:500],
            },
        )


def grant(subject: UUID, to: Actor, what: str, *, reason: str) -> None:
    """Let somebody unmask a person's values for a day, in the surrounding unit of work."""
    note_access([subject], to, GRANTED, what, reason=reason)


def is_granted(subject: UUID, actor: Actor) -> bool:
    """Whether somebody else has allowed the actor, within the last day, to unmask the person's values."""
    since = MachineClock().now() - GRANT_LASTS
    return AccessEntry.objects.filter(subject=subject, through=GRANTED, actor_id=actor.id, at__gt=since).exists()


def looks_at(subject: UUID, *, offset: int = 0, limit: int = 50) -> tuple[list[Look], int]:
    """Who looked at the person's data, newest first, and how many looks there are."""
    rows = AccessEntry.objects.filter(subject=subject).order_by("-at", "-id")
    page = [
        Look(row.at, row.actor, row.actor_kind, row.through, row.what, row.reason)
        for row in rows[offset : offset + limit]
    ]
    return page, rows.count()
