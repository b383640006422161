"""Errors of people and organisations."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class PartyUnknown(DomainError, code="party.unknown", kind=Kind.NOT_FOUND):
    """The brand knows no individual or organisation of that id."""


class DuplicateSuspected(DomainError, code="party.duplicate_suspected", kind=Kind.CONFLICT):
    """Somebody with the same e-mail address and birth date, or the same identity document, is known already."""


class SubjectRequestUnknown(DomainError, code="party.subject_request_unknown", kind=Kind.NOT_FOUND):
    """There is no request of a data subject with that number."""


class NotIdentified(DomainError, code="party.not_identified", kind=Kind.CONFLICT):
    """Before a request is answered it must be known that the person who asks is the person concerned (GDPR 12(6))."""


class ReasonNeeded(DomainError, code="party.reason_needed", kind=Kind.INVALID):
    """A refusal, an unmasking or a check of identity is written down with how or why."""
