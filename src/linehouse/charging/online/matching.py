"""Which records of files are usage that was charged while it happened: by the network's reference, else by facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from linehouse.rating.session.state import ServiceState, Session
from linehouse.rating.values import UsageEvent, UsageType

NEAR = timedelta(seconds=60)
"""How far two clocks may differ on the start of the same usage, where no reference tells."""
PATIENCE = timedelta(hours=24)
"""How long records that say less than was charged wait for others of the same session."""


@dataclass(frozen=True, slots=True)
class Told:
    """A record of a file, as far as it can be recognised. ``reference`` is the network's name of the usage."""

    key: str
    subscription_id: UUID
    reference: str
    event: UsageEvent


@dataclass(frozen=True, slots=True)
class Known:
    """A session of which records may come. ``taken`` are the kinds of usage of which a record came already."""

    subscription_id: UUID
    reference: str
    session: Session
    taken: frozenset[UsageType] = frozenset()


def match(records: Iterable[Told], sessions: Sequence[Known]) -> dict[str, str]:
    """The session of each record that is the usage of one, by the record's key.

    A reference tells for sure, also of several partial records. Without one it must be the same line, kind, direction
    and other party, at nearly the same time; the nearest, and each session once.
    """
    found: dict[str, str] = {}
    taken = {(one.session.id, kind) for one in sessions for kind in one.taken}
    for record in records:
        mine = [one for one in sessions if one.subscription_id == record.subscription_id]
        kind = record.event.usage_type
        by_reference = [one for one in mine if record.reference and one.reference == record.reference]
        if any(_of_kind(one.session, kind) for one in by_reference):
            session = next(one.session for one in by_reference if _of_kind(one.session, kind))
            found[record.key] = session.id
            taken.add((session.id, kind))
            continue
        near = [
            (apart, one.session.id)
            for one in mine
            if (one.session.id, kind) not in taken and (apart := _apart(record.event, one.session)) is not None
        ]
        if near:
            found[record.key] = min(near)[1]
            taken.add((found[record.key], kind))
    return found


def _of_kind(session: Session, kind: UsageType) -> list[ServiceState]:
    return [service for service in session.services.values() if service.event.usage_type is kind]


def _apart(event: UsageEvent, session: Session) -> timedelta | None:
    """How far the starts lie apart; None: it is not the same usage."""
    starts: list[datetime] = [
        service.event.started_at
        for service in _of_kind(session, event.usage_type)
        if (service.event.direction, service.event.other_party) == (event.direction, event.other_party)
        and service.used
        and not service.refunded
    ]
    apart = min((abs(start - event.started_at) for start in starts), default=None)
    return apart if apart is not None and apart <= NEAR else None


@dataclass(frozen=True, slots=True)
class Correction:
    """What is settled on a session: this service's total becomes ``total``, and that is ``difference`` more."""

    service: str
    event: UsageEvent
    total: int
    difference: int


def correction(session: Session, kind: UsageType, told: int) -> Correction | None:
    """What records that say ``told`` in all change; None: they say what was charged.

    Where a session has several services of that kind, the difference is the last one's, as far as it goes.
    """
    services = [
        (name, one) for name, one in session.services.items() if one.event.usage_type is kind and not one.refunded
    ]
    difference = told - sum(one.used for _, one in services)
    if not difference or not services:
        return None
    name, service = max(services, key=lambda pair: pair[1].used) if difference < 0 else services[-1]
    return Correction(name, service.event, max(0, service.used + difference), difference)
