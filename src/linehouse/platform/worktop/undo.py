"""Undoing an act within a stated time, by a compensating act that has its own place in the history."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django_stubs_ext import StrOrPromise

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.ids import new_id
from linehouse.platform.personal.seal import is_sealed, seal, unseal
from linehouse.platform.work import Actor, unit_of_work
from linehouse.platform.worktop.errors import UndoTooLate, UndoUnknown
from linehouse.platform.worktop.models import UndoOffer

PLACE: Final = "worktop_undooffer.payload"
_KEPT: Final = timedelta(days=1)
"""An offer that is over is kept this long, to say so to whoever comes late."""

Apply = Callable[[Mapping[str, Any], Actor], None]
_kinds: dict[str, UndoKind] = {}


@dataclass(frozen=True, slots=True)
class UndoKind:
    """An act that can be undone: by whom (`permission`), for how long, and how."""

    name: str
    title: StrOrPromise
    permission: str
    within: timedelta
    apply: Apply


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer to undo: until when by the machine's clock."""

    id: UUID
    kind: UndoKind
    what: str
    until: datetime
    done_at: datetime


def undo_kind(name: str, *, title: StrOrPromise, permission: str, minutes: int) -> Callable[[Apply], Apply]:
    """Declare how an act is undone. `apply` does it, inside the transaction that uses the offer up."""

    def declare(apply: Apply) -> Apply:
        taken = _kinds.get(name)
        if taken is not None and taken.apply.__qualname__ != apply.__qualname__:
            raise TypeError(f"undo kind {name!r} is declared twice")
        _kinds[name] = UndoKind(name, title, permission, timedelta(minutes=minutes), apply)
        return apply

    return declare


def all_undo_kinds() -> dict[str, UndoKind]:
    """Every declared kind by name."""
    return dict(sorted(_kinds.items()))


def offer_undo(kind: str, what: str, payload: Mapping[str, Any], *, actor: Actor, subject: UUID | None = None) -> UUID:
    """Offer to undo what `actor` has just done. With `subject`, the payload is sealed under that person's key."""
    declared = _kinds[kind]
    text = json.dumps(dict(payload), ensure_ascii=False)
    with unit_of_work(actor, f"undo offered: {what}") as work:
        UndoOffer.objects.filter(until__lt=MachineClock().now() - _KEPT).delete()
        row = UndoOffer(
            id=new_id(),
            owner_id=actor.id,
            kind=kind,
            what=what[:300],
            payload=seal(text, PLACE, subject) if subject else text,
            until=MachineClock().now() + declared.within,
            created_at=work.now,
            changed_at=work.now,
        )
        row.save(force_insert=True)
        return row.id


def offers_of(owner_id: str) -> list[Offer]:
    """What somebody can still undo, the last act first."""
    rows = UndoOffer.objects.filter(owner_id=owner_id, undone_at=None, until__gt=MachineClock().now())
    return [
        Offer(row.id, _kinds[row.kind], row.what, row.until, row.created_at)
        for row in rows.order_by("-id")[:50]
        if row.kind in _kinds
    ]


def undo(offer_id: UUID, *, actor: Actor, permissions: frozenset[str]) -> str:
    """Undo one's own act; returns what it was. Raises UndoUnknown, UndoTooLate, and what the room refuses."""
    known = UndoOffer.objects.filter(id=offer_id, owner_id=actor.id).values_list("what", flat=True).first()
    with unit_of_work(actor, f"undone: {known or ''}") as work:
        row = UndoOffer.objects.select_for_update().filter(id=offer_id, owner_id=actor.id).first()
        kind = _kinds.get(row.kind) if row is not None else None
        if row is None or kind is None or kind.permission not in permissions:
            raise UndoUnknown("there is nothing of yours to undo here", field="offer", value=str(offer_id))
        if row.undone_at is not None or row.until <= MachineClock().now():
            raise UndoTooLate("this cannot be undone any more", field="offer", value=str(offer_id))
        row.undone_at = row.changed_at = work.now
        row.save(update_fields=["undone_at", "changed_at"])
        text = unseal(row.payload, PLACE) if is_sealed(row.payload) else row.payload
        if not text:
            raise UndoTooLate("the person's data have been erased", field="offer", value=str(offer_id))
        kind.apply(json.loads(text), actor)
        return row.what
