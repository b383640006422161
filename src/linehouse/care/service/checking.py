"""Everything that is wrong with a contact before it is recorded, told at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linehouse.care.lifecycle import INTERACTION
from linehouse.care.models import Interaction
from linehouse.care.service.subjects import Subject, subject
from linehouse.care.values import (
    ATTACHMENT_LIMIT,
    TEXT_LIMIT,
    TOPIC_LIMIT,
    About,
    Channel,
    Direction,
    RecordInteraction,
)
from linehouse.customer import service as customers
from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.party import service as parties


@dataclass(frozen=True, slots=True)
class Checked:
    """A contact that may be recorded."""

    customer_id: UUID | None
    party_id: UUID | None
    channel: Channel
    direction: Direction
    topic: str
    began_at: datetime
    ended_at: datetime | None
    items: tuple[tuple[About, Subject], ...]


def checked(new: RecordInteraction, now: datetime) -> Checked:
    """The contact with its things looked up. Raises InvalidFields, CustomerUnknown, PartyUnknown."""
    customer_id, party_id = _with_whom(new)
    problems = [*_words(new), *_times(new, now), *_files(new), *_earlier(new)]
    items: list[tuple[About, Subject]] = []
    for position, about in enumerate(new.about):
        found = subject(about, customer_id, f"about.{position}")
        if isinstance(found, Problem):
            problems.append(found)
        else:
            items.append((about, found))
    if problems:
        raise InvalidFields(tuple(problems))
    began = new.began_at or new.ended_at or now
    ended = new.ended_at or (began if new.state == "completed" and new.began_at is None else None)
    return Checked(
        customer_id,
        party_id,
        Channel(new.channel),
        Direction(new.direction),
        new.topic.strip(),
        began,
        ended,
        tuple(items),
    )


def _with_whom(new: RecordInteraction) -> tuple[UUID | None, UUID | None]:
    """The customer and the party; a party that is one customer stands for that customer."""
    if new.customer_id is not None:
        return new.customer_id, customers.customer_view(new.customer_id).party_id
    if new.party_id is None:
        return None, None
    parties.party(new.party_id)
    found = customers.customers_of_party(new.party_id)
    return (found[0].id if len(found) == 1 else None), new.party_id


def _words(new: RecordInteraction) -> list[Problem]:
    problems = []
    if new.channel not in set(Channel):
        problems.append(_no_word("channel", str(new.channel), Channel))
    if new.direction not in set(Direction):
        problems.append(_no_word("direction", str(new.direction), Direction))
    if new.state not in INTERACTION.initial:
        expected = ", ".join(sorted(INTERACTION.initial))
        problems.append(Problem("care.state", "a contact does not begin there", "state", new.state, expected))
    if not new.topic.strip():
        problems.append(Problem("care.topic_missing", "say what it was about", "topic", expected="a few words"))
    for field, text, limit in (
        ("topic", new.topic, TOPIC_LIMIT),
        ("text", new.text, TEXT_LIMIT),
        ("outcome", new.outcome, TEXT_LIMIT),
    ):
        if len(text) > limit:
            problems.append(_too_long(field, text, limit))
    for position, about in enumerate(new.about):
        for field, text, limit in (("role", about.role, 60), ("reason", about.reason, 300)):
            if len(text) > limit:
                problems.append(_too_long(f"about.{position}.{field}", text, limit))
        if len(about.resolution) > 300:
            problems.append(_too_long(f"about.{position}.resolution", about.resolution, 300))
    return problems


def _no_word(field: str, value: str, words: type[Channel | Direction]) -> Problem:
    expected = ", ".join(word.value for word in words)
    return Problem(f"care.{field}", f"{value[:40]!r} is no {field}", field, value[:40], expected)


def _too_long(field: str, text: str, limit: int) -> Problem:
    return Problem("care.too_long", f"{len(text)} characters are too many", field, expected=f"at most {limit}")


def _times(new: RecordInteraction, now: datetime) -> list[Problem]:
    problems = []
    for field, at in (("began_at", new.began_at), ("ended_at", new.ended_at)):
        if at is not None and at > now:
            expected = f"at the latest {now.isoformat()}"
            problems.append(
                Problem("care.in_future", "a contact that is still to come", field, at.isoformat(), expected)
            )
    if new.began_at and new.ended_at and new.ended_at < new.began_at:
        problems.append(Problem("care.ends_before", "it ends before it begins", "ended_at", new.ended_at.isoformat()))
    return problems


def _files(new: RecordInteraction) -> list[Problem]:
    return [
        Problem(
            "care.attachment_too_large",
            f"{file.name} holds {len(file.content)} bytes",
            f"attachments.{position}",
            expected=f"at most {ATTACHMENT_LIMIT}",
        )
        for position, file in enumerate(new.attachments)
        if len(file.content) > ATTACHMENT_LIMIT
    ]


def _earlier(new: RecordInteraction) -> list[Problem]:
    known = set(Interaction.objects.filter(id__in=new.follows).values_list("id", flat=True))
    return [
        Problem("care.interaction_unknown", "no such contact", f"follows.{position}", str(earlier))
        for position, earlier in enumerate(new.follows)
        if earlier not in known
    ]
