"""Refusals of access."""

from linehouse.kernel.error import DomainError, Kind


class NotAllowed(DomainError, code="access.not_allowed", kind=Kind.FORBIDDEN):
    """The caller's roles or scopes do not carry the permission that this needs."""


class WrongBrand(DomainError, code="access.wrong_brand", kind=Kind.FORBIDDEN):
    """The token belongs to another brand than the host that was called."""
