"""Looking at versions and their parts: for screens and for the catalog APIs, which know each part by an id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linehouse.catalog import plan as planning
from linehouse.catalog import store
from linehouse.catalog.errors import ElementUnknown, NothingPublished
from linehouse.catalog.models import CatalogElement, CatalogVersion
from linehouse.catalog.plan import ElementChange, difference
from linehouse.catalog.service.read import version_row
from linehouse.platform.clock.service import business_now


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionInfo:
    """A published version, without its content."""

    id: UUID
    number: int
    base_number: int
    valid_from: datetime
    published_at: datetime
    published_by: str
    note: str
    state: str
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedElement:
    """One version of an offering, specification, tariff or the brand. The id stays for as long as its content does.

    ``value`` is the frozen value: a ProductOffering, ProductSpecification, ServiceSpecification, ResourceSpecification,
    Tariff or BrandProfile. ``since`` is the catalogue version that brought it.
    """

    id: UUID
    kind: str
    key: str
    version: int
    since: int
    valid_from: datetime
    published_at: datetime
    value: object


def versions(*, offset: int = 0, limit: int = 50) -> tuple[Sequence[VersionInfo], int]:
    """A page of versions, newest first, and how many there are."""
    rows = CatalogVersion.objects.order_by("-number")
    now = store.in_force(business_now())
    return [_info(row, now) for row in rows[offset : offset + limit]], rows.count()


def version_info(number: int) -> VersionInfo:
    """One version. Raises CatalogVersionUnknown."""
    return _info(version_row(number), store.in_force(business_now()))


def compare(old: int, new: int) -> tuple[ElementChange, ...]:
    """What changed from one version to another. Raises CatalogVersionUnknown."""
    return difference(store.catalogue_of(version_row(old)), store.catalogue_of(version_row(new)))


def elements(kind: str, *, at: datetime | None = None) -> Sequence[PublishedElement]:
    """The elements of a kind in the catalogue in force at the instant (now by default), by key.

    ``kind`` is one of plan.ELEMENT_KINDS (``offering``, ``product specification`` …). Raises NothingPublished.
    """
    row = store.in_force(at or business_now())
    if row is None:
        raise NothingPublished("no catalogue is in force", expected="linehouse catalog apply")
    held = planning.elements(store.catalogue_of(row))
    rows = [e for e in store.elements_at(row.number) if e.kind == kind and (e.kind, e.key) in held]
    return [_element(e, held[e.kind, e.key]) for e in rows]


def element(element_id: UUID) -> PublishedElement:
    """One version of one element, in force or not. Raises ElementUnknown."""
    row = CatalogElement.objects.select_related("since").filter(id=element_id).first()
    if row is None:
        raise ElementUnknown("the catalogue has no such element", field="id", value=str(element_id))
    return _element(row, planning.elements(store.catalogue_of(row.since))[row.kind, row.key])


def _info(row: CatalogVersion, now: CatalogVersion | None) -> VersionInfo:
    return VersionInfo(
        id=row.id,
        number=row.number,
        base_number=row.base_number,
        valid_from=row.valid_from,
        published_at=row.created_at,
        published_by=row.published_by,
        note=row.note,
        state=row.state,
        in_force=now is not None and now.id == row.id,
    )


def _element(row: CatalogElement, value: object) -> PublishedElement:
    return PublishedElement(
        id=row.id,
        kind=row.kind,
        key=row.key,
        version=row.version,
        since=row.since.number,
        valid_from=row.since.valid_from,
        published_at=row.created_at,
        value=value,
    )
