"""Refusals about characteristics."""

from linehouse.kernel.error import DomainError, Kind


class CharacteristicUnknown(DomainError, code="characteristics.unknown", kind=Kind.NOT_FOUND):
    """The brand has declared no such characteristic."""


class CharacteristicTaken(DomainError, code="characteristics.taken", kind=Kind.CONFLICT):
    """The entity has a characteristic of this key already."""


class NotSearchable(DomainError, code="characteristics.not_searchable", kind=Kind.INVALID):
    """A list cannot be narrowed by this characteristic: it is not declared as searchable."""
