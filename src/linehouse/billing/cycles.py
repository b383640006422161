"""Billing cycles: local days, anchored at a day of the month that is clamped in short months and returns.

docs/rules/proration.md has the worked tables.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from linehouse.catalog.values import Anchor, PeriodLength, PeriodUnit
from linehouse.kernel.period import DatePeriod


@dataclass(frozen=True, slots=True)
class ChargePeriod:
    """A full period and the days of it that a charge covers; they differ for a stub at the start or the end."""

    full: DatePeriod
    covered: DatePeriod


def clamped(year: int, month: int, day: int) -> date:
    """The day of that month, or the month's last day when it has no such day."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def add_months(anchor: date, months: int, anchor_day: int) -> date:
    """The anchor day, ``months`` months after the month of ``anchor``: 31 January + 1 = 28 February, + 2 = 31 March."""
    index = anchor.year * 12 + anchor.month - 1 + months
    return clamped(index // 12, index % 12 + 1, anchor_day)


def cycle_start_on_or_after(day: date, cycle_day: int) -> date:
    """The first cycle day that is not before ``day``."""
    here = clamped(day.year, day.month, cycle_day)
    return here if here >= day else add_months(day, 1, cycle_day)


def next_cycle_start(day: date, cycle_day: int) -> date:
    """The first cycle day after ``day``."""
    return cycle_start_on_or_after(day + timedelta(days=1), cycle_day)


def cycle_of(day: date, cycle_day: int) -> DatePeriod:
    """The monthly cycle in which the day lies."""
    end = next_cycle_start(day, cycle_day)
    return DatePeriod(add_months(end, -1, cycle_day), end)


def periods(
    start: date, end: date | None, length: PeriodLength, anchor: Anchor, cycle_day: int, last_start: date
) -> Iterator[ChargePeriod]:
    """The charge's periods in order, as long as the covered part begins on or before ``last_start``.

    Anchored at the cycle day, a leading stub lies in the period that ends on the first cycle day on or after ``start``.
    """
    first = start if anchor is Anchor.SUBSCRIPTION else cycle_start_on_or_after(start, cycle_day)
    day_of_month = start.day if anchor is Anchor.SUBSCRIPTION else cycle_day
    number = -_stubs(first, start, length)
    while True:
        full = DatePeriod(
            _boundary(first, number, length, day_of_month), _boundary(first, number + 1, length, day_of_month)
        )
        covered_start = max(full.start, start)
        covered_end = full.end if end is None else min(full.end, end)
        if covered_start > last_start or (end is not None and covered_start >= end):
            return
        yield ChargePeriod(full, DatePeriod(covered_start, covered_end))
        number += 1


def _stubs(first: date, start: date, length: PeriodLength) -> int:
    """How many periods before ``first`` are needed to reach ``start``; monthly cycles never need more than one."""
    if months_of(length) is not None:
        return 0 if first == start else 1
    return -((start - first).days // _days_of(length))


def _days_of(length: PeriodLength) -> int:
    return length.count * (7 if length.unit is PeriodUnit.WEEK else 1)


def months_of(length: PeriodLength) -> int | None:
    """The length in months, or None for days and weeks."""
    return {PeriodUnit.MONTH: length.count, PeriodUnit.YEAR: 12 * length.count}.get(length.unit)


def _boundary(first: date, number: int, length: PeriodLength, day_of_month: int) -> date:
    if (months := months_of(length)) is not None:
        return add_months(first, number * months, day_of_month)
    return first + timedelta(days=number * _days_of(length))
