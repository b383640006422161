"""Ids as callers write them."""

from __future__ import annotations

from uuid import UUID

from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.kernel.error import NotFound


def id_of(key: str) -> UUID:
    """The id in an address; raises NotFound for a text that can be nobody's id."""
    try:
        return UUID(key)
    except ValueError:
        raise NotFound("there is none with this id", field="id", value=key) from None


def id_or_none(key: str | None) -> UUID | None:
    """The id in a condition, or None for a text that can be nobody's id."""
    try:
        return None if key is None else UUID(key)
    except ValueError:
        return None


def referred(key: str, pointer: str) -> UUID:
    """The id of a thing that a body refers to; raises ApiProblem 400 naming where it stands."""
    try:
        return UUID(key)
    except ValueError:
        raise bad_body(pointer, f"{key[:60]!r} is no id") from None
