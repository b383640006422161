"""The batch engine: a piece of events in, its answers and what is left after it out, as columns.

A piece holds whole subscribers: everything that takes from one bucket must be in one piece, in order. So pieces may be
rated at the same time, in any number of processes, and in any order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from linehouse.rating.batch.answers import Answers
from linehouse.rating.batch.compiled import Compiled
from linehouse.rating.batch.events import REQUIRED
from linehouse.rating.batch.exact import ExactWay
from linehouse.rating.batch.held import Held
from linehouse.rating.batch.kernel import Decide, Events, Purses, fast_decide
from linehouse.rating.batch.values import RateBook


class Rated(NamedTuple):
    """``rows``: one per event, in the order given. ``balances``, ``counters``: of the subscribers of the piece.

    rows: ``verdict`` Int8 (place in ``VERDICTS``), ``amount`` Int64 (the rounded total, micro-units), ``covered``
    Int64 (usage that allowances paid), ``paid`` Int64 (micro-units out of money buckets), ``rule`` (key of the first
    part's rule), ``bucket`` (first allowance that paid), ``reason``: String or null.
    balances: ``subscriber``, ``bucket``, ``left`` (null: unlimited), ``taken``.
    counters: ``subscriber``, ``counter``, ``period`` (its first day), ``used``.
    ``exact`` is how many events the price function itself decided: the slow ones.
    """

    rows: pl.DataFrame
    balances: pl.DataFrame
    counters: pl.DataFrame
    exact: int = 0


def compile_book(book: RateBook) -> Compiled:
    """Everything that can be worked out before events are seen: once per process."""
    return Compiled(book)


def rate_piece(
    compiled: Compiled, plan_of: NDArray[np.int32], events: pl.DataFrame, *, decide: Decide | None = None
) -> Rated:
    """Rate events in their order. ``plan_of`` holds each subscriber's place in the book's plans.

    ``events`` has the columns of ``batch.events``: those of REQUIRED, any of KINDS and SINGLE; a subscriber's events
    lie in the order in which they count. Never raises on data: what cannot be priced is unrated with a reason.
    ``decide`` is the compiled loop, or in tests the same in plain Python.
    """
    events = events.with_columns(pl.col(name).cast(kind) for name, kind in REQUIRED.items())
    known, subscriber = _numbered(events["subscriber"].to_numpy())
    plan = np.asarray(plan_of, np.int32)[known]
    held = Held(compiled.book.plans, known, plan)
    out = Answers.room(len(events))
    exact = ExactWay(compiled.book, events, held, compiled.names, out)
    fast = _as_events(compiled, plan, subscriber, events)
    lanes, steps = compiled.lanes.arrays()
    purses = Purses(held.plan, held.first, held.left)
    decide = decide or fast_decide()
    here = slow = 0
    while (here := int(decide(here, fast, lanes, steps, compiled.plans, purses, out))) < len(events):
        exact.decide(here, int(subscriber[here]))
        here += 1
        slow += 1
    return Rated(out.frame(compiled.names), held.balances(), held.used(), slow)


def _numbered(subscribers: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The subscribers of a piece, and each row's place among them."""
    if len(subscribers) and (np.diff(subscribers) >= 0).all():
        new = np.empty(len(subscribers), np.bool_)
        new[0] = True
        np.not_equal(subscribers[1:], subscribers[:-1], out=new[1:])
        return subscribers[new], np.cumsum(new, dtype=np.int32) - np.int32(1)
    known, places = np.unique(subscribers, return_inverse=True)
    return known, places.astype(np.int32)


def _as_events(
    compiled: Compiled, plan: NDArray[np.int32], subscriber: NDArray[np.int32], events: pl.DataFrame
) -> Events:
    tariff = compiled.tariffs_at(plan[subscriber], events["started"].to_numpy())
    begin, until = compiled.times(tariff, events)
    return Events(
        subscriber=subscriber,
        begin=begin,
        until=until,
        quantity=events["quantity"].to_numpy(),
        lane=compiled.lanes_of(tariff, begin, until, events),
    )
