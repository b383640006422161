"""TMF620 `catalog` and `category`: the one catalogue of the brand, and its kinds of offering."""

from __future__ import annotations

from dataclasses import dataclass

from linehouse.catalog.events import VersionPublished
from linehouse.catalog.values import Catalogue, OfferingKind
from linehouse.edge.tmf.kit.declaration import EventMapping, Links, Resource
from linehouse.edge.tmf.kit.shapes import Instant, Ref, Representation, TimePeriod
from linehouse.edge.tmf.product_catalog.published import (
    CATEGORY_NAMES,
    FROM_FILES,
    category_ref,
    found,
    listed,
    offering_ref,
)
from linehouse.platform.scope import current_brand


class Catalog(Representation):
    """`Catalog`."""

    name: str
    catalog_type: str = "Product Catalog"
    version: str
    lifecycle_status: str
    last_update: Instant
    valid_for: TimePeriod
    category: list[Ref]


class Category(Representation):
    """`Category`."""

    name: str
    is_root: bool = True
    version: str
    lifecycle_status: str
    last_update: Instant
    product_offering: list[Ref]


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of offering within a catalogue."""

    catalogue: Catalogue
    kind: OfferingKind


def _represent_catalog(catalogue: Catalogue, links: Links) -> Catalog:
    return Catalog(
        id=catalogue.brand.key,
        name=catalogue.brand.name,
        version=str(catalogue.version),
        lifecycle_status="Launched",
        last_update=catalogue.valid_from,
        valid_for=TimePeriod(start_date_time=catalogue.valid_from),
        category=[category_ref(kind.kind, links) for kind in _kinds(catalogue)],
    )


def _represent_category(held: _Kind, links: Links) -> Category:
    offerings = sorted(held.catalogue.offerings.values(), key=lambda offering: offering.key)
    return Category(
        id=held.kind.value,
        name=CATEGORY_NAMES[held.kind],
        version=str(held.catalogue.version),
        lifecycle_status="Launched",
        last_update=held.catalogue.valid_from,
        product_offering=[offering_ref(o.key, o.name, links) for o in offerings if o.kind is held.kind],
    )


def _kinds(catalogue: Catalogue) -> list[_Kind]:
    used = {offering.kind for offering in catalogue.offerings.values()}
    return [_Kind(catalogue, kind) for kind in OfferingKind if kind in used]


def _all(catalogue: Catalogue) -> list[Catalogue]:
    return [catalogue]


CATALOG: Resource[Catalogue] = Resource(
    name="catalog",
    kind="Catalog",
    description="The brand's published catalogue",
    read="catalog.read",
    representation=Catalog,
    represent=_represent_catalog,
    search=lambda narrow: listed(_all, narrow),
    get=lambda key: found(_all, lambda catalogue: catalogue.brand.key == key, key),
    # A publication changes the catalogue as a whole; which offerings changed is told by their versions.
    events=(EventMapping(VersionPublished, "CatalogAttributeValueChangeEvent", lambda _: current_brand()),),
    refused=FROM_FILES,
)

CATEGORY: Resource[_Kind] = Resource(
    name="category",
    kind="Category",
    description="A kind of offering",
    read="catalog.read",
    representation=Category,
    represent=_represent_category,
    search=lambda narrow: listed(_kinds, narrow),
    get=lambda key: found(_kinds, lambda held: held.kind.value == key, key),
    refused=FROM_FILES,
)
