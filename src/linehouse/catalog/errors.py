"""Errors of the catalogue."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind
from linehouse.kernel.outcome import InvalidFields, RefusedError


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


class FilesMissing(DomainError, code="catalog.files_missing", kind=Kind.NOT_FOUND):
    """The folder of catalog files does not exist, or holds no brand.yaml."""


class FilesInvalid(InvalidFields, code="catalog.files_invalid", kind=Kind.INVALID):
    """One or more catalog files cannot be read as what they should be; each problem names file and line."""


class PublishRefused(RefusedError, code="catalog.publish_refused", kind=Kind.REFUSED):
    """The catalogue does not pass its own checks or examples; each problem names file and line."""


class ValidFromRefused(DomainError, code="catalog.valid_from_refused", kind=Kind.REFUSED):
    """A version cannot come into force in the past, nor before one that is already published for later."""


class AlreadyInForce(DomainError, code="catalog.already_in_force", kind=Kind.CONFLICT):
    """A version that has come into force cannot be withdrawn."""


class ElementUnknown(DomainError, code="catalog.element_unknown", kind=Kind.NOT_FOUND):
    """No catalogue version ever held an offering or specification of that id."""


class DraftUnknown(DomainError, code="catalog.draft_unknown", kind=Kind.NOT_FOUND):
    """The brand has no draft of that number."""


class DraftChangedMeanwhile(DomainError, code="catalog.draft_changed", kind=Kind.CONFLICT):
    """Somebody else changed the draft since it was read; look at their change and make yours again."""


class DraftConflict(DomainError, code="catalog.draft_conflict", kind=Kind.CONFLICT):
    """A file was changed both in the draft and by a version published since: keep one of the two."""


class DeckUnknown(DomainError, code="catalog.deck_unknown", kind=Kind.NOT_FOUND):
    """The brand has no rate deck of that number."""


class DeckFaulty(InvalidFields, code="catalog.deck_faulty", kind=Kind.INVALID):
    """Rows of a rate deck are wrong, each named with what would be right: a deck is taken whole or not at all."""


class DeckRefused(DomainError, code="catalog.deck_refused", kind=Kind.INVALID):
    """The tariff's file cannot take a rate deck: it is no tariff, or its rules and zones are not written as lists."""


class DraftFileRefused(DomainError, code="catalog.draft_file_refused", kind=Kind.INVALID):
    """Not a place of a catalog file, not a text, or a place in a file that holds no single value."""
