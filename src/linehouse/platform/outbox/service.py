"""Writing and reading the event log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.event import Event, decode, encode
from linehouse.kernel.ids import new_id
from linehouse.platform.jobs.store import NewJob, insertion
from linehouse.platform.outbox.models import OutboxEvent
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.sql import brand_cursor, hot_cursor
from linehouse.platform.work import current_work

DELIVER = "deliver:"
"""Job kinds that bring an event to a consumer begin with this; the rest is the consumer's name."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the log holds it."""

    position: int
    id: UUID
    name: str
    version: int
    aggregate_id: UUID
    aggregate_sequence: int
    customer_id: UUID | None
    payload: dict[str, object]
    actor: str
    correlation_id: UUID
    causation_id: UUID | None
    business_time: datetime
    machine_time: datetime

    def event(self) -> Event:
        """The typed fact."""
        return decode(self.name, json.dumps(self.payload))


# Events of one aggregate get their sequence one after the other, whoever emits them. The statements go to the server
# together, and each still sees what was committed before it began, so that the maximum is read under the lock.
_RECORD = """
SELECT pg_advisory_xact_lock(hashtextextended(%s, 0));
INSERT INTO outbox_outboxevent (id, name, version, aggregate_id, aggregate_sequence, customer_id, payload, actor,
                                correlation_id, causation_id, business_time, machine_time)
SELECT %s, %s, %s, %s, coalesce(max(aggregate_sequence), 0) + 1, %s, %s, %s, %s, %s, %s, %s
FROM outbox_outboxevent WHERE aggregate_id = %s
"""


_BEGIN = """
INSERT INTO outbox_outboxevent (id, name, version, aggregate_id, aggregate_sequence, customer_id, payload, actor,
                                correlation_id, causation_id, business_time, machine_time)
VALUES (%s, %s, %s, %s, 1, %s, %s, %s, %s, %s, %s, %s)
"""


def emit(event: Event, *, begins: bool = False) -> UUID:
    """Record a fact in the surrounding unit of work, with one job for each of its consumers; returns its id.

    Nothing leaves when the transaction rolls back; nothing is lost once it has committed. ``begins``: the aggregate was
    made in this transaction and this is its first fact, so that nobody else can count its events meanwhile.
    """
    work = current_work()
    event_id = new_id()
    aggregate = event.aggregate_id
    facts: list[Any] = [
        event_id,
        event.event_name,
        event.event_version,
        aggregate,
        event.customer,
        encode(event).decode(),
        work.actor.name,
        work.correlation,
        work.causation,
        work.now,
        MachineClock().now(),
    ]
    told = str(event_id)
    jobs = [
        NewJob(
            DELIVER + listener.name,
            {"event": told},
            key=told,
            due=work.now,
            serial=f"{listener.name}/{aggregate}",
            correlation=work.correlation,
        )
        for listener in consumers_of(event.event_name)
    ]
    insert, values = insertion(jobs) if jobs else ("", [])
    if begins:
        with hot_cursor() as cursor:
            cursor.execute(f"WITH fact AS ({_BEGIN}) {insert}" if insert else _BEGIN, [*facts, *values])
    else:
        params = [str(aggregate), *facts, aggregate, *values]
        with brand_cursor() as cursor:
            cursor.execute(f"{_RECORD};{insert}" if insert else _RECORD, params)
    work.emitted.append(event.event_name)
    return event_id


def deliver(event_id: UUID) -> None:
    """Give the consumers of an event, which a process without them wrote, their jobs, due since it happened."""
    row = recorded(event_id)
    jobs = [
        NewJob(
            DELIVER + listener.name,
            {"event": str(event_id)},
            key=str(event_id),
            due=row.business_time,
            serial=f"{listener.name}/{row.aggregate_id}",
            correlation=row.correlation_id,
        )
        for listener in consumers_of(row.name)
    ]
    if jobs:
        with brand_cursor() as cursor:
            cursor.execute(*insertion(jobs))


def recorded(event_id: UUID) -> Recorded:
    """The event of that id; raises OutboxEvent.DoesNotExist."""
    return _value(OutboxEvent.objects.get(id=event_id))


def events_after(position: int, limit: int = 500) -> Sequence[Recorded]:
    """The log from behind a position, in order: for projections that are built anew and for replay."""
    return [_value(row) for row in OutboxEvent.objects.filter(position__gt=position).order_by("position")[:limit]]


def events_after_named(position: int, names: Sequence[str], limit: int) -> Sequence[Recorded]:
    """Events of these names behind a position, in order."""
    rows = OutboxEvent.objects.filter(position__gt=position, name__in=list(names)).order_by("position")
    return [_value(row) for row in rows[:limit]]


def recorded_or_none(position: int) -> Recorded | None:
    """The event at that position, or None."""
    row = OutboxEvent.objects.filter(position=position).first()
    return None if row is None else _value(row)


def events_between(after: int, until: int, names: Sequence[str], limit: int = 500) -> Sequence[Recorded]:
    """Events of these names behind one position and up to another, in order."""
    rows = OutboxEvent.objects.filter(position__gt=after, position__lte=until, name__in=list(names))
    return [_value(row) for row in rows.order_by("position")[:limit]]


def position_at(instant: datetime) -> int:
    """The position of the last event before the business instant; 0 when there is none."""
    rows = OutboxEvent.objects.filter(business_time__lt=instant).order_by("-position")
    return rows.values_list("position", flat=True).first() or 0


def search_events(
    *,
    name: str = "",
    customer_id: UUID | None = None,
    aggregate_id: UUID | None = None,
    actor: str = "",
    not_actor: str = "",
    mentions: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[Recorded], int]:
    """A page of the log, newest first, and how many match.

    ``actor`` is who did it, ``not_actor`` who did not (it goes before); ``mentions`` is a text of its facts, such as
    the number of an order.
    """
    rows = OutboxEvent.objects.order_by("-position")
    if not_actor:
        rows = rows.exclude(actor=not_actor)
    elif actor:
        rows = rows.filter(actor=actor)
    if mentions:
        rows = rows.annotate(facts=Cast("payload", TextField())).filter(facts__icontains=mentions)
    if name:
        rows = rows.filter(name__icontains=name)
    if customer_id:
        rows = rows.filter(customer_id=customer_id)
    if aggregate_id:
        rows = rows.filter(aggregate_id=aggregate_id)
    return [_value(row) for row in rows[offset : offset + limit]], rows.count()


def actors_of_events() -> list[str]:
    """Everybody who has caused an event, by name."""
    return list(OutboxEvent.objects.order_by("actor").values_list("actor", flat=True).distinct()[:500])


def rooms_of_events() -> list[str]:
    """The rooms whose events the log holds, by name."""
    names = OutboxEvent.objects.order_by("name").values_list("name", flat=True).distinct()
    return sorted({name.partition(".")[0] for name in names})


def last_position() -> int:
    """Where the log ends now; 0 when it is empty."""
    last = OutboxEvent.objects.order_by("-position").values_list("position", flat=True).first()
    return last or 0


def _value(row: OutboxEvent) -> Recorded:
    return Recorded(
        row.position,
        row.id,
        row.name,
        row.version,
        row.aggregate_id,
        row.aggregate_sequence,
        row.customer_id,
        row.payload,
        row.actor,
        row.correlation_id,
        row.causation_id,
        row.business_time,
        row.machine_time,
    )
