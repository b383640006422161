"""Several searches, one after the other, as one list: for a resource that the rooms keep in several tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from linehouse.edge.tmf.kit.declaration import Slice

V = TypeVar("V")

Source = Callable[[int, int], tuple[Sequence[V], int]]
"""Answers (offset, limit) with a window and how many there are in all."""


def chained(sources: Sequence[Source[V]], offset: int, limit: int) -> Slice[V]:
    """The window of the sources laid end to end, each in its own order."""
    values: list[V] = []
    passed = 0
    for source in sources:
        start = max(0, offset - passed)
        room = limit - len(values)
        found, total = source(start, room)
        values.extend(found[:room])
        passed += total
    return Slice(values, passed)
