"""Who has which time: overlapping timings shared out exactly, so that every hour belongs to one of them or to none.

Of the timings that hold at an instant the heaviest counts, and of equally heavy ones the one that began last that day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from linehouse.catalog.cgrates.values import Timing

WEEK = frozenset(range(7))
_END = 24 * 60

Slots = tuple[int, ...]
"""Places in the day's list of slots."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """The days for which dates are worked out: ``[first, last)``."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=place) for place in range((self.last - self.first).days))


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes after midnight, half-open, on some weekdays (0 = Monday)."""

    weekdays: frozenset[int]
    start: int
    end: int


@dataclass(slots=True)
class Share:
    """What one of the timings has for itself.

    ``hours`` every week but for ``exceptions``; ``dates`` from midnight to midnight; ``dated`` hours on dates only.
    """

    place: int
    hours: tuple[Hours, ...] = ()
    dates: frozenset[date] = frozenset()
    exceptions: frozenset[date] = frozenset()
    dated: tuple[tuple[tuple[Hours, ...], frozenset[date]], ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether heavier or later timings leave it no time at all."""
        return not self.hours and not self.dates and not self.dated

    @property
    def always(self) -> bool:
        """Whether it has the whole week and every date."""
        whole = (Hours(WEEK, 0, _END),)
        return self.hours == whole and not self.exceptions


@dataclass(slots=True)
class Shares:
    """The whole of it; ``full``: no instant is left to none of them."""

    shares: tuple[Share, ...]
    full: bool


def share_out(timings: Sequence[Timing], horizon: Horizon) -> Shares:
    """Share out the time among timings, of which the first that holds counts."""
    starts = sorted({0, *(timing.start for timing in timings)})
    ends = [*starts[1:], _END]
    ordinary = [tuple(_winner(timings, None, weekday, clock) for clock in starts) for weekday in range(7)]
    won: list[_Won] = [_Won() for _ in timings]
    full = all(winner is not None for row in ordinary for winner in row)
    for weekday, row in enumerate(ordinary):
        for slot, winner in enumerate(row):
            if winner is not None:
                won[winner].week[weekday].append(slot)
    if any(timing.dated for timing in timings):
        for day in horizon:
            row = tuple(_winner(timings, day, day.weekday(), clock) for clock in starts)
            if row == ordinary[day.weekday()]:
                continue
            full = full and None not in row
            _special(won, day, row, ordinary[day.weekday()])
    shares = tuple(
        Share(
            place,
            _hours({weekday: tuple(slots) for weekday, slots in one.week.items()}, starts, ends),
            frozenset(one.dates),
            frozenset(one.exceptions),
            tuple(
                (_hours(dict.fromkeys(range(7), slots), starts, ends), frozenset(days))
                for slots, days in sorted(one.dated.items())
            ),
        )
        for place, one in enumerate(won)
    )
    return Shares(shares, full)


@dataclass(slots=True)
class _Won:
    week: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    dates: set[date] = field(default_factory=set)
    exceptions: set[date] = field(default_factory=set)
    dated: dict[Slots, set[date]] = field(default_factory=lambda: defaultdict(set))


def _winner(timings: Sequence[Timing], day: date | None, weekday: int, clock: int) -> int | None:
    """The first timing that holds; ``day`` None: on a day on which no date counts."""
    return next((place for place, one in enumerate(timings) if one.start <= clock and _on(one, day, weekday)), None)


def _on(timing: Timing, day: date | None, weekday: int) -> bool:
    if timing.weekdays and weekday not in timing.weekdays:
        return False
    if not timing.dated:
        return True
    return day is not None and (
        (not timing.years or day.year in timing.years)
        and (not timing.months or day.month in timing.months)
        and (not timing.days or day.day in timing.days)
    )


def _special(won: Sequence[_Won], day: date, row: tuple[int | None, ...], usual: tuple[int | None, ...]) -> None:
    """A date that is shared out in its own way."""
    for place, one in enumerate(won):
        mine = tuple(slot for slot, winner in enumerate(row) if winner == place)
        before = tuple(slot for slot, winner in enumerate(usual) if winner == place)
        if mine == before:
            continue
        if len(mine) == len(row):
            one.dates.add(day)
            continue
        if before:
            one.exceptions.add(day)
        if mine:
            one.dated[mine].add(day)


def _hours(week: dict[int, Slots], starts: Sequence[int], ends: Sequence[int]) -> tuple[Hours, ...]:
    """Neighbouring slots put together, weekdays with the same hours in one."""
    days: dict[tuple[int, int], set[int]] = defaultdict(set)
    for weekday, slots in week.items():
        begun: int | None = None
        for slot in slots:
            if begun is None:
                begun = starts[slot]
            if slot + 1 not in slots:
                days[begun, ends[slot]].add(weekday)
                begun = None
    return tuple(Hours(frozenset(on), start, end) for (start, end), on in sorted(days.items()))
