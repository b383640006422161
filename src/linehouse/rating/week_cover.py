"""Whether time bands share out the week: every hour in one of them, none in two, also on their dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time

from linehouse.rating.band_text import WEEKDAYS
from linehouse.rating.values import TimeBand

_MIDNIGHT = "24:00"


def uncovered(bands: Sequence[TimeBand]) -> Iterator[str]:
    """A sentence for each time that is in no band, or in more than one."""
    clocks = sorted({time.min, *(clock for band in bands for clock in _clocks(band))})
    for weekday, name in enumerate(WEEKDAYS):
        yield from _day(bands, clocks, weekday, None, name.capitalize())
    special = sorted({day for band in bands for day in (*band.dates, *band.except_dates)})
    for day in special:
        for sentence in _day(bands, clocks, day.weekday(), day, f"{day.isoformat()} ({WEEKDAYS[day.weekday()]})"):
            yield sentence
            return  # What is wrong on one date is mostly wrong on all: one is told.


def _clocks(band: TimeBand) -> Iterator[time]:
    for window in band.windows:
        yield window.start
        if window.end is not None:
            yield window.end


def _day(bands: Sequence[TimeBand], clocks: Sequence[time], weekday: int, day: date | None, name: str) -> Iterator[str]:
    """Runs of equal trouble, put together."""
    begun: tuple[time, tuple[str, ...]] | None = None
    for clock in clocks:
        holding = tuple(band.key for band in bands if _holds(band, weekday, clock, day))
        if begun is not None and begun[1] == holding:
            continue
        if begun is not None:
            yield from _sentence(name, begun[0], f"{clock:%H:%M}", begun[1])
        begun = (clock, holding)
    if begun is not None:
        yield from _sentence(name, begun[0], _MIDNIGHT, begun[1])


def _sentence(name: str, start: time, end: str, holding: tuple[str, ...]) -> Iterator[str]:
    span = f"{name} {start:%H:%M}–{end}"
    if not holding:
        yield f"{span} is in none of the bands"
    elif len(holding) > 1:
        yield f"{span} is in {' and in '.join(repr(key) for key in holding)}"


def _holds(band: TimeBand, weekday: int, clock: time, day: date | None) -> bool:
    if day is not None and day in band.except_dates:
        return False
    if day is not None and day in band.dates:
        return True
    return any(
        weekday in window.weekdays and window.start <= clock and (window.end is None or clock < window.end)
        for window in band.windows
    )
