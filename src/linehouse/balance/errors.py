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


class MoneyFileInvalid(DomainError, code="balance.money_file_invalid", kind=Kind.INVALID):
    """The brand's file about money says something that cannot hold."""


class NoMainBalance(DomainError, code="balance.no_main_balance", kind=Kind.REFUSED):
    """The line has no prepaid main balance, or it is closed: money cannot be put on it or taken from it."""


class LineNotActive(DomainError, code="balance.line_not_active", kind=Kind.REFUSED):
    """Both lines of a transfer, and a line that is topped up, must be active."""


class AmountNotPossible(DomainError, code="balance.amount_not_possible", kind=Kind.REFUSED):
    """The amount is not positive, of another currency, or outside of what the brand's rules allow."""


class TransferLimit(DomainError, code="balance.transfer_limit", kind=Kind.REFUSED):
    """The day's transfers of the line are used up."""


class TooLittleLeft(DomainError, code="balance.too_little_left", kind=Kind.REFUSED):
    """The balance does not hold what is to be taken from it; it never goes below its floor."""


class OnceDiffers(DomainError, code="balance.once_differs", kind=Kind.CONFLICT):
    """The caller's key was used before for something else."""


class MoveUnknown(DomainError, code="balance.move_unknown", kind=Kind.NOT_FOUND):
    """There is no top-up, transfer or adjustment of that number."""


class ReasonNeeded(DomainError, code="balance.reason_needed", kind=Kind.INVALID):
    """Money moves back, or by hand, only with a reason; an adjustment with one of the brand's list."""


class NoCardProvider(DomainError, code="balance.no_card_provider", kind=Kind.REFUSED):
    """Cards cannot be charged: no provider is plugged in."""


class TransfersNotOffered(DomainError, code="balance.transfers_not_offered", kind=Kind.REFUSED):
    """The brand's file about money says nothing of transfers."""


class NotReservable(DomainError, code="balance.not_reservable", kind=Kind.REFUSED):
    """Nothing can be kept aside in this bucket: lines share it, it is unlimited, or it is not valid now."""
