"""The answer of a pure rule that may refuse: a value, or every reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from linehouse.kernel.error import DomainError, Kind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason: a stable code, a sentence, the field and value meant, and what would be right."""

    code: str
    message: str
    field: str = ""
    value: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Ok(Generic[T]):
    """The rule allowed it."""

    value: T


@dataclass(frozen=True, slots=True)
class Refused:
    """The rule refused it; all problems are named at once."""

    problems: tuple[Problem, ...]

    def __post_init__(self) -> None:
        if not self.problems:
            raise ValueError("a refusal names at least one problem")


Outcome = Ok[T] | Refused


class RefusedError(DomainError, code="kernel.refused", kind=Kind.REFUSED):
    """A business rule refused the request; the problems are listed one by one."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        super().__init__(
            "; ".join(p.message for p in problems),
            field=first.field,
            value=first.value or None,
            expected=first.expected,
        )
        self.problems = problems


class InvalidFields(DomainError, code="kernel.invalid_fields", kind=Kind.INVALID):
    """One or more fields of the input are wrong; each is named with its value and what would be right."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        super().__init__(
            "; ".join(p.message for p in problems),
            field=first.field,
            value=first.value or None,
            expected=first.expected,
        )
        self.problems = problems
