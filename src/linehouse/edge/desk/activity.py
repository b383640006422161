"""Who did what in the brand: the event log in the reader's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from linehouse.customer import service as customers
from linehouse.edge.desk.story import icon_of, subject_url, tone_of_mood
from linehouse.edge.ui.timeline import Moment
from linehouse.insight.words import tell
from linehouse.platform.outbox.service import Recorded, search_events
from linehouse.platform.work import SYSTEM


@dataclass(frozen=True, slots=True)
class Act:
    """One event as somebody's act."""

    at: datetime
    actor: str
    title: str
    text: str
    url: str
    customer: str
    customer_url: str
    event_url: str


def acts(
    brand: str, *, actor: str = "", room: str = "", mentions: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[Act], int]:
    """A page of what happened, newest first: of one person, of one kind, or about one object by its number."""
    found, total = search_events(
        actor=actor,
        not_actor=SYSTEM.name if actor == PEOPLE else "",
        name=f"{room}." if room else "",
        mentions=mentions,
        offset=offset,
        limit=limit,
    )
    names = customers.customers([event.customer_id for event in found if event.customer_id])
    made = []
    for event in found:
        told = tell(event.event())
        whose = names.get(event.customer_id) if event.customer_id else None
        made.append(
            Act(
                event.business_time,
                event.actor,
                told.title,
                told.text,
                subject_url(told.subject, brand),
                whose.name if whose else "",
                reverse("desk:customer", args=(brand, whose.number)) if whose else "",
                reverse("desk:event", args=(brand, event.id)),
            )
        )
    return made, total


PEOPLE = "people"
"""Stands for everybody but the house itself."""


def latest(brand: str, limit: int = 8) -> list[Moment]:
    """The last acts for the dashboard, without the small steps of orders."""
    events = _telling(search_events(limit=60)[0])[:limit]
    names = customers.customers([event.customer_id for event in events if event.customer_id])
    moments = []
    for event in events:
        told = tell(event.event())
        whose = names.get(event.customer_id) if event.customer_id else None
        moments.append(
            Moment(
                event.business_time,
                told.title,
                whose.name if whose else "",
                icon_of(event.name),
                tone_of_mood(told.mood),
                subject_url(told.subject, brand),
                by="" if event.actor == SYSTEM.name else event.actor,
            )
        )
    return moments


def _telling(events: Sequence[Recorded]) -> list[Recorded]:
    return [event for event in events if event.customer_id is not None and "step" not in event.name]
