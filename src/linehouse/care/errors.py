"""Errors of contacts and follow-ups."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class InteractionUnknown(DomainError, code="care.interaction_unknown", kind=Kind.NOT_FOUND):
    """The brand has no contact of that id or number, or it was withdrawn."""


class FollowUpUnknown(DomainError, code="care.follow_up_unknown", kind=Kind.NOT_FOUND):
    """The brand has no follow-up of that id."""


class InteractionKept(DomainError, code="care.interaction_kept", kind=Kind.REFUSED):
    """A contact stays as it was recorded; what is to be added is added as a note."""
