"""When an allowance begins and ends. Days are local to the billing account; a pack of 30 days runs 30 × 24 hours."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from linehouse.catalog.values import Allowance, FirstPeriod, PeriodLength, PeriodUnit
from linehouse.kernel.period import Period, day_start, local_date
from linehouse.rating.allowance_periods import first_amount

_DAYS = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7}
_MONTHS = {PeriodUnit.MONTH: 1, PeriodUnit.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Turn:
    """A period of a recurring allowance: its local first day, its validity, days covered and days of its cycle."""

    first_day: date
    valid: Period
    covered: int
    cycle: int


def cycle_day_after(day: date, cycle_day: int) -> date:
    """The first cycle day after ``day``; in a short month its last day."""
    for month in (day.year * 12 + day.month - 1, day.year * 12 + day.month):
        found = _clamped(month, cycle_day)
        if found > day:
            return found
    raise AssertionError("a month has a cycle day")


def cycle_first_day(day: date, cycle_day: int) -> date:
    """The first day of the cycle in which ``day`` lies."""
    end = cycle_day_after(day, cycle_day)
    return _clamped(end.year * 12 + end.month - 2, cycle_day)


def turn_from(start: datetime, cycle_day: int, zone: ZoneInfo) -> Turn:
    """From the instant to the beginning of the next cycle."""
    day = local_date(start, zone)
    end = cycle_day_after(day, cycle_day)
    begin = cycle_first_day(day, cycle_day)
    return Turn(day, Period(start, day_start(end, zone)), (end - day).days, (end - begin).days)


def amount_for(allowance: Allowance, turn: Turn, *, first: bool) -> int | None:
    """Base units for the period: a first part gets everything, or its days' share rounded up; None: unlimited."""
    if allowance.amount is None:
        return None
    whole = allowance.amount.amount
    if not first or allowance.first_period is FirstPeriod.FULL:
        return whole
    return first_amount(whole, turn.covered, turn.cycle, prorate=True)


def validity_from(start: datetime, length: PeriodLength | None, zone: ZoneInfo) -> Period:
    """For a length from the instant: days and weeks as hours on the clock, months and years by the local calendar."""
    if length is None:
        return Period(start)
    if length.unit in _DAYS:
        return Period(start, start + timedelta(days=_DAYS[length.unit] * length.count))
    local = start.astimezone(zone)
    month = local.year * 12 + local.month - 1 + _MONTHS[length.unit] * length.count
    end = datetime.combine(_clamped(month, local.day), time(local.hour, local.minute, local.second), zone)
    return Period(start, end.replace(microsecond=local.microsecond))


def _clamped(month: int, day: int) -> date:
    year, index = divmod(month, 12)
    return date(year, index + 1, min(day, monthrange(year, index + 1)[1]))
