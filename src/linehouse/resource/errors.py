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
