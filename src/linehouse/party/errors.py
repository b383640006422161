"""Errors of people and organisations."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class PartyUnknown(DomainError, code="party.unknown", kind=Kind.NOT_FOUND):
    """The brand knows no individual or organisation of that id."""


class DuplicateSuspected(DomainError, code="party.duplicate_suspected", kind=Kind.CONFLICT):
    """Somebody with the same e-mail address and birth date, or the same identity document, is known already."""
