"""Refusals of access."""

from linehouse.kernel.error import DomainError, Kind


class NotAllowed(DomainError, code="access.not_allowed", kind=Kind.FORBIDDEN):
    """The caller's roles or scopes do not carry the permission that this needs."""


class WrongBrand(DomainError, code="access.wrong_brand", kind=Kind.FORBIDDEN):
    """The token belongs to another brand than the host that was called."""


class DealerMissing(DomainError, code="access.dealer_missing", kind=Kind.INVALID):
    """A dealer's role or client was given without the dealer whose customers it is to reach."""


class RoleUnknown(DomainError, code="access.role_unknown", kind=Kind.INVALID):
    """There is no such role."""


class ScopeUnknown(DomainError, code="access.scope_unknown", kind=Kind.INVALID):
    """There is no such permission, or the client may not be given it."""


class ClientUnknown(DomainError, code="access.client_unknown", kind=Kind.NOT_FOUND):
    """The brand has no such API client."""


class StaffUnknown(DomainError, code="access.staff_unknown", kind=Kind.NOT_FOUND):
    """Nobody with this log-in works for the brand."""


class LastAdministrator(DomainError, code="access.last_administrator", kind=Kind.REFUSED):
    """The brand would be left without anybody who can give access."""
