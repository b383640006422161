"""Errors of balance."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class BucketUnknown(DomainError, code="balance.bucket_unknown", kind=Kind.NOT_FOUND):
    """There is no bucket of that reference."""


class GrantDiffers(DomainError, code="balance.grant_differs", kind=Kind.CONFLICT):
    """The reference was granted before with another amount, unit or validity."""


class BucketOverdrawn(DomainError, code="balance.bucket_overdrawn", kind=Kind.CONFLICT):
    """A use would take more than the bucket holds; nothing was taken."""


class MemberNotPossible(DomainError, code="balance.member_not_possible", kind=Kind.REFUSED):
    """The line cannot be taken into that group."""
