"""The time bands that rules name, each written once, whatever timings it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from linehouse.catalog.cgrates.sharing import Horizon, Hours, Share
from linehouse.catalog.cgrates.slugs import Keys
from linehouse.catalog.cgrates.yaml_text import quoted

_MOST_YEARLY = 40
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Band:
    """A time band under its key. ``only_dates`` is true of hours that hold on dates: it must not be asked later on."""

    key: str
    name: str
    hours: tuple[Hours, ...]
    dates: frozenset[date] = frozenset()
    exceptions: frozenset[date] = frozenset()
    only_dates: frozenset[date] = frozenset()


class Bands:
    """Gives each share of time its band."""

    def __init__(self, horizon: Horizon) -> None:
        self._horizon = horizon
        self._keys = Keys()
        self._known: dict[tuple[object, ...], Band] = {}

    @property
    def all(self) -> Sequence[Band]:
        """In the order in which they were first needed."""
        return list(self._known.values())

    def of(self, tag: str, share: Share) -> list[Band]:
        """The bands of a share: none when it has all the time."""
        if share.always:
            return []
        found = []
        if share.hours or share.dates:
            found.append(self._band(tag, share.hours, share.dates, share.exceptions, frozenset()))
        found += [self._band(tag, hours, frozenset(), frozenset(), days) for hours, days in share.dated]
        return found

    def _band(
        self,
        tag: str,
        hours: tuple[Hours, ...],
        dates: frozenset[date],
        exceptions: frozenset[date],
        only: frozenset[date],
    ) -> Band:
        content = (tag, hours, dates, exceptions, only)
        if content not in self._known:
            key = self._keys.give(tag, "on-dates" if only else "")
            name = f"{tag}, on dates" if only else tag
            self._known[content] = Band(key, name, hours, dates, exceptions, only)
        return self._known[content]

    def lines(self) -> Iterator[str]:
        """The lines of a zone file."""
        yield "time-bands:"
        for band in self.all:
            yield f"  {band.key}:"
            yield f"    name: {quoted(band.name)}"
            if band.hours:
                yield "    weekly:"
                yield from (f"      - {{{_window(hours)}}}" for hours in band.hours)
            if band.dates:
                yield from self._dates("dates", band.dates)
            if band.exceptions:
                yield from self._dates("except-dates", band.exceptions)
            if band.only_dates:
                yield from self._dates("except-dates", frozenset(self._horizon) - band.only_dates)

    def _dates(self, word: str, days: frozenset[date]) -> Iterator[str]:
        if yearly := self._yearly(days):
            yield f"    {word}: [{', '.join(quoted(day) for day in yearly)}]"
            return
        yield f"    {word}:"
        for start, end in _spans(days):
            single = end - start == timedelta(days=1)
            yield f"      - {start}" if single else f"      - {{from: {start}, to: {end}}}"

    def _yearly(self, days: frozenset[date]) -> list[str]:
        """The days as days of every year, where they are."""
        words = sorted({f"{day:%m-%d}" for day in days})
        if len(words) > _MOST_YEARLY:
            return []
        meant = frozenset(day for day in self._horizon if f"{day:%m-%d}" in words)
        return words if meant == days else []


def _spans(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    begun: date | None = None
    last: date | None = None
    for day in sorted(days):
        if begun is not None and last is not None and day != last + timedelta(days=1):
            yield begun, last + timedelta(days=1)
            begun = None
        begun = begun or day
        last = day
    if begun is not None and last is not None:
        yield begun, last + timedelta(days=1)


def _window(hours: Hours) -> str:
    text = f"days: {_days(hours.weekdays)}"
    if (hours.start, hours.end) != (0, 24 * 60):
        text += f', from: "{_clock(hours.start)}", to: "{_clock(hours.end)}"'
    return text


def _days(weekdays: frozenset[int]) -> str:
    words = {frozenset(range(7)): "every-day", frozenset(range(5)): "weekdays", frozenset({5, 6}): "weekend"}
    if weekdays in words:
        return words[weekdays]
    return f"[{', '.join(_WEEKDAYS[day] for day in sorted(weekdays))}]"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
