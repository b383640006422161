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
