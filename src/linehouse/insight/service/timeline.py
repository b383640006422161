"""Writing and reading the timeline."""

from __future__ import annotations

import json
from uuid import UUID

from django.db.models import QuerySet

from linehouse.care.values import FOLLOW_UP_TASK
from linehouse.customer import service as customers
from linehouse.insight.kinds import EntryKind, channel_of, direction_of, kind_of
from linehouse.insight.models import TimelineRow
from linehouse.insight.values import TimelineEntry, TimelineFilter, TimelinePage
from linehouse.insight.words import tell
from linehouse.kernel.event import decode
from linehouse.party import events as party
from linehouse.platform.outbox.service import Recorded, events_after
from linehouse.platform.work import Actor, unit_of_work

_PAGE = 500
OF_PARTIES = frozenset(
    event.event_name for event in (party.SubjectRequestReceived, party.SubjectRequestMoved, party.PartyErased)
)
"""Events that name a party and no customer, and belong on the customer's timeline all the same."""


def record(event: Recorded) -> None:
    """Put an event on its customer's timeline, in the surrounding unit of work; a second time changes nothing."""
    whose = _whose(event)
    if whose is not None and not _told_otherwise(event):
        TimelineRow.objects.bulk_create([_row(event, whose)], ignore_conflicts=True)


def _whose(event: Recorded) -> UUID | None:
    """The customer whom an event concerns; one of a party concerns the customer that the party is."""
    if event.customer_id is not None or event.name not in OF_PARTIES:
        return event.customer_id
    found = customers.customers_of_party(UUID(str(event.payload["party_id"])))
    return found[0].id if found else None


def timeline(
    customer_id: UUID,
    *,
    offset: int = 0,
    limit: int = 50,
    about: UUID | None = None,
    wanted: TimelineFilter | None = None,
) -> TimelinePage:
    """What happened to a customer, newest first, narrowed by ``wanted``.

    With ``about`` only what concerns that order, invoice or product.
    """
    rows = _narrowed(customer_id, wanted or TimelineFilter()).order_by("-at", "-position")
    if about is not None:
        entries = [entry for entry in map(_entry, rows) if entry.subject and entry.subject.id == about]
        return TimelinePage(tuple(entries[offset : offset + limit]), len(entries))
    return TimelinePage(tuple(_entry(row) for row in rows[offset : offset + limit]), rows.count())


def channels_of(customer_id: UUID) -> tuple[str, ...]:
    """The channels that occur on a customer's timeline."""
    rows = TimelineRow.objects.filter(customer_id=customer_id).exclude(channel="").order_by("channel")
    return tuple(rows.values_list("channel", flat=True).distinct())


def _narrowed(customer_id: UUID, wanted: TimelineFilter) -> QuerySet[TimelineRow]:
    rows = TimelineRow.objects.filter(customer_id=customer_id)
    for field in ("kind", "channel", "direction"):
        if value := getattr(wanted, field):
            rows = rows.filter(**{field: value})
    for word in wanted.text.lower().split():
        rows = rows.filter(words__contains=word)
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until)
    return rows


def rebuild_timeline(*, actor: Actor) -> int:
    """Empty the timeline and fill it anew from the event log; returns how many entries it has."""
    with unit_of_work(actor, "the timeline is built anew"):
        TimelineRow.objects.all().delete()
        position = filled = 0
        while events := events_after(position, _PAGE):
            told = [(event, _whose(event)) for event in events if not _told_otherwise(event)]
            rows = [_row(event, whose) for event, whose in told if whose is not None]
            TimelineRow.objects.bulk_create(rows)
            filled += len(rows)
            position = events[-1].position
        return filled


def _told_otherwise(event: Recorded) -> bool:
    """Whether another event says the same: a follow-up tells of itself, so its task need not."""
    return event.payload.get("kind") == FOLLOW_UP_TASK


def _row(event: Recorded, customer_id: UUID) -> TimelineRow:
    fact = decode(event.name, json.dumps(event.payload))
    told = tell(fact)
    return TimelineRow(
        kind=kind_of(event.name),
        channel=channel_of(fact)[:30],
        direction=direction_of(fact),
        words=f"{told.title} {told.text} {event.actor}".lower(),
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
        kind=EntryKind(row.kind),
        channel=row.channel,
        direction=row.direction,
    )
