"""What happens to characteristics. Values may be personal, so events only name what has changed."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class CharacteristicDeclared(Event, name="characteristics.characteristic.declared", aggregate="characteristic_id"):
    """The brand has a new characteristic."""

    characteristic_id: UUID
    entity: str
    key: str


class CharacteristicChanged(Event, name="characteristics.characteristic.changed", aggregate="characteristic_id"):
    """Label, bounds or another part of a declaration has changed, or it was retired or taken back."""

    characteristic_id: UUID
    entity: str
    key: str
    state: str


class ValuesChanged(Event, name="characteristics.values.changed", aggregate="object_id"):
    """Values of an object were set or taken away; ``keys`` says which."""

    object_id: UUID
    entity: str
    keys: tuple[str, ...]
    customer_id: UUID | None = None
