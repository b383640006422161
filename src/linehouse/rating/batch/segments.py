"""Time as numbers: instants between which the same time bands hold and the same rules are in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from linehouse.rating.batch.events import instant, micros
from linehouse.rating.time_bands import holds, next_edge
from linehouse.rating.values import Scope, Tariff, TimeBand

_DAY = 86_400_000_000
_A_DAY = timedelta(days=1)
_MOST_DAYS = 800
"""A piece that reaches over more days than this is odd: the rest of its days goes to the exact function."""
NOWHERE = -1


class Segments:
    """The classes of time of one tariff. Two instants of one class are the same to all its rules and buckets."""

    def __init__(self, tariff: Tariff, scopes: tuple[Scope, ...]) -> None:
        own = tuple(
            tariff.time_bands[key]
            for scope in scopes
            for clause in (*scope.include, *scope.exclude)
            for key in clause.time_bands
            if key in tariff.time_bands
        )
        bands = [(band, tariff.time_zone) for band in own]
        self._changes: set[datetime] = set()
        self.serving = False
        asked: Tariff | None = tariff
        while asked is not None:
            for rule in asked.rules:
                named = rule.conditions.time_bands
                bands += [(asked.time_bands[key], asked.time_zone) for key in named if key in asked.time_bands]
                if rule.valid is not None:
                    self._changes |= {one for one in (rule.valid.start, rule.valid.end) if one is not None}
            self.serving = self.serving or asked.serving_time
            asked = asked.fallback
        self._bands = tuple(dict.fromkeys(bands))
        self._zones: dict[tzinfo, list[TimeBand]] = {}
        for band, zone in self._bands:
            self._zones.setdefault(zone, []).append(band)
        self._ordered = sorted(self._changes)
        self._classes: dict[tuple[bool | int, ...], int] = {}
        self.shown: list[datetime] = []
        """For each class an instant that is in it."""
        self._days: dict[int, list[tuple[int, int]]] = {}

    @property
    def timed(self) -> bool:
        """Whether time matters at all."""
        return bool(self._bands or self._changes)

    def of(self, begin: NDArray[np.int64], until: NDArray[np.int64]) -> NDArray[np.int32]:
        """The class of each stretch of time; NOWHERE where it changes within, or where that is not known."""
        if not len(begin):
            return np.empty(0, np.int32)
        edges, classes = self._edges(begin)
        first = np.searchsorted(edges, begin, side="right") - 1
        last = np.searchsorted(edges, np.maximum(begin, until - 1), side="right") - 1
        found: NDArray[np.int32] = np.where(first == last, classes[first], NOWHERE).astype(np.int32)
        return found

    def _edges(self, begin: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Instants at which another class begins, the first before all others."""
        days = np.unique(begin // _DAY)[:_MOST_DAYS].tolist()
        edges, classes = [np.iinfo(np.int64).min], [NOWHERE]
        for place, day in enumerate(days):
            for edge, kind in self._day(day):
                if kind != classes[-1]:
                    edges.append(edge)
                    classes.append(kind)
            # A day is known, and the one behind it, for what begins before midnight.
            following = days[place + 1] if place + 1 < len(days) else None
            if following != day + 1:
                for edge, kind in self._day(day + 1):
                    if kind != classes[-1]:
                        edges.append(edge)
                        classes.append(kind)
                if following != day + 2:
                    edges.append((day + 2) * _DAY)
                    classes.append(NOWHERE)
        return np.array(edges, np.int64), np.array(classes, np.int32)

    def _day(self, day: int) -> list[tuple[int, int]]:
        found = self._days.get(day)
        if found is None:
            begin = instant(day * _DAY)
            marks = sorted({begin, *self._marks(begin, begin + _A_DAY)})
            found = self._days[day] = [(micros(mark), self._class_at(mark)) for mark in marks]
        return found

    def _marks(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        for zone, bands in self._zones.items():
            mark = next_edge(bands, begin, zone)
            while mark is not None and mark < end:
                yield mark
                mark = next_edge(bands, mark, zone)
        yield from (change for change in self._ordered if begin < change < end)

    def _class_at(self, at: datetime) -> int:
        shown = (
            *(holds(band, at, zone) for band, zone in self._bands),
            sum(change <= at for change in self._ordered),
        )
        found = self._classes.get(shown)
        if found is None:
            found = self._classes[shown] = len(self.shown)
            self.shown.append(at.astimezone(UTC))
        return found
