"""What can go wrong with stock."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class NoNumberAvailable(DomainError, code="resource.no_number_available", kind=Kind.REFUSED):
    """The stock of numbers is used up: import a range, or wait until quarantined numbers come back."""


class NoSimAvailable(DomainError, code="resource.no_sim_available", kind=Kind.REFUSED):
    """The stock of SIM cards is used up: import a delivery."""


class NumberTaken(DomainError, code="resource.number_taken", kind=Kind.CONFLICT):
    """The number is held by somebody else or is resting."""


class SimTaken(DomainError, code="resource.sim_taken", kind=Kind.CONFLICT):
    """The card is held by somebody else or is worn out."""


class NumberNotFound(DomainError, code="resource.number_not_found", kind=Kind.NOT_FOUND):
    """The brand does not own that number."""


class SimNotFound(DomainError, code="resource.sim_not_found", kind=Kind.NOT_FOUND):
    """The brand does not own that card."""


class StockFileWrong(DomainError, code="resource.stock_file_wrong", kind=Kind.INVALID):
    """The delivery has wrong rows; nothing of it was taken. Each row is named."""


class StockInUse(DomainError, code="resource.stock_in_use", kind=Kind.CONFLICT):
    """Somebody holds or held the number or card, so that it cannot be taken out of stock."""


class RangeWrong(DomainError, code="resource.range_wrong", kind=Kind.INVALID):
    """Not a range of numbers: the ends differ in length, are out of order, or span too many numbers."""


class BatchUnknown(DomainError, code="resource.batch_unknown", kind=Kind.NOT_FOUND):
    """There is no batch of vouchers of that number."""


class BatchInvalid(DomainError, code="resource.batch_invalid", kind=Kind.INVALID):
    """A batch cannot be made like that: nothing in it, no value, or an end that has passed."""


class BatchNotReady(DomainError, code="resource.batch_not_ready", kind=Kind.CONFLICT):
    """The batch is still being made, is frozen, or its PINs have not left the house yet."""


class BatchExported(DomainError, code="resource.batch_exported", kind=Kind.CONFLICT):
    """The PINs of a batch leave the house once; after that nobody here knows them."""


class BadRecipient(DomainError, code="resource.bad_recipient", kind=Kind.INVALID):
    """PINs are exported for a certificate, or under a passphrase of at least 12 characters."""


class VoucherUnknown(DomainError, code="resource.voucher_unknown", kind=Kind.NOT_FOUND):
    """There is no such voucher, or it was never sold: nobody is told which."""


class VoucherNotPossible(DomainError, code="resource.voucher_not_possible", kind=Kind.CONFLICT):
    """Not all of the vouchers are in the state that this needs; none was changed."""


class VoucherUsed(DomainError, code="resource.voucher_used", kind=Kind.CONFLICT):
    """The voucher was redeemed before."""


class VoucherStopped(DomainError, code="resource.voucher_stopped", kind=Kind.REFUSED):
    """The voucher, or its batch, is blocked, or its time is over."""


class PinsLocked(DomainError, code="resource.pins_locked", kind=Kind.REFUSED):
    """Too many wrong PINs came from this line or channel; no PIN is looked at until the lock ends."""
