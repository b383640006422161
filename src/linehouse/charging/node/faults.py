"""Where a process may die: each instant between reading and answering that a rehearsal can ask for, by name."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """The commit points of a batch, in order."""

    LOCKED = "locked"
    """Lines and buckets are locked, nothing is decided."""
    DECIDED = "decided"
    """Everything is decided, nothing is written."""
    BUCKETS = "buckets"
    """Buckets and their movements are written."""
    JOURNAL = "journal"
    """The journal is written."""
    WRITTEN = "written"
    """Everything is written, nothing is committed."""
    COMMITTED = "committed"
    """Committed, and nobody was answered."""


_hooks: dict[Point, Callable[[], None]] = {}


def reach(point: Point) -> None:
    """Pass a point; what was put there happens."""
    if _hooks and (hook := _hooks.get(point)) is not None:
        hook()


def put(point: Point, hook: Callable[[], None]) -> None:
    """Let something happen whenever the point is reached."""
    _hooks[point] = hook


def clear() -> None:
    """Take everything away again."""
    _hooks.clear()
