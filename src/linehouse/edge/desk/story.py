"""Stories for the eye: the customer's timeline, and the last things that happened in the brand."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.urls import reverse

from linehouse.customer import service as customers
from linehouse.edge.ui.status import Tone
from linehouse.edge.ui.timeline import Moment
from linehouse.insight import service as insight
from linehouse.insight.values import Mood, Subject
from linehouse.insight.words import tell
from linehouse.platform.outbox.service import search_events

_ICONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "activation": "network",
        "balance": "allowance",
        "billing": "bill",
        "charging": "usage",
        "customer": "users",
        "inventory": "box",
        "notify": "mail",
        "ordering": "order",
        "party": "staff",
        "payment": "payment",
        "resource": "sim",
        "usage": "usage",
    }
)
_TONES: Final[Mapping[Mood, Tone]] = MappingProxyType(
    {Mood.QUIET: Tone.QUIET, Mood.INFO: Tone.INFO, Mood.GOOD: Tone.GOOD, Mood.BAD: Tone.BAD}
)
_BY_NUMBER: Final[Mapping[str, str]] = MappingProxyType(
    {"order": "order", "product": "product", "invoice": "invoice", "customer": "customer"}
)
_BY_ID: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "payment": ("payment", "payment_id"),
        "message": ("message", "message_id"),
        "request": ("network_request", "request_id"),
        "bucket": ("bucket", "bucket_id"),
        "suspense": ("suspended", "suspense_id"),
        "usage": ("usage_record", "record_id"),
        "invoice": ("bill", "bill_id"),
    }
)


def subject_url(subject: Subject | None, brand: str) -> str:
    """The address of what an entry is about; empty where it has no page."""
    if subject is None:
        return ""
    if subject.number and subject.kind in _BY_NUMBER:
        return reverse(f"desk:{_BY_NUMBER[subject.kind]}", args=(brand, subject.number))
    if subject.kind in _BY_ID:
        name, parameter = _BY_ID[subject.kind]
        return reverse(f"desk:{name}", kwargs={"brand": brand, parameter: subject.id})
    return ""


def moments_of(customer_id: UUID, brand: str, *, offset: int = 0, limit: int = 50) -> tuple[list[Moment], int]:
    """A page of a customer's timeline, newest first, and how many entries it has."""
    page = insight.timeline(customer_id, offset=offset, limit=limit)
    moments = [
        Moment(
            entry.at,
            entry.title,
            entry.text,
            _ICONS.get(entry.event.partition(".")[0], "event"),
            _TONES[entry.mood],
            subject_url(entry.subject, brand),
            entry.actor,
        )
        for entry in page.rows
    ]
    return moments, page.total


def recent_moments(brand: str, *, limit: int = 8) -> list[Moment]:
    """The last things that happened to customers of the brand, each with the customer's name."""
    events, _ = search_events(limit=60)
    chosen = [event for event in events if event.customer_id is not None and "step" not in event.name][:limit]
    names = customers.customers([event.customer_id for event in chosen if event.customer_id])
    moments = []
    for event in chosen:
        told = tell(event.event())
        whose = names.get(event.customer_id) if event.customer_id else None
        moments.append(
            Moment(
                event.business_time,
                told.title,
                whose.name if whose else "",
                _ICONS.get(event.name.partition(".")[0], "event"),
                _TONES[told.mood],
                subject_url(told.subject, brand),
            )
        )
    return moments
