"""Events of the catalogue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class VersionPublished(Event, name="catalog.version.published", version=1, aggregate="catalog_version_id"):
    """A version was published; it is in force from ``valid_from`` (business time)."""

    catalog_version_id: UUID
    number: int
    base_number: int
    valid_from: datetime
    changed_offerings: tuple[str, ...]


class VersionWithdrawn(Event, name="catalog.version.withdrawn", version=1, aggregate="catalog_version_id"):
    """A version was taken back before it came into force."""

    catalog_version_id: UUID
    number: int
