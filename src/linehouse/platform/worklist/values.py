"""Tasks as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Waiting:
    """An object that waits for a person now: what a kind's ``waiting`` gives and what a task shows.

    ``evidence`` is in the order in which it is shown and holds no personal values: numbers of objects, amounts, codes.
    ``since`` is the business instant of the latest occurrence; a later one than the task knows counts as another.
    """

    key: str
    subject: str
    reason: str
    evidence: Mapping[str, str] = field(default_factory=dict)
    customer_id: UUID | None = None
    since: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as screens and rooms see it. Instants are business time; owner fields are empty when nobody has it."""

    id: UUID
    kind: str
    key: str
    title: str
    queue: str
    subject: str
    reason: str
    evidence: Mapping[str, str]
    customer_id: UUID | None
    state: str
    owner_id: str
    owner_name: str
    occurrences: int
    raised_at: datetime
    occurred_at: datetime
    due_at: datetime | None
    snoozed_until: datetime | None
    settled_at: datetime | None
    settled_by: str
    outcome: str
    attempts: int
    now: datetime

    @property
    def live(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state not in ("done", "dismissed")

    @property
    def overdue(self) -> bool:
        """Whether it should have been settled by now."""
        return self.live and self.due_at is not None and self.due_at < self.now

    @property
    def age(self) -> timedelta:
        """How long it has waited since its latest occurrence, or did until it was settled."""
        return (self.settled_at or self.now) - self.occurred_at


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are wanted; empty means all. ``state`` is a state or ``live``; ``age`` a key of AGES."""

    queue: str = ""
    kind: str = ""
    state: str = "live"
    owner_id: str = ""
    unowned: bool = False
    age: str = ""
    overdue: bool = False
    customer_id: UUID | None = None
    text: str = ""


AGES: Mapping[str, tuple[timedelta, timedelta | None]] = {
    "0-1": (timedelta(0), timedelta(days=1)),
    "1-3": (timedelta(days=1), timedelta(days=3)),
    "3-7": (timedelta(days=3), timedelta(days=7)),
    "7+": (timedelta(days=7), None),
}
"""Ageing buckets: from, and until (excluded)."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """How many live tasks are in each bucket, how many are overdue, and how many there are."""

    buckets: Mapping[str, int]
    overdue: int
    total: int
