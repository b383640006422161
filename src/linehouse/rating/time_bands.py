"""Time bands in a time zone: does one hold at an instant, and when could that change next?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from linehouse.rating.values import TimeBand

_DAY = timedelta(days=1)


def holds(band: TimeBand, instant: datetime, zone: tzinfo) -> bool:
    """Whether the band holds at the instant, read off the local wall clock.

    When clocks go back, the repeated hour is in the band both times; when they go forward, the hour that does not exist
    is in no band.
    """
    local = instant.astimezone(zone)
    day, clock = local.date(), local.time()
    if day in band.except_dates:
        return False
    if day in band.dates:
        return True
    weekday = day.weekday()
    return any(
        weekday in window.weekdays and window.start <= clock and (window.end is None or clock < window.end)
        for window in band.windows
    )


def next_edge(bands: Iterable[TimeBand], instant: datetime, zone: tzinfo) -> datetime | None:
    """The first instant after ``instant`` at which one of the bands might begin or end; None when there are no bands.

    It may be early (the answer may be the same on both sides) but never late: every midnight, every edge of a window
    in both readings of a repeated hour, and every change of the zone's offset is looked at.
    """
    clocks = _clocks(tuple(bands))
    if not clocks:
        return None
    day = instant.astimezone(zone).date()
    while True:
        later = [edge for edge in _edges(day, clocks, zone) if edge > instant]
        if later:
            return min(later)
        day += _DAY


@lru_cache(maxsize=512)
def _clocks(bands: tuple[TimeBand, ...]) -> tuple[time, ...]:
    if not bands:
        return ()
    found = {time.min}
    for band in bands:
        for window in band.windows:
            found.add(window.start)
            if window.end is not None:
                found.add(window.end)
    return tuple(sorted(found))


@lru_cache(maxsize=4096)
def _edges(day: date, clocks: tuple[time, ...], zone: tzinfo) -> tuple[datetime, ...]:
    found = {
        datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for clock in clocks for fold in (0, 1)
    }
    found.update(_offset_changes(day, zone))
    # A nonexistent wall time is placed by the old offset and may fall after the day's other edges: that does no harm.
    return tuple(sorted(found))


def _offset_changes(day: date, zone: tzinfo) -> Iterator[datetime]:
    low = datetime.combine(day, time.min, zone).astimezone(UTC)
    high = datetime.combine(day + _DAY, time.min, zone).astimezone(UTC)
    before = low.astimezone(zone).utcoffset()
    if before == high.astimezone(zone).utcoffset():
        return
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    # Offsets change on whole seconds.
    yield high.replace(microsecond=0)
