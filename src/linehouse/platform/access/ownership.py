"""Whose objects the running code may reach: all of the brand, or one dealer's alone.

The door of a request sets it once; the rooms' tables of customers and orders then hold nothing else for that request,
in lists, searches and by id. Work without a caller (jobs, the command line) is not bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_bound: ContextVar[str | None] = ContextVar("bound_to_dealer", default=None)


def bound_dealer() -> str | None:
    """The dealer whose objects alone are reached, or None where all are. An empty code reaches nothing."""
    return _bound.get()


@contextmanager
def bound_to_dealer(dealer: str | None) -> Iterator[None]:
    """Reach only this dealer's objects inside; None reaches all."""
    token = _bound.set(dealer)
    try:
        yield
    finally:
        _bound.reset(token)
