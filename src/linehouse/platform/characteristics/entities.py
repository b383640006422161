"""The entities that can have custom characteristics; each room declares its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entity:
    """A main entity: its name in APIs and files, what people read, and who may see and change its values."""

    key: str
    label: str
    read: str
    write: str


_entities: dict[str, Entity] = {}


def declare_entity(key: str, label: str, *, read: str, write: str) -> Entity:
    """Let an entity have custom characteristics; called when a room is imported."""
    _entities[key] = Entity(key, label, read, write)
    return _entities[key]


def entities() -> tuple[Entity, ...]:
    """All entities that can have characteristics, by label."""
    return tuple(sorted(_entities.values(), key=lambda entity: entity.label))


def entity(key: str) -> Entity | None:
    """The entity of that name."""
    return _entities.get(key)
