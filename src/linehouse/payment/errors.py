"""Refusals of payments."""

from linehouse.kernel.error import DomainError, Kind


class StatementRefused(DomainError, code="payment.statement_refused", kind=Kind.INVALID):
    """The bank's file cannot be read, or its balances and entries do not add up; nothing of it was booked."""


class StatementRepeated(DomainError, code="payment.statement_repeated", kind=Kind.CONFLICT):
    """This very file, or another statement of this account and number, was taken before."""


class AlreadyMatched(DomainError, code="payment.already_matched", kind=Kind.CONFLICT):
    """The bank entry belongs to somebody already."""


class NotAllocatable(DomainError, code="payment.not_allocatable", kind=Kind.REFUSED):
    """More than is left of the payment, or than is open on the invoice."""


class RefundInvalid(DomainError, code="payment.refund_invalid", kind=Kind.INVALID):
    """A refund needs an amount above zero, a bank account to pay to, its holder and a reason."""


class RefundNotCovered(DomainError, code="payment.refund_not_covered", kind=Kind.REFUSED):
    """More than the account has as unused credit."""


class RefundNotFound(DomainError, code="payment.refund_not_found", kind=Kind.NOT_FOUND):
    """There is no such refund."""


class NothingToExport(DomainError, code="payment.nothing_to_export", kind=Kind.REFUSED):
    """No refund is approved and waits to be given to the bank."""
