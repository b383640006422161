"""Rows of characteristics to values, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from decimal import Decimal
from uuid import UUID

from linehouse.platform.characteristics.models import CharacteristicSpec, CharacteristicValue
from linehouse.platform.characteristics.values import Characteristic, Declaration, Held, Scalar, ValueKind

COLUMN = {
    ValueKind.TEXT: "text",
    ValueKind.CHOICE: "text",
    ValueKind.INTEGER: "number",
    ValueKind.DECIMAL: "number",
    ValueKind.DATE: "day",
    ValueKind.YES_NO: "yes",
}
"""Where the values of a kind are kept, so that they compare as what they are."""


def spec_of(row: CharacteristicSpec) -> Characteristic:
    """The row as a value."""
    return Characteristic(
        id=row.id,
        state=row.state,
        entity=row.entity,
        key=row.key,
        label=row.label,
        kind=ValueKind(row.kind),
        description=row.description,
        unit=row.unit,
        choices=row.choices,
        minimum=row.minimum,
        maximum=row.maximum,
        pattern=row.pattern,
        required=row.required,
        searchable=row.searchable,
        personal=row.personal,
        position=row.position,
    )


def columns_of(new: Declaration) -> dict[str, object]:
    """The declaration as columns of its table."""
    values = {field.name: getattr(new, field.name) for field in fields(Declaration)}
    return {**values, "kind": new.kind.value}


def held_by(entity: str, ids: Iterable[UUID]) -> dict[UUID, list[Held]]:
    """The values of many objects in one query, each object's in the order of their declarations; of any entity when
    none is named.
    """
    wanted = CharacteristicValue.objects.filter(object_id__in=list(ids))
    if entity:
        wanted = wanted.filter(spec__entity=entity)
    rows = wanted.select_related("spec").order_by("spec__position", "spec__key")
    found: dict[UUID, list[Held]] = {}
    specs: dict[UUID, Characteristic] = {}
    for row in rows:
        spec = specs.setdefault(row.spec_id, spec_of(row.spec))
        found.setdefault(row.object_id, []).append(Held(spec, value_of(row, spec.kind)))
    return found


def value_of(row: CharacteristicValue, kind: ValueKind) -> Scalar:
    """What the row holds."""
    value = getattr(row, COLUMN[kind])
    if kind is ValueKind.INTEGER:
        return int(value)
    if isinstance(value, Decimal):
        return value.normalize()
    if isinstance(value, str | bool | date):
        return value
    raise TypeError(f"value {row.pk} holds nothing of the kind {kind}")


def objects_with(spec: Characteristic, value: Scalar) -> object:
    """A query of the objects that have the value, to be put into another query."""
    rows = CharacteristicValue.objects.filter(spec_id=spec.id, **{COLUMN[spec.kind]: value})
    return rows.values("object_id")
