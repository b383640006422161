"""The history of one object, read from the tables that the triggers fill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.apps import apps
from pghistory.models import Events

from linehouse.platform.personal.fields import EncryptedTextField
from linehouse.platform.personal.seal import unseal

MASK = "••••••"
_HIDDEN = frozenset(
    {"pgh_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pgh_context_id", "created_at", "changed_at"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a row: what was done, by whom and why, and each field's value before and after."""

    at: datetime
    what: str
    actor: str
    reason: str
    fields: tuple[tuple[str, str, str], ...]


def history(model_label: str, object_id: UUID, limit: int = 200, *, masked: bool = False) -> list[Change]:
    """The changes of one row of ``room.Model``, newest first; ``masked`` for who may not see personal values."""
    model = apps.get_model(model_label)
    tracked = model._default_manager.filter(pk=object_id)
    rows = Events.objects.tracks(tracked)  # type: ignore[no-untyped-call]  # pghistory's manager has no types
    rows = rows.order_by("-pgh_created_at", "-pgh_id")[:limit]
    places = {field.attname: field.of for field in model._meta.fields if isinstance(field, EncryptedTextField)}
    changes = []
    for row in rows:
        context = row.pgh_context or {}
        diff = row.pgh_diff or {}
        fields = tuple(
            (name, _show(was, places.get(name), masked), _show(now, places.get(name), masked))
            for name, (was, now) in sorted(diff.items())
            if name not in _HIDDEN and not name.endswith("_index")
        )
        changes.append(
            Change(
                row.pgh_created_at, row.pgh_label, str(context.get("actor", "")), str(context.get("reason", "")), fields
            )
        )
    return changes


def _show(value: object, place: str | None, masked: bool) -> str:  # always named by its caller's own
    if value is None or value == "":
        return ""
    if masked and place:
        return MASK
    return unseal(value, place, erased="[erased]") if place and isinstance(value, str) else str(value)
