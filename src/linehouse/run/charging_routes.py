"""The paths that the charging process answers: fixed ones, and those with a reference in one of their parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

H = TypeVar("H")


class Headers(Protocol):
    """The headers of a request (RSGI 1)."""

    def get(self, key: str) -> str | None:
        """The value of a header, or None."""
        ...

    def items(self) -> Iterable[tuple[str, str]]:
        """Names and values."""
        ...


class Scope(Protocol):
    """What granian tells of a request (RSGI 1)."""

    proto: str
    http_version: str
    client: str
    scheme: str
    method: str
    path: str
    authority: str | None

    @property
    def headers(self) -> Headers:
        """By lower-case name."""
        ...


@dataclass(frozen=True, slots=True)
class Found(Generic[H]):
    """Who answers a path, and the reference in it."""

    handler: H
    reference: str = ""


class Routes(Generic[H]):
    """Methods and paths; a part in braces stands for any text without a slash."""

    def __init__(self, routes: Mapping[tuple[str, str], H]) -> None:
        self._fixed = {key: handler for key, handler in routes.items() if "{" not in key[1]}
        self._open = [(method, path.split("/"), one) for (method, path), one in routes.items() if "{" in path]

    def find(self, method: str, path: str) -> Found[H] | None:
        """Who answers, if anybody does."""
        fixed = self._fixed.get((method, path))
        if fixed is not None:
            return Found(fixed)
        for known, parts, handler in self._open:
            if known == method and (reference := _reference(parts, path)):
                return Found(handler, reference)
        return None

    def methods(self, path: str) -> list[str]:
        """The methods by which the path is answered."""
        found = {method for method, fixed in self._fixed if fixed == path}
        return sorted(found | {method for method, parts, _ in self._open if _reference(parts, path)})


def _reference(parts: list[str], path: str) -> str:
    """What stands in the place of the part in braces; empty when the path is another."""
    asked = path.split("/")
    if len(asked) != len(parts):
        return ""
    reference = ""
    for part, said in zip(parts, asked, strict=True):
        if part.startswith("{"):
            reference = said
        elif part != said:
            return ""
    return reference
