"""Errors of structured invoices."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class NotWellFormed(DomainError, code="einvoice.not_well_formed", kind=Kind.INVALID):
    """The XML breaks the schema of Factur-X's EN 16931 profile; the first place is named."""
