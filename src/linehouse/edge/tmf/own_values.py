"""A brand's own characteristics as `Characteristic` of TMF: told beside the built-in ones, and set by their keys.

Those that say something of a person are not told to programs; who needs them asks at the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Characteristic
from linehouse.kernel.outcome import InvalidFields
from linehouse.platform.characteristics import service
from linehouse.platform.characteristics.values import TMF_TYPE, Held
from linehouse.platform.work import Actor


def told(held: Sequence[Held]) -> list[Characteristic]:
    """The values as an API says them."""
    return [
        Characteristic(name=one.spec.key, value=_plain(one.value), value_type=TMF_TYPE[one.spec.kind])
        for one in held
        if not one.spec.personal
    ]


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value


CUSTOMER, PRODUCT, NUMBER, SIM = "customer", "product", "number", "sim"
"""The entities whose characteristics these APIs tell, as their rooms have declared them."""


def own_of(entity: str, ids: Iterable[UUID]) -> Mapping[UUID, tuple[Held, ...]]:
    """The values of many objects; one question for all of them. Of any entity when it is empty."""
    return service.values_of_many(entity, ids)


def set_own(
    entity: str,
    object_id: UUID,
    sent: Sequence[Characteristic],
    *,
    built_in: Mapping[str, object],
    pointer: str,
    actor: Actor,
    customer_id: UUID | None = None,
    whole: bool,
) -> None:
    """Give an object the values that a body names. With ``whole``, what it does not name is taken away.

    Built-in characteristics may be echoed with the value that they have. Raises ApiProblem 400 naming the place of a
    name that the brand has not declared, or of a value that is wrong.
    """
    specs = {spec.key: spec for spec in service.declared(entity) if not spec.personal}
    given: dict[str, object] = {}
    places: dict[str, int] = {}
    for position, one in enumerate(sent):
        if one.name in built_in:
            if one.value != built_in[one.name]:
                raise bad_body(f"{pointer}/{position}/value", f"{one.name} cannot be changed")
        elif one.name not in specs:
            known = ", ".join(sorted(specs)) or "none"
            raise bad_body(f"{pointer}/{position}/name", f"{one.name[:60]!r} is not declared; declared are {known}")
        else:
            given[one.name] = one.value
            places[one.name] = position
    if whole:
        held = {one.spec.key for one in service.values_of(entity, object_id)}
        given |= {key: None for key in specs if key in held and key not in given}
    if not given:
        return
    try:
        service.set_values(entity, object_id, given, actor=actor, reason="set by API", customer_id=customer_id)
    except InvalidFields as error:
        first = error.problems[0]
        key = first.field.rpartition(".")[2]
        place = f"{pointer}/{places[key]}/value" if key in places else pointer
        raise bad_body(place, f"{key}: {first.message}") from error
