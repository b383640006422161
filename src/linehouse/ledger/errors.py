"""Refusals of the ledger."""

from linehouse.kernel.error import DomainError, Kind


class UnknownClass(DomainError, code="ledger.unknown_class", kind=Kind.INVALID):
    """The account's class is not in the chart of accounts."""


class BadTransfer(DomainError, code="ledger.bad_transfer", kind=Kind.INVALID):
    """A transfer needs an amount above zero, an asset, and two different accounts."""


class CauseConflict(DomainError, code="ledger.cause_conflict", kind=Kind.CONFLICT):
    """The cause was posted before with other transfers; a correction needs a cause of its own."""
