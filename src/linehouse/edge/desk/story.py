"""Stories for the eye: the customer's timeline, and the last things that happened in the brand."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.urls import reverse

from linehouse.care import service as care
from linehouse.care.events import InteractionRecorded
from linehouse.edge.ui.status import Tone, readable
from linehouse.edge.ui.timeline import Moment
from linehouse.insight import service as insight
from linehouse.insight.values import Mood, Subject, TimelineEntry, TimelineFilter

SHOWN: Final = 90
"""Characters of a contact's text in a list."""
_ICONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "activation": "network",
        "approval": "shield",
        "balance": "allowance",
        "billing": "bill",
        "care": "chat",
        "charging": "usage",
        "customer": "users",
        "inventory": "box",
        "notify": "mail",
        "ordering": "order",
        "party": "staff",
        "payment": "payment",
        "resource": "sim",
        "usage": "usage",
        "worklist": "check-circle",
    }
)
_TONES: Final[Mapping[Mood, Tone]] = MappingProxyType(
    {Mood.QUIET: Tone.QUIET, Mood.INFO: Tone.INFO, Mood.GOOD: Tone.GOOD, Mood.BAD: Tone.BAD}
)
_BY_NUMBER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "order": "order",
        "product": "product",
        "invoice": "invoice",
        "customer": "customer",
        "interaction": "interaction",
        "refund": "refund",
        "proposal": "approval",
    }
)
_BY_ID: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "payment": ("payment", "payment_id"),
        "message": ("message", "message_id"),
        "task": ("task", "task_id"),
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


def moments_of(
    customer_id: UUID,
    brand: str,
    *,
    offset: int = 0,
    limit: int = 50,
    wanted: TimelineFilter | None = None,
    contacts: bool = False,
) -> tuple[list[Moment], int]:
    """A page of a customer's timeline, newest first, and how many entries it has.

    With ``contacts``, for those who may read them, the beginning of what was said stands beside a recorded contact.
    """
    page = insight.timeline(customer_id, offset=offset, limit=limit, wanted=wanted)
    said = _said(page.rows) if contacts else {}
    moments = [
        Moment(
            entry.at,
            entry.title,
            " · ".join(filter(None, (entry.text, said.get(entry.event_id, "")))),
            _ICONS.get(entry.event.partition(".")[0], "event"),
            _TONES[entry.mood],
            subject_url(entry.subject, brand),
            " · ".join(filter(None, (entry.actor, readable(entry.channel), readable(entry.direction)))),
        )
        for entry in page.rows
    ]
    return moments, page.total


def _said(entries: Sequence[TimelineEntry]) -> dict[UUID, str]:
    """What was said in the contacts among the entries, shortened, by entry."""
    whose = {
        entry.event_id: entry.subject.id
        for entry in entries
        if entry.event == InteractionRecorded.event_name and entry.subject is not None
    }
    if not whose:
        return {}
    found = care.interactions_by_id(whose.values())
    return {entry: shortened(found[contact].text) for entry, contact in whose.items() if contact in found}


def shortened(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1].rstrip() + "…"


def icon_of(event_name: str) -> str:
    """The icon of an event's room."""
    return _ICONS.get(event_name.partition(".")[0], "event")


def tone_of_mood(mood: Mood) -> Tone:
    """How an entry's mood looks."""
    return _TONES[mood]
