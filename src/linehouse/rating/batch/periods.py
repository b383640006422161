"""The month in which the counters of a tariff count."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from zoneinfo import ZoneInfo

from linehouse.kernel.period import local_date


def first_day(instant: datetime, cycle_day: int, zone: ZoneInfo) -> date:
    """The local first day of the cycle in which the instant lies; a short month begins it on its last day."""
    day = local_date(instant, zone)
    month = day.year * 12 + day.month - 1
    here = _clamped(month, cycle_day)
    return here if here <= day else _clamped(month - 1, cycle_day)


def _clamped(month: int, cycle_day: int) -> date:
    year, index = divmod(month, 12)
    return date(year, index + 1, min(cycle_day, monthrange(year, index + 1)[1]))
