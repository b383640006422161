"""TMF635 `usageSpecification`: the kinds of usage, and what is known of each."""

from __future__ import annotations

from linehouse.edge.tmf.kit.declaration import Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.shapes import Representation, Shape
from linehouse.kernel.error import NotFound
from linehouse.rating.values import UsageType

_NAMES = {
    UsageType.VOICE: "Calls",
    UsageType.SMS: "Text messages",
    UsageType.MMS: "Picture messages",
    UsageType.DATA: "Data",
    UsageType.EVENT: "Events",
}
_CHARACTERISTICS = {
    "quantity": "number",
    "unit": "string",
    "direction": "string",
    "msisdn": "string",
    "imsi": "string",
    "otherParty": "string",
    "servingNetwork": "string",
    "servingCountry": "string",
    "roaming": "boolean",
    "apn": "string",
    "reason": "string",
}


class CharacteristicSpecification(Shape):
    """`CharacteristicSpecification`: a characteristic that a usage of this kind may have."""

    name: str
    value_type: str


class UsageSpecification(Representation):
    """`UsageSpecification`."""

    name: str
    description: str
    lifecycle_status: str
    version: str
    is_bundle: bool = False
    spec_characteristic: list[CharacteristicSpecification]


def _represent(kind: UsageType, _: Links) -> UsageSpecification:
    return UsageSpecification(
        id=kind.value,
        name=_NAMES[kind],
        description=f"{_NAMES[kind]}, counted in {kind.unit.value}",
        lifecycle_status="Launched",
        version="1",
        spec_characteristic=[
            CharacteristicSpecification(name=name, value_type=value_type)
            for name, value_type in _CHARACTERISTICS.items()
        ],
    )


def _search(narrow: Narrow) -> Slice[UsageType]:
    return Slice.of(list(UsageType), narrow)


def _get(key: str) -> UsageType:
    try:
        return UsageType(key)
    except ValueError:
        raise NotFound("there is no such kind of usage", field="id", value=key) from None


SPECIFICATION: Resource[UsageType] = Resource(
    name="usageSpecification",
    kind="UsageSpecification",
    description="A kind of usage",
    read="usage.read",
    representation=UsageSpecification,
    represent=_represent,
    search=_search,
    get=_get,
    refused=dict.fromkeys(
        ("POST", "PATCH", "DELETE"), "the kinds of usage are those that tariffs can price, and are built in"
    ),
)
