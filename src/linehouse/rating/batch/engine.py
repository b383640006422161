"""The batch engine: a piece of events in, its answers and what is left after it out, as columns.

A piece holds whole subscribers: everything that takes from one bucket must be in one piece, in order. So pieces may be
rated at the same time, in any number of processes, and in any order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from linehouse.rating.batch.answers import Answers, Names
from linehouse.rating.batch.events import REQUIRED
from linehouse.rating.batch.exact import ExactWay
from linehouse.rating.batch.held import Held
from linehouse.rating.batch.values import RateBook


class Rated(NamedTuple):
    """``rows``: one per event, in the order given. ``balances``, ``counters``: of the subscribers of the piece.

    rows: ``verdict`` Int8 (place in ``VERDICTS``), ``amount`` Int64 (the rounded total, micro-units), ``covered``
    Int64 (usage that allowances paid), ``paid`` Int64 (micro-units out of money buckets), ``rule`` (key of the first
    part's rule), ``bucket`` (first allowance that paid), ``reason``: String or null.
    balances: ``subscriber``, ``bucket``, ``left`` (null: unlimited), ``taken``.
    counters: ``subscriber``, ``counter``, ``period`` (its first day), ``used``.
    """

    rows: pl.DataFrame
    balances: pl.DataFrame
    counters: pl.DataFrame


class Compiled(NamedTuple):
    """A rate book made ready. It belongs to one process; another one compiles its own, from the same book."""

    book: RateBook
    names: Names


def compile_book(book: RateBook) -> Compiled:
    """Everything that can be worked out before events are seen: once per process."""
    return Compiled(book, Names())


def rate_piece(compiled: Compiled, plan_of: NDArray[np.int32], events: pl.DataFrame) -> Rated:
    """Rate events in their order. ``plan_of`` holds each subscriber's place in the book's plans.

    ``events`` has the columns of ``batch.events``: those of REQUIRED, any of KINDS and SINGLE; a subscriber's events
    lie in the order in which they count. Never raises on data: what cannot be priced is unrated with a reason.
    """
    events = events.with_columns(pl.col(name).cast(kind) for name, kind in REQUIRED.items())
    known, subscriber = np.unique(events["subscriber"].to_numpy(), return_inverse=True)
    held = Held(compiled.book.plans, known, np.asarray(plan_of)[known])
    out = Answers.room(len(events))
    exact = ExactWay(compiled.book, events, held, compiled.names, out)
    for here in range(len(events)):
        exact.decide(here, int(subscriber[here]))
    return Rated(out.frame(compiled.names), held.balances(), held.used())
