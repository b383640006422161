"""Refusals of imports."""

from linehouse.kernel.error import DomainError, Kind


class ImportUnknown(DomainError, code="imports.unknown", kind=Kind.NOT_FOUND):
    """The brand has no such import."""


class ImportKindUnknown(DomainError, code="imports.kind_unknown", kind=Kind.NOT_FOUND):
    """Nothing of that name can be imported."""


class FileUnreadable(DomainError, code="imports.file_unreadable", kind=Kind.INVALID):
    """The file is neither CSV nor a spreadsheet, has no heading, or is too large."""


class MappingWrong(DomainError, code="imports.mapping_wrong", kind=Kind.INVALID):
    """A field that must be given comes from no column, or a column or field of the mapping does not exist."""


class NotNow(DomainError, code="imports.not_now", kind=Kind.CONFLICT):
    """The import is not in a state in which this can be done."""
