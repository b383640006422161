"""Declaring characteristics, giving them values, and finding objects by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.platform.characteristics import store
from linehouse.platform.characteristics.entities import entities
from linehouse.platform.characteristics.errors import CharacteristicTaken, CharacteristicUnknown, NotSearchable
from linehouse.platform.characteristics.events import CharacteristicChanged, CharacteristicDeclared, ValuesChanged
from linehouse.platform.characteristics.models import CharacteristicSpec, CharacteristicValue
from linehouse.platform.characteristics.reading import check_change, check_declaration, read, read_all
from linehouse.platform.characteristics.values import Characteristic, Declaration, Held
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work


def declared(entity: str = "", *, retired: bool = True) -> tuple[Characteristic, ...]:
    """The brand's characteristics of an entity (of all by default), in the order in which they are shown."""
    rows = CharacteristicSpec.objects.order_by("entity", "position", "key")
    if entity:
        rows = rows.filter(entity=entity)
    if not retired:
        rows = rows.exclude(state="retired")
    return tuple(store.spec_of(row) for row in rows)


def characteristic(entity: str, key: str) -> Characteristic:
    """One characteristic. Raises CharacteristicUnknown."""
    return store.spec_of(_row(entity, key))


def declare(new: Declaration, *, actor: Actor, reason: str = "") -> Characteristic:
    """Add a characteristic to an entity. Raises InvalidFields with every fault, CharacteristicTaken."""
    _refuse(check_declaration(new, _known()))
    with unit_of_work(actor, reason or f"characteristic {new.entity}.{new.key}") as work:
        row, made = CharacteristicSpec.objects.get_or_create(
            entity=new.entity,
            key=new.key,
            defaults={**store.columns_of(new), "created_at": work.now, "changed_at": work.now},
        )
        if not made:
            raise CharacteristicTaken(
                f"{new.entity} has a characteristic {new.key!r} already",
                field="key",
                value=new.key,
                expected="a new key",
            )
        emit(CharacteristicDeclared(characteristic_id=row.id, entity=row.entity, key=row.key))
        return store.spec_of(row)


def change(new: Declaration, *, actor: Actor, reason: str = "") -> Characteristic:
    """Change a declaration; key, kind and choices that exist stay. The same again changes nothing.

    Raises InvalidFields with every fault, CharacteristicUnknown.
    """
    _refuse(check_declaration(new, _known()))
    with unit_of_work(actor, reason or f"characteristic {new.entity}.{new.key}") as work:
        row = _row(new.entity, new.key, lock=True)
        old = store.spec_of(row)
        _refuse(check_change(old, new))
        if all(getattr(old, field.name) == getattr(new, field.name) for field in fields(Declaration)):
            return old
        for name, value in store.columns_of(new).items():
            setattr(row, name, value)
        row.changed_at = work.now
        row.save()
        emit(CharacteristicChanged(characteristic_id=row.id, entity=row.entity, key=row.key, state=row.state))
        return store.spec_of(row)


def apply(declarations: Iterable[Declaration], *, actor: Actor) -> dict[str, tuple[str, ...]]:
    """Bring the brand to what a file declares: all of it or nothing. Says by ``entity.key`` what was declared, changed,
    taken back and retired; what the file no longer names is retired, never deleted.

    Raises InvalidFields with every fault.
    """
    wanted = {(new.entity, new.key): new for new in declarations}
    done: dict[str, list[str]] = {"declared": [], "changed": [], "taken back": [], "retired": []}
    with unit_of_work(actor, "characteristics of the brand's files"):
        held = {(spec.entity, spec.key): spec for spec in declared()}
        for place, new in wanted.items():
            name = ".".join(place)
            if place not in held:
                declare(new, actor=actor)
                done["declared"].append(name)
                continue
            if held[place].retired:
                take_back(*place, actor=actor, reason="the brand's files name it again")
                done["taken back"].append(name)
                change(new, actor=actor)
            elif change(new, actor=actor) != held[place]:
                done["changed"].append(name)
        for place, spec in held.items():
            if place not in wanted and not spec.retired:
                retire(*place, actor=actor, reason="the brand's files no longer name it")
                done["retired"].append(".".join(place))
    return {what: tuple(names) for what, names in done.items()}


def retire(entity: str, key: str, *, actor: Actor, reason: str) -> Characteristic:
    """Let a characteristic take no new values. Raises CharacteristicUnknown."""
    return _move(entity, key, "retired", actor, reason)


def take_back(entity: str, key: str, *, actor: Actor, reason: str) -> Characteristic:
    """Let a retired characteristic take values again. Raises CharacteristicUnknown."""
    return _move(entity, key, "active", actor, reason)


