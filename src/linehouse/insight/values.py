"""What a timeline shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from linehouse.insight.kinds import EntryKind


class Mood(StrEnum):
    """How an entry is meant to be read."""

    QUIET = "quiet"
    INFO = "info"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about, to be linked to.

    ``kind`` is ``customer``, ``account``, ``order``, ``product``, ``request``, ``bucket``, ``usage``, ``suspense``,
    ``invoice``, ``payment``, ``refund``, ``message``, ``interaction``, ``task`` or ``proposal``; ``number`` is its
    business number or reference, empty where it has none.
    """

    kind: str
    id: UUID
    number: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """An event in plain words."""

    title: str
    text: str = ""
    mood: Mood = Mood.QUIET
    subject: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One entry. ``at`` is business time; ``actor`` who caused it; ``event`` the event's name.

    ``channel`` and ``direction`` are empty where the event has none.
    """

    event_id: UUID
    at: datetime
    event: str
    actor: str
    title: str
    text: str
    mood: Mood
    subject: Subject | None
    kind: EntryKind
    channel: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineFilter:
    """Which entries are wanted; what is empty does not narrow. ``since`` ≤ time < ``until``, business clock."""

    kind: str = ""
    channel: str = ""
    direction: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """A page of a timeline, newest first, and how many entries there are in all."""

    rows: tuple[TimelineEntry, ...]
    total: int
