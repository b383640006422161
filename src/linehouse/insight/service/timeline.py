"""Writing and reading the timeline."""

from __future__ import annotations

import json
from uuid import UUID

from linehouse.insight.models import TimelineRow
from linehouse.insight.values import TimelineEntry, TimelinePage
from linehouse.insight.words import tell
from linehouse.kernel.event import decode
from linehouse.platform.outbox.service import Recorded, events_after
from linehouse.platform.work import Actor, unit_of_work

_PAGE = 500


def record(event: Recorded) -> None:
    """Put an event on its customer's timeline, in the surrounding unit of work; a second time changes nothing."""
    if event.customer_id is not None:
        TimelineRow.objects.bulk_create([_row(event, event.customer_id)], ignore_conflicts=True)


def timeline(customer_id: UUID, *, offset: int = 0, limit: int = 50, about: UUID | None = None) -> TimelinePage:
    """What happened to a customer, newest first; with ``about`` only what concerns that order, invoice or product."""
    rows = TimelineRow.objects.filter(customer_id=customer_id).order_by("-at", "-position")
    if about is not None:
        entries = [entry for entry in map(_entry, rows) if entry.subject and entry.subject.id == about]
        return TimelinePage(tuple(entries[offset : offset + limit]), len(entries))
    return TimelinePage(tuple(_entry(row) for row in rows[offset : offset + limit]), rows.count())


def rebuild_timeline(*, actor: Actor) -> int:
    """Empty the timeline and fill it anew from the event log; returns how many entries it has."""
    with unit_of_work(actor, "the timeline is built anew"):
        TimelineRow.objects.all().delete()
        position = filled = 0
        while events := events_after(position, _PAGE):
            rows = [_row(event, event.customer_id) for event in events if event.customer_id is not None]
            TimelineRow.objects.bulk_create(rows)
            filled += len(rows)
            position = events[-1].position
        return filled


def _row(event: Recorded, customer_id: UUID) -> TimelineRow:
    return TimelineRow(
        event_id=event.id,
        customer_id=customer_id,
        position=event.position,
        at=event.business_time,
        event=event.name,
        actor=event.actor,
        facts=event.payload,
    )


def _entry(row: TimelineRow) -> TimelineEntry:
    told = tell(decode(row.event, json.dumps(row.facts)))
    return TimelineEntry(
        event_id=row.event_id,
        at=row.at,
        event=row.event,
        actor=row.actor,
        title=told.title,
        text=told.text,
        mood=told.mood,
        subject=told.subject,
    )
