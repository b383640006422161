"""Columns and the price function give the same answers, to the last micro-unit, and leave the same behind."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from linehouse.rating.batch.engine import compile_book, rate_piece
from linehouse.rating.batch.events import DIRECTIONS, KINDS, REQUIRED, SINGLE, USAGE_TYPES, micros
from linehouse.rating.batch.values import Holding, Plan, RateBook
from linehouse.rating.values import Direction, UsageType
from tests.rating.batch.one_by_one import OneByOne
from tests.rating.builders_rating import NL_MOBILE, purse, rule, step, tariff
from tests.rating.test_properties import START, purses, tariffs, unit_buckets

COLUMNS = {**REQUIRED, **KINDS, **SINGLE}


def frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Rows with whatever columns they have, in the order of subscribers and time."""
    found = pl.DataFrame(rows, schema={name: COLUMNS[name] for name in COLUMNS if any(name in row for row in rows)})
    return found.sort("subscriber", "started", maintain_order=True)


def row(subscriber: int, started: datetime, quantity: int, **more: object) -> dict[str, object]:
    """A call to a mobile at home."""
    return {
        "subscriber": subscriber,
        "started": micros(started),
        "quantity": quantity,
        "usage_type": USAGE_TYPES.index(UsageType.VOICE),
        "direction": DIRECTIONS.index(Direction.OUT),
        "party": NL_MOBILE,
        "network": "204-04",
        **more,
    }


def same(book: RateBook, plan_of: list[int], events: pl.DataFrame) -> None:
    """Both ways, row by row and bucket by bucket."""
    slow = OneByOne(book, plan_of)
    expected = slow.rate(events)
    rated = rate_piece(compile_book(book), np.array(plan_of, np.int32), events)
    assert rated.rows.to_dicts() == expected
    balances = {(one["subscriber"], one["bucket"]): one for one in rated.balances.to_dicts()}
    seen = set(events["subscriber"].to_list())
    assert {owner for owner, _ in balances} <= seen
    for subscriber in seen:
        for ref, bucket in slow.buckets[subscriber].items():
            assert balances[subscriber, ref]["left"] == bucket.available
            assert balances[subscriber, ref]["taken"] == slow.taken.get((subscriber, ref), 0)
    counted = {(one["subscriber"], one["period"], one["counter"]): one["used"] for one in rated.counters.to_dicts()}
    assert {key: used for key, used in counted.items() if used} == {
        (*key, counter): used for key, found in slow.counters.items() for counter, used in found.items() if used
    }


@st.composite
def any_plan(draw, name):
    held = [Holding(one, "ms") for one in draw(unit_buckets(partial=True))]
    return Plan.of(name, [*held, *(Holding(one, "EUR") for one in draw(purses()))])


starts = st.integers(-60, 200).map(lambda ms: START + timedelta(milliseconds=ms))
calls = st.builds(row, st.integers(0, 2), starts, st.integers(-3, 120), correction=st.booleans())


@settings(max_examples=300)
@given(tariffs(), st.data(), st.lists(calls, min_size=1, max_size=8))
def test_every_word_of_a_tariff(priced_by, data, events):
    plans = (data.draw(any_plan("t")), data.draw(any_plan("t")))
    same(RateBook({"t": priced_by}, plans), [0, 1, 0], frame(events))


def test_the_empty_piece():
    book = RateBook({"t": tariff([rule("r", [step(10)])])}, (Plan.of("t", [Holding(purse("p", None), "EUR")]),))
    rated = rate_piece(
        compile_book(book),
        np.array([0], np.int32),
        frame([]).select(list(REQUIRED)) if False else pl.DataFrame(schema=REQUIRED),
    )
    assert (len(rated.rows), len(rated.balances), len(rated.counters)) == (0, 0, 0)
