"""What charging tells about records: rated, rated again, billed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linehouse.platform.work import Actor, unit_of_work
from linehouse.usage import store


def mark_rated(record_ids: Sequence[UUID], *, actor: Actor) -> int:
    """Guided (or re-rated) records have their price; returns how many moved. Those that are rated already stay."""
    return _move(record_ids, ("guided", "rerated"), "rated", actor, "rated")


def mark_rerated(record_ids: Sequence[UUID], *, actor: Actor, reason: str) -> int:
    """Rated records are being priced again; returns how many moved."""
    return _move(record_ids, ("rated",), "rerated", actor, reason)


def mark_billed(record_ids: Sequence[UUID], *, actor: Actor, reason: str) -> int:
    """Rated records stand on an issued invoice, which the reason names; returns how many moved."""
    return _move(record_ids, ("rated",), "billed", actor, reason)


def _move(record_ids: Sequence[UUID], old: tuple[str, ...], new: str, actor: Actor, reason: str) -> int:
    with unit_of_work(actor, reason) as work:
        return len(store.move(record_ids, old, new, now=work.now, actor=work.actor.name, reason=reason))
