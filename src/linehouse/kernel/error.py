"""Coded errors: a stable code, a kind that edges translate, and what would have been right."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What sort of answer an edge gives: HTTP status, Diameter result code or exit code."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


_registry: dict[str, type[DomainError]] = {}


class DomainError(Exception):
    """An expected failure, named by a stable code.

    ``message`` is one sentence for a person. ``field`` and ``value`` say which input is meant, ``expected`` what
    would be right. Subclasses are declared in a room's ``errors.py`` with ``code`` and ``kind``; their docstring is
    the meaning that the reference prints.
    """

    code: ClassVar[str] = "kernel.error"
    kind: ClassVar[Kind] = Kind.INVALID

    def __init_subclass__(cls, *, code: str, kind: Kind, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        taken = _registry.get(code)
        if taken is not None and taken.__qualname__ != cls.__qualname__:
            raise TypeError(f"error code {code!r} is declared by {taken.__qualname__} and {cls.__qualname__}")
        cls.code, cls.kind = code, kind
        _registry[code] = cls

    def __init__(self, message: str, *, field: str = "", value: object = None, expected: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.value = value
        self.expected = expected

    def __str__(self) -> str:
        parts = [self.message]
        if self.field:
            parts.append(f"{self.field}={self.value!r}" if self.value is not None else self.field)
        if self.expected:
            parts.append(f"expected {self.expected}")
        return "; ".join(parts)


class Invalid(DomainError, code="kernel.invalid", kind=Kind.INVALID):
    """A value that cannot be what its name says: wrong form, out of range, wrong check digit."""


class NotFound(DomainError, code="kernel.not_found", kind=Kind.NOT_FOUND):
    """No such object for this brand, or none that the caller may see."""


def all_errors() -> dict[str, type[DomainError]]:
    """Every declared error by code, for the reference and for the test that codes are unique."""
    return dict(sorted(_registry.items()))
