"""What can be imported; each room declares its kinds in ``imports.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from linehouse.platform.imports.errors import ImportKindUnknown
from linehouse.platform.imports.values import Applied, Field
from linehouse.platform.work import Actor

Row = Mapping[str, str]
"""A row by field; only fields that hold something."""


def _no_own_key(row: Row) -> None:
    """The content of the row is all that names it."""


@dataclass(frozen=True, slots=True)
class ImportKind:
    """A kind of import.

    ``apply`` makes one row's effect in the surrounding unit of work and may raise any DomainError: then the row is
    refused and leaves nothing. ``undo`` takes a row's effect back, or raises why it cannot. ``key`` names the row for
    "the same again": the caller's own key where the row has one, else None, and the row's content counts.
    """

    name: str
    label: str
    permission: str
    fields: Callable[[], tuple[Field, ...]]
    apply: Callable[[Row, Actor], Applied]
    undo: Callable[[str, dict[str, Any], Actor, str], None]
    key: Callable[[Row], str | None] = _no_own_key
    help: str = ""

    def field_names(self) -> frozenset[str]:
        """The names of all fields."""
        return frozenset(field.name for field in self.fields())


_kinds: dict[str, ImportKind] = {}


def declare_kind(kind: ImportKind) -> ImportKind:
    """Make a kind known; called when a room is imported."""
    _kinds[kind.name] = kind
    return kind


def kinds() -> tuple[ImportKind, ...]:
    """All kinds, by label."""
    return tuple(sorted(_kinds.values(), key=lambda kind: kind.label))


def kind_of(name: str) -> ImportKind:
    """The kind of that name. Raises ImportKindUnknown."""
    found = _kinds.get(name)
    if found is None:
        raise ImportKindUnknown("this cannot be imported", field="kind", value=name, expected=", ".join(sorted(_kinds)))
    return found
