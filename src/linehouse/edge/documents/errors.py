"""Errors of typesetting."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class TemplateRefused(DomainError, code="documents.template_refused", kind=Kind.INVALID):
    """The template does not compile, warns, or breaks the PDF/A-3 or PDF/UA-1 rules; the place is named."""
