"""Errors of kept files."""

from linehouse.kernel.error import DomainError, Kind


class DocumentErased(DomainError, code="documents.erased", kind=Kind.NOT_FOUND):
    """The file was encrypted for somebody who has been erased; it cannot be read any more."""
