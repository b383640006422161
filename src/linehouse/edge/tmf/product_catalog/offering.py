"""TMF620 `productOffering`: what can be bought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import UNSET, UnsetType

from linehouse.catalog import service
from linehouse.catalog.values import Allowance, Catalogue, ProductOffering
from linehouse.edge.tmf.kit.declaration import Links, Patch, Resource
from linehouse.edge.tmf.kit.shapes import Instant, Ref, Representation, Shape, TimePeriod, VersionedRef
from linehouse.edge.tmf.product_catalog.published import (
    API_PATH,
    category_ref,
    found,
    listed,
    offering_ref,
    specification_ref,
)
from linehouse.platform.clock.service import business_now
from linehouse.platform.work import Actor


class CharacteristicValue(Shape):
    """`CharacteristicValueSpecification`: one value, with its unit."""

    value: Any
    unit_of_measure: str | None = None
    is_default: bool = True


class CharacteristicValueUse(Shape):
    """`ProductSpecificationCharacteristicValueUse`: an allowance or a credit that the offering includes."""

    id: str
    name: str
    description: str
    value_type: str
    product_spec_characteristic_value: list[CharacteristicValue]


class OfferingRelationship(Shape):
    """`ProductOfferingRelationship`: what it needs, and what it does not go with."""

    id: str
    href: str
    name: str
    relationship_type: str


class Offering(Representation):
    """`ProductOffering`."""

    name: str
    description: str
    version: str
    lifecycle_status: str
    is_bundle: bool = False
    is_sellable: bool
    last_update: Instant
    valid_for: TimePeriod | None = None
    category: list[Ref]
    channel: list[Ref] | None = None
    product_specification: VersionedRef
    product_offering_price: list[Ref]
    product_offering_relationship: list[OfferingRelationship] | None = None
    prod_spec_char_value_use: list[CharacteristicValueUse] | None = None


class OfferingUpdate(Shape):
    """`ProductOffering_Update`: a change publishes a new version; `description` is in the brand's language."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    lifecycle_status: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class OfferingOf:
    """An offering with the catalogue that it belongs to, and when it was looked at (business time)."""

    catalogue: Catalogue
    offering: ProductOffering
    at: datetime


def offerings(catalogue: Catalogue) -> list[OfferingOf]:
    """Every offering, in order of key."""
    now = business_now()
    return [OfferingOf(catalogue, catalogue.offerings[key], now) for key in sorted(catalogue.offerings)]


def _represent(held: OfferingOf, links: Links) -> Offering:
    offering, catalogue = held.offering, held.catalogue
    language = catalogue.brand.language
    specification = catalogue.product_specifications[offering.specification]
    return Offering(
        id=offering.key,
        name=offering.name,
        description=offering.description(language),
        version=str(offering.version),
        lifecycle_status=offering.status.value,
        is_sellable=offering.orderable(held.at),
        last_update=catalogue.valid_from,
        valid_for=TimePeriod.from_period(offering.valid) if offering.valid else None,
        category=[category_ref(offering.kind, links)],
        channel=[Ref(id=channel, name=channel) for channel in offering.eligibility.channels] or None,
        product_specification=specification_ref(specification.key, specification.name, catalogue.version, links),
        product_offering_price=[
            Ref(
                id=f"{offering.key}:{price.key}",
                href=links.to(API_PATH, "productOfferingPrice", f"{offering.key}:{price.key}"),
                name=price.text(language),
            )
            for price in offering.prices
        ],
        product_offering_relationship=list(_relationships(held, links)) or None,
        prod_spec_char_value_use=list(_included(offering, language)) or None,
    )


def _relationships(held: OfferingOf, links: Links) -> Iterator[OfferingRelationship]:
    for kind, matches in (("requires", held.offering.requires), ("excludes", held.offering.excludes)):
        for key, other in sorted(held.catalogue.offerings.items()):
            if key != held.offering.key and any(match.matches(other) for match in matches):
                ref = offering_ref(key, other.name, links)
                yield OfferingRelationship(id=ref.id, href=ref.href or "", name=other.name, relationship_type=kind)


def _included(offering: ProductOffering, language: str) -> Iterator[CharacteristicValueUse]:
    for allowance in offering.allowances:
        yield CharacteristicValueUse(
            id=allowance.key,
            name=allowance.key,
            description=allowance.text(language),
            value_type="string" if allowance.amount is None else "number",
            product_spec_characteristic_value=[_amount(allowance)],
        )
    for credit in offering.credits:
        yield CharacteristicValueUse(
            id=credit.key,
            name=credit.key,
            description=credit.text(language),
            value_type="number",
            product_spec_characteristic_value=[
                CharacteristicValue(value=credit.amount.decimal, unit_of_measure=credit.amount.currency)
            ],
        )


def _amount(allowance: Allowance) -> CharacteristicValue:
    """In base units (octets, milliseconds, messages), which are exact."""
    if allowance.amount is None:
        return CharacteristicValue(value="unlimited", unit_of_measure=allowance.unit.value)
    return CharacteristicValue(value=Decimal(allowance.amount.amount), unit_of_measure=allowance.unit.value)


def _get(key: str) -> OfferingOf:
    return found(offerings, lambda held: held.offering.key == key, key)


def _patch(key: str, body: OfferingUpdate, actor: Actor) -> OfferingOf:
    """Publish the catalogue again with another name, description or status of one offering."""
    _get(key)
    service.change_offering(
        key,
        actor=actor,
        note=f"{key} changed by API",
        name=None if body.name is UNSET else body.name,
        text=None if body.description is UNSET else body.description,
        status=None if body.lifecycle_status is UNSET else body.lifecycle_status,
    )
    return _get(key)


OFFERING: Resource[OfferingOf] = Resource(
    name="productOffering",
    kind="ProductOffering",
    description="What can be bought",
    read="catalog.read",
    representation=Offering,
    represent=_represent,
    search=lambda narrow: listed(offerings, narrow),
    get=_get,
    write="catalog.publish",
    patch=Patch(OfferingUpdate, _patch),
    refused={
        "POST": "an offering is declared in catalog files with its prices and examples, and published with them",
        "DELETE": "what was sold stays on record; set lifecycleStatus to Retired, and to Obsolete when nobody has it",
    },
    pointers={"name": "/name", "text": "/description", "status": "/lifecycleStatus", "state": "/lifecycleStatus"},
)
