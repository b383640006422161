"""TMF620 `productSpecification`: what a product is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from linehouse.catalog.values import Catalogue, ProductSpecification
from linehouse.edge.tmf.kit.declaration import Links, Resource
from linehouse.edge.tmf.kit.shapes import Instant, Ref, Representation, Shape
from linehouse.edge.tmf.product_catalog.published import FROM_FILES, found, listed


class CharacteristicValue(Shape):
    """`CharacteristicValueSpecification`: a value that the parameter may take."""

    value: Any
    is_default: bool
    unit_of_measure: str | None = None


class SpecificationCharacteristic(Shape):
    """`ProductSpecificationCharacteristic`: a provisioning parameter of one of its services."""

    id: str
    name: str
    description: str | None = None
    configurable: bool = False
    value_type: str
    product_spec_characteristic_value: list[CharacteristicValue]


class Specification(Representation):
    """`ProductSpecification`."""

    name: str
    brand: str
    version: str
    lifecycle_status: str
    is_bundle: bool = False
    last_update: Instant
    service_specification: list[Ref]
    resource_specification: list[Ref] | None = None
    product_spec_characteristic: list[SpecificationCharacteristic] | None = None


@dataclass(frozen=True, slots=True)
class SpecificationOf:
    """A specification with the catalogue that it belongs to."""

    catalogue: Catalogue
    specification: ProductSpecification


def specifications(catalogue: Catalogue) -> list[SpecificationOf]:
    """Every product specification, in order of key."""
    held = catalogue.product_specifications
    return [SpecificationOf(catalogue, held[key]) for key in sorted(held)]


def _represent(held: SpecificationOf, _: Links) -> Specification:
    catalogue, specification = held.catalogue, held.specification
    services = [catalogue.service_specifications[key] for key in specification.services]
    resources = dict.fromkeys(key for service in services for key in service.resources)
    return Specification(
        id=specification.key,
        name=specification.name,
        brand=catalogue.brand.name,
        version=str(catalogue.version),
        lifecycle_status="Launched",
        last_update=catalogue.valid_from,
        service_specification=[Ref(id=service.key, name=service.name) for service in services],
        resource_specification=[Ref(id=key, name=catalogue.resource_specifications[key].name) for key in resources]
        or None,
        product_spec_characteristic=list(_characteristics(held)) or None,
    )


def _characteristics(held: SpecificationOf) -> Iterator[SpecificationCharacteristic]:
    for key, settings in held.specification.services.items():
        for parameter in held.catalogue.service_specifications[key].parameters:
            default = settings.get(parameter.key, parameter.default)
            others = [choice for choice in parameter.choices if choice != default]
            yield SpecificationCharacteristic(
                id=f"{key}.{parameter.key}",
                name=parameter.key,
                description=parameter.text or None,
                value_type=_type_of(default),
                product_spec_characteristic_value=[
                    CharacteristicValue(
                        value=list(value) if isinstance(value, tuple) else value,
                        is_default=value == default,
                        unit_of_measure=parameter.unit or None,
                    )
                    for value in (default, *others)
                ],
            )


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "number"
    return "array" if isinstance(value, tuple) else "string"


SPECIFICATION: Resource[SpecificationOf] = Resource(
    name="productSpecification",
    kind="ProductSpecification",
    description="What a product is made of",
    read="catalog.read",
    representation=Specification,
    represent=_represent,
    search=lambda narrow: listed(specifications, narrow),
    get=lambda key: found(specifications, lambda held: held.specification.key == key, key),
    refused=FROM_FILES,
)