def values_of(entity: str, object_id: UUID) -> tuple[Held, ...]:
    """The values that an object has, in the order in which they are shown."""
    return tuple(store.held_by(entity, [object_id]).get(object_id, ()))


def values_of_many(entity: str, ids: Iterable[UUID]) -> dict[UUID, tuple[Held, ...]]:
    """The values of many objects, in one query; objects without any are left out. Of any entity when it is empty."""
    return {object_id: tuple(held) for object_id, held in store.held_by(entity, ids).items()}


def set_values(
    entity: str,
    object_id: UUID,
    given: Mapping[str, object],
    *,
    actor: Actor,
    reason: str = "",
    customer_id: UUID | None = None,
) -> tuple[Held, ...]:
    """Give an object values by key; None or an empty text takes one away, what is not named stays.

    Texts are read as the kind demands, so that forms, files and JSON all may hand in what they have. Raises
    InvalidFields naming each wrong, unknown, retired or missing one. The object's room says that the object exists.
    """
    with unit_of_work(actor, reason or "characteristics") as work:
        specs = {row.key: row for row in CharacteristicSpec.objects.filter(entity=entity)}
        if not specs and not given:
            return ()
        held = {one.spec.key: one for one in values_of(entity, object_id)}
        values, problems = read_all(
            map(store.spec_of, specs.values()), given, {key: one.value for key, one in held.items()}
        )
        _refuse(problems)
        changed = {key: value for key, value in values.items() if value != (held[key].value if key in held else None)}
        for key, value in changed.items():
            rows = CharacteristicValue.objects.filter(spec=specs[key], object_id=object_id)
            if value is None:
                rows.delete()
                continue
            column = store.COLUMN[store.spec_of(specs[key]).kind]
            if not rows.update(**{column: value, "changed_at": work.now}):
                CharacteristicValue.objects.create(
                    spec=specs[key], object_id=object_id, created_at=work.now, changed_at=work.now, **{column: value}
                )
        if changed:
            emit(
                ValuesChanged(object_id=object_id, entity=entity, keys=tuple(sorted(changed)), customer_id=customer_id)
            )
        return values_of(entity, object_id)


def objects_with(entity: str, key: str, raw: object) -> Any:
    """A query of the ids of all objects whose characteristic has the value, for a room's own query (``id__in``).

    Raises CharacteristicUnknown, NotSearchable, InvalidFields for what cannot be such a value.
    """
    spec = characteristic(entity, key)
    if not spec.searchable:
        raise NotSearchable(
            f"lists are not narrowed by {key}",
            field=key,
            value=str(raw),
            expected="a characteristic that is searchable",
        )
    value, problem = read(spec, raw)
    if problem or value is None:
        raise InvalidFields((problem,) if problem else ())
    return store.objects_with(spec, value)


def holders(
    spec: Characteristic, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[tuple[UUID, Held]], int]:
    """A page of the objects that have the characteristic, and how many there are; ``search`` is the exact value.

    What cannot be such a value is found nowhere.
    """
    rows = CharacteristicValue.objects.filter(spec_id=spec.id).order_by("object_id")
    if search:
        value, problem = read(spec, search)
        if problem or value is None or not spec.searchable:
            return [], 0
        rows = rows.filter(**{store.COLUMN[spec.kind]: value})
    page = rows[offset : offset + limit]
    return [(row.object_id, Held(spec, store.value_of(row, spec.kind))) for row in page], rows.count()


def erase_personal(entity: str, object_id: UUID, *, actor: Actor, reason: str) -> int:
    """Take away the values that say something of a person; how many there were."""
    with unit_of_work(actor, reason):
        rows = CharacteristicValue.objects.filter(spec__entity=entity, spec__personal=True, object_id=object_id)
        return rows.delete()[0]


def _move(entity: str, key: str, state: str, actor: Actor, reason: str) -> Characteristic:
    with unit_of_work(actor, reason) as work:
        row = _row(entity, key, lock=True)
        if row.state != state:
            row.state, row.changed_at = state, work.now
            row.save(update_fields=["state", "changed_at"])
            emit(CharacteristicChanged(characteristic_id=row.id, entity=row.entity, key=row.key, state=row.state))
        return store.spec_of(row)


def _row(entity: str, key: str, *, lock: bool = False) -> CharacteristicSpec:
    rows = CharacteristicSpec.objects.select_for_update() if lock else CharacteristicSpec.objects.all()
    row = rows.filter(entity=entity, key=key).first()
    if row is None:
        raise CharacteristicUnknown(f"{entity} has no characteristic {key!r}", field="key", value=key)
    return row


def _known() -> list[str]:
    return [entity.key for entity in entities()]


def _refuse(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise InvalidFields(problems)
