"""Saved filters: a list's search, filters and sorting under a name, for oneself or for colleagues too."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from linehouse.kernel.error import Invalid
from linehouse.platform.work import Actor, unit_of_work
from linehouse.platform.worktop.errors import SavedFilterUnknown
from linehouse.platform.worktop.models import SavedFilter

MOST = 30
"""Saved filters of one person for one list."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved filter; `owner_name` is who made it."""

    id: UUID
    owner_id: str
    owner_name: str
    screen: str
    name: str
    query: str
    shared: bool


def saved_filters(owner_id: str, screen: str) -> list[Saved]:
    """A person's own filters of a list, and those that colleagues share; by name."""
    rows = SavedFilter.objects.filter(Q(owner_id=owner_id) | Q(shared=True), screen=screen)
    return [_value(row) for row in rows.order_by("name", "id")[: 2 * MOST]]


def save_filter(screen: str, name: str, query: str, *, shared: bool, actor: Actor) -> Saved:
    """Keep a filter under a name; the same name again replaces it. Raises Invalid."""
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > 60:
        raise Invalid("a saved filter needs a name", field="name", value=name, expected="1 to 60 characters")
    if len(query) > 1000:
        raise Invalid("the filter is too long to be saved", field="query", expected="at most 1000 characters")
    with unit_of_work(actor, f"saved filter {wanted}") as work:
        own = SavedFilter.objects.filter(owner_id=actor.id, screen=screen)
        if own.exclude(name=wanted).count() >= MOST:
            raise Invalid("there are enough saved filters here", field="name", expected=f"at most {MOST} for a list")
        row, made = own.get_or_create(
            name=wanted,
            defaults={
                "owner_id": actor.id,
                "owner_name": actor.name[:200],
                "screen": screen,
                "query": query,
                "shared": shared,
                "created_at": work.now,
                "changed_at": work.now,
            },
        )
        if not made:
            row.query, row.shared, row.changed_at = query, shared, work.now
            row.save(update_fields=["query", "shared", "changed_at"])
        return _value(row)


def delete_filter(filter_id: UUID, *, actor: Actor) -> Saved:
    """Remove one's own filter; returns what it was. Raises SavedFilterUnknown, also for somebody else's."""
    with unit_of_work(actor, "saved filter removed"):
        row = SavedFilter.objects.select_for_update().filter(id=filter_id, owner_id=actor.id).first()
        if row is None:
            raise SavedFilterUnknown("you have no such saved filter", field="filter", value=str(filter_id))
        was = _value(row)
        row.delete()
        return was


def _value(row: SavedFilter) -> Saved:
    return Saved(row.id, row.owner_id, row.owner_name, row.screen, row.name, row.query, row.shared)
