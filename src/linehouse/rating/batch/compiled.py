"""A rate book made ready: its tariffs and plans as arrays, and the lanes of the kinds of events seen so far."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from linehouse.kernel.error import DomainError
from linehouse.kernel.quantity import Unit
from linehouse.rating.batch.answers import Names
from linehouse.rating.batch.events import SINGLE, USAGE_TYPES, event_of, instant, micros
from linehouse.rating.batch.kernel import EXACT_LANE
from linehouse.rating.batch.kinds import asked_columns, codes_of, kinds_of
from linehouse.rating.batch.lanes import LaneBook
from linehouse.rating.batch.numbers import NumberClasses
from linehouse.rating.batch.plans import plans_as_arrays, templates_of
from linehouse.rating.batch.segments import NOWHERE, Segments
from linehouse.rating.batch.values import Plan, RateBook
from linehouse.rating.values import Attribute

_FIRST = micros(datetime(1900, 1, 2, tzinfo=UTC))
_LAST = micros(datetime(8999, 12, 30, tzinfo=UTC))
"""Outside of these the price function says whether usage can have happened."""
_MILLISECONDS = np.array([one.unit is Unit.MILLISECOND for one in USAGE_TYPES], np.bool_)
_OCTETS = np.array([one.unit is Unit.OCTET for one in USAGE_TYPES], np.bool_)


class Compiled:
    """It belongs to one process, and remembers from piece to piece; another process compiles its own."""

    def __init__(self, book: RateBook) -> None:
        self.book = book
        self.names = Names()
        keys = list(book.tariffs)
        self._tariffs = [book.tariffs[key] for key in keys]
        self._templates, scopes = templates_of(book.plans)
        self.plans = plans_as_arrays(book.plans, scopes, self.names)
        self.lanes = LaneBook(self.names, self._templates)
        self._numbers = NumberClasses(self._tariffs)
        asked = tuple(dict.fromkeys(one.bucket.scope for one in self._templates))
        self._columns = asked_columns(self._tariffs, asked)
        self._segments = [Segments(tariff, asked) for tariff in self._tariffs]
        self._report = np.array([one.attribute is Attribute.REPORT for one in self._tariffs], np.bool_)
        self._spread = np.array([one.attribute is Attribute.PRO_RATA for one in self._tariffs], np.bool_)
        self._take_courses()

    def grow(self, plans: tuple[Plan, ...]) -> bool:
        """Take these plans instead, which begin with those of before. False, and nothing is taken, where lanes that
        were made do not hold for them."""
        templates, scopes = templates_of(plans)
        if templates != self._templates:
            return False
        self.book = RateBook(self.book.tariffs, plans)
        self.plans = plans_as_arrays(plans, scopes, self.names)
        self._take_courses()
        return True

    def _take_courses(self) -> None:
        book = self.book
        place = {key: number for number, key in enumerate(book.tariffs)}
        courses = {
            (plan.tariff, plan.later): (
                np.array([micros(later.since) for later in plan.later], np.int64),
                np.array([place[plan.tariff], *(place[later.tariff] for later in plan.later)], np.int32),
            )
            for plan in book.plans
        }
        self._courses = list(courses.values())
        numbers = {course: number for number, course in enumerate(courses)}
        self._course = np.array([numbers[plan.tariff, plan.later] for plan in book.plans], np.int32)

    def tariffs_at(self, plan: NDArray[np.int32], started: NDArray[np.int64]) -> NDArray[np.int32]:
        """The place of the tariff that prices each event."""
        course = self._course[plan]
        found: NDArray[np.int32] = np.array([tariffs[0] for _, tariffs in self._courses], np.int32)[course]
        for number, (since, tariffs) in enumerate(self._courses):
            if len(since):
                mine = np.flatnonzero(course == number)
                found[mine] = tariffs[np.searchsorted(since, started[mine], side="right")]
        return found

    def times(self, tariff: NDArray[np.int32], events: pl.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """From when to when each event uses: a call as long as it lasts, a message when it starts, data as said."""
        begin = events["started"].to_numpy()
        kind = events["usage_type"].to_numpy()
        length = np.clip(events["quantity"].to_numpy(), 0, 2**50) * 1_000
        until = begin + np.where(_MILLISECONDS[kind], length, 0)
        if "ended" in events.columns and (self._report.any() or self._spread.any()):
            ended = events["ended"].fill_null(events["started"]).to_numpy()
            told = _OCTETS[kind] & self._report[tariff]
            begin, until = np.where(told, ended, begin), np.where(told, ended, until)
            spread = _OCTETS[kind] & self._spread[tariff]
            until = np.where(spread, np.maximum(begin, ended + 1), until)
        return begin, until

    def lanes_of(
        self, tariff: NDArray[np.int32], begin: NDArray[np.int64], until: NDArray[np.int64], events: pl.DataFrame
    ) -> NDArray[np.int32]:
        """The lane of each event, made where its kind is new."""
        if not len(events):
            return np.empty(0, np.int32)
        time, times = self._time_classes(tariff, begin, until, events)
        numbers = self._numbers.of(events["party"])
        columns = [
            (tariff.astype(np.int64), len(self._tariffs)),
            (time, times),
            (events["usage_type"].to_numpy().astype(np.int64), 8),
            (events["direction"].to_numpy().astype(np.int64), 4),
            (numbers.astype(np.int64), self._numbers.count),
            *(codes_of(events[name]) for name in self._columns if name in events.columns),
        ]
        kinds = kinds_of(columns)
        lane = self._lanes_of_kinds(kinds.rows, tariff, time, numbers, events)[kinds.of]
        lane[(time == times - 1) | ~_in_range(events)] = EXACT_LANE
        return lane

    def _time_classes(
        self, tariff: NDArray[np.int32], begin: NDArray[np.int64], until: NDArray[np.int64], events: pl.DataFrame
    ) -> tuple[NDArray[np.int64], int]:
        """A class of time for each event, within its tariff; the last number is for those that are in none."""
        found = np.zeros(len(begin), np.int64)
        for place, segments in enumerate(self._segments):
            if not segments.timed:
                continue
            mine = np.flatnonzero(tariff == place) if len(self._segments) > 1 else np.arange(len(begin))
            classes = segments.of(begin[mine], until[mine]).astype(np.int64)
            if segments.serving and "utc_offset" in events.columns:
                classes[events["utc_offset"].is_not_null().to_numpy()[mine]] = NOWHERE
            found[mine] = classes
        most = max([1, *(len(one.shown) for one in self._segments)])
        found[found == NOWHERE] = most
        return found, most + 1

    def _lanes_of_kinds(
        self,
        rows: NDArray[np.int64],
        tariff: NDArray[np.int32],
        time: NDArray[np.int64],
        numbers: NDArray[np.int32],
        events: pl.DataFrame,
    ) -> NDArray[np.int32]:
        asked = ["usage_type", "direction", *(name for name in self._columns if name in events.columns)]
        shown = events[rows]
        keys = zip(
            tariff[rows].tolist(), time[rows].tolist(), numbers[rows].tolist(), shown.select(asked).rows(), strict=True
        )
        lanes = np.full(len(rows), EXACT_LANE, np.int32)
        for number, key in enumerate(keys):
            known = self.lanes.known((*key, tuple(asked)))
            lanes[number] = self._new(key, tuple(asked), shown, number) if known is None else known
        return lanes

    def _new(
        self, key: tuple[int, int, int, tuple[object, ...]], asked: tuple[str, ...], shown: pl.DataFrame, number: int
    ) -> int:
        place, time, _, _ = key
        segments = self._segments[place]
        if segments.timed and time >= len(segments.shown):
            return EXACT_LANE
        row = shown.row(number, named=True)
        row = {name: value for name, value in row.items() if name not in SINGLE}
        at = segments.shown[time] if segments.timed else _WHENEVER
        try:
            event = replace(event_of({**row, "started": micros(at), "quantity": 1}), started_at=at)
        except (DomainError, OverflowError, ValueError):
            return EXACT_LANE
        return self.lanes.lane((*key, asked), self._tariffs[place], event)


_WHENEVER = instant(0)


def _in_range(events: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether the instants of an event are in years in which usage may have happened."""
    known = events["started"].is_between(_FIRST, _LAST)
    if "ended" in events.columns:
        known &= events["ended"].is_between(_FIRST, _LAST).fill_null(value=True)
    return known.to_numpy()
