"""The record of who gave or took access, from whom, and why: rows that are written once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.control.models import AccessChange, Membership
from linehouse.platform.work import Actor


class AccessReasonMissing(DomainError, code="access.reason_missing", kind=Kind.INVALID):
    """Access was given or taken without saying why."""


@dataclass(frozen=True, slots=True)
class ChangeOfAccess:
    """One line of the record. ``what`` is a word such as ``role given``; ``at`` is the machine's instant."""

    at: datetime
    actor: str
    what: str
    subject: str
    detail: str
    reason: str


def require_reason(reason: str) -> str:
    """The reason without blanks around it; raises AccessReasonMissing for an empty one."""
    if not reason.strip():
        raise AccessReasonMissing("say why, for whoever reads the record", field="reason", expected="a sentence")
    return reason.strip()[:300]


def record(
    what: str, *, brand: str, actor: Actor, subject_id: UUID | str, subject: str, detail: str = "", reason: str = ""
) -> None:
    """Write one line of the record; an empty ``brand`` is the house as a whole."""
    AccessChange.objects.create(
        brand=brand,
        at=MachineClock().now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor=actor.name[:120],
        what=what,
        subject_id=str(subject_id),
        subject=subject[:200],
        detail=detail[:300],
        reason=reason[:300],
    )


def record_of_person(what: str, user_id: UUID, subject: str, *, actor: Actor, reason: str = "") -> None:
    """Write the same line in every brand for which a member of staff works: it concerns their log-in as a whole."""
    for brand in Membership.objects.filter(user_id=user_id).values_list("brand_id", flat=True).distinct():
        record(what, brand=brand, actor=actor, subject_id=user_id, subject=subject, reason=reason)


def changes_of(brand: str, *, subject_id: UUID | str | None = None, limit: int = 100) -> Sequence[ChangeOfAccess]:
    """The latest lines about a brand, or about one log-in or client of it; newest first."""
    rows = AccessChange.objects.filter(brand=brand).order_by("-id")
    if subject_id is not None:
        rows = rows.filter(subject_id=str(subject_id))
    return [ChangeOfAccess(r.at, r.actor, r.what, r.subject, r.detail, r.reason) for r in rows[:limit]]
