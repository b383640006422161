"""What billing refuses, and why."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class UnknownTaxRate(DomainError, code="billing.unknown_tax_rate", kind=Kind.REFUSED):
    """No tax rate is on file for this country and category on the tax point."""


class MixedTaxModes(DomainError, code="billing.mixed_tax_modes", kind=Kind.REFUSED):
    """One document would hold net and gross prices at the same rate; it uses one mode per rate."""


class ReversalTooLarge(DomainError, code="billing.reversal_too_large", kind=Kind.REFUSED):
    """A reversal would take back more than what is left of its line."""


class TooManyLines(DomainError, code="billing.too_many_lines", kind=Kind.REFUSED):
    """More lines than the safety bound for one subscription; the account waits for a person."""


class CurrencyOfAccount(DomainError, code="billing.currency_of_account", kind=Kind.REFUSED):
    """A charge is in another currency than its billing account."""


class DocumentDoesNotAdd(DomainError, code="billing.document_does_not_add", kind=Kind.REFUSED):
    """A document breaks the arithmetic of EN 16931 and is not issued."""


class RunNotFound(DomainError, code="billing.run_not_found", kind=Kind.NOT_FOUND):
    """No bill run of that number for this brand."""


class RunInFuture(DomainError, code="billing.run_in_future", kind=Kind.REFUSED):
    """A run for a day that has not come; what a bill will hold can be previewed instead."""


class RunNotReady(DomainError, code="billing.run_not_ready", kind=Kind.CONFLICT):
    """The run is not in the state that this step needs."""


class InvoiceNotFound(DomainError, code="billing.invoice_not_found", kind=Kind.NOT_FOUND):
    """No invoice of that number or id for this brand."""


class AccountNotBilled(DomainError, code="billing.account_not_billed", kind=Kind.NOT_FOUND):
    """The billing account has no charge that billing knows of."""


class SettlesTooMuch(DomainError, code="billing.settles_too_much", kind=Kind.REFUSED):
    """The allocated amount is larger than what is open on the invoice."""


class NothingToBill(DomainError, code="billing.nothing_to_bill", kind=Kind.REFUSED):
    """The account has nothing due that is not billed yet."""


class CreditInvalid(DomainError, code="billing.credit_invalid", kind=Kind.INVALID):
    """A manual credit needs an amount above zero in the account's currency, a known reason and a note."""


class CreditNotFound(DomainError, code="billing.credit_not_found", kind=Kind.NOT_FOUND):
    """There is no such manual credit."""
