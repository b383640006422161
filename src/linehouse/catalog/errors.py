"""Errors of the catalogue."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class OfferingUnknown(DomainError, code="catalog.offering_unknown", kind=Kind.NOT_FOUND):
    """The published catalogue has no such offering, or the offering has no such price."""


class SpecificationUnknown(DomainError, code="catalog.specification_unknown", kind=Kind.NOT_FOUND):
    """The published catalogue has no product, service or resource specification of that key."""


class NothingPublished(DomainError, code="catalog.nothing_published", kind=Kind.UNAVAILABLE):
    """The brand has no catalogue in force at that instant: publish one with ``linehouse catalog apply``."""


class CatalogVersionUnknown(DomainError, code="catalog.version_unknown", kind=Kind.NOT_FOUND):
    """The brand never published a catalogue version of that number."""


class StaleBase(DomainError, code="catalog.stale_base", kind=Kind.CONFLICT):
    """The files were made from an older version than the newest: export again, or merge and name the newest as base."""


class FilesUnreadable(DomainError, code="catalog.files_unreadable", kind=Kind.INVALID):
    """The folder is missing, or a catalog file cannot be read as what it should be; file and line are named."""


class PublishRefused(DomainError, code="catalog.publish_refused", kind=Kind.REFUSED):
    """The catalogue does not pass its own checks or examples; each is named with file and line."""
