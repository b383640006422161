"""Errors of customers and billing accounts."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class CustomerUnknown(DomainError, code="customer.unknown", kind=Kind.NOT_FOUND):
    """The brand has no customer of that id or number."""


class BillingAccountUnknown(DomainError, code="customer.billing_account_unknown", kind=Kind.NOT_FOUND):
    """The brand has no billing account of that id or number."""


class ReasonMissing(DomainError, code="customer.reason_missing", kind=Kind.INVALID):
    """A change of a customer's data or state says why, for whoever reads the history."""


class CustomerClosed(DomainError, code="customer.closed", kind=Kind.CONFLICT):
    """The customer is closed; nothing can be opened or ordered for it."""
