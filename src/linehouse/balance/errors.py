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


class NoTaxRates(DomainError, code="balance.no_tax_rates", kind=Kind.UNAVAILABLE):
    """Nobody knows a rate of tax here."""


class MoneyShort(DomainError, code="balance.money_short", kind=Kind.REFUSED):
    """The balance does not hold the price; nothing was bought."""


class PackNotPossible(DomainError, code="balance.pack_not_possible", kind=Kind.REFUSED):
    """The pack cannot be bought for that line, or not be changed like that."""


class PackUnknown(DomainError, code="balance.pack_unknown", kind=Kind.NOT_FOUND):
    """The line has no such pack."""


class PackDiffers(DomainError, code="balance.pack_differs", kind=Kind.CONFLICT):
    """The once-key bought another pack, or for another line."""


class ThresholdNotPossible(DomainError, code="balance.threshold_not_possible", kind=Kind.REFUSED):
    """That cannot be watched, or not be taken away."""


class ThresholdUnknown(DomainError, code="balance.threshold_unknown", kind=Kind.NOT_FOUND):
    """The line has no such threshold."""


class PrepaidLineUnknown(DomainError, code="balance.prepaid_line_unknown", kind=Kind.NOT_FOUND):
    """That is no prepaid line whose life is followed."""
