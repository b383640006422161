"""Proration: a part of a period costs price × days covered / days of the full period, rounded once.

docs/rules/proration.md has the worked tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from linehouse.billing.cycles import add_months, months_of
from linehouse.catalog.values import PeriodLength, Prorate
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.rounding import Rounding, round_to_step


def share(covered: DatePeriod, full: DatePeriod, method: Prorate, length: PeriodLength) -> Fraction:
    """The exact part of the full period that is covered, between 0 and 1. Raises Invalid when it is not part of it."""
    if covered.start < full.start or covered.end > full.end:
        raise Invalid(
            "the covered days lie outside their period", field="covered", value=f"{covered.start}..{covered.end}"
        )
    if method is Prorate.NONE:
        return Fraction(1) if covered.days else Fraction(0)
    counted, whole = counted_days(covered, full, method, length)
    return Fraction(counted, whole)


def counted_days(covered: DatePeriod, full: DatePeriod, method: Prorate, length: PeriodLength) -> tuple[int, int]:
    """(days counted, days of the full period) as the method counts them; the invoice line prints both."""
    if method is Prorate.DAYS30 and (months := months_of(length)) is not None:
        begin, finish = (_position30(day, full, months) for day in (covered.start, covered.end))
        return finish - begin, 30 * months
    return covered.days, full.days


def _position30(day: date, full: DatePeriod, months: int) -> int:
    """Thirtieths of a month from the period's start: every month ends at 30, however many days it has."""
    if day >= full.end:
        return 30 * months
    month = 0
    month_start = full.start
    while (following := add_months(full.start, month + 1, max(full.start.day, full.end.day))) <= day:
        month, month_start = month + 1, following
    return 30 * month + min((day - month_start).days, 30)


def exact_price(price: Money, part: Fraction) -> Fraction:
    """The exact micro-units of a part of the price, not rounded."""
    return price.micros * part


def to_minor(exact: Fraction, currency: str) -> Money:
    """Round an exact count of micro-units once, half-up, to the currency's minor unit: the rounding of a line."""
    step = 10 ** (6 - Money.zero(currency).minor_digits)
    return Money(round_to_step(exact, step, Rounding.HALF_UP), currency)


def prorated(price: Money, covered: DatePeriod, full: DatePeriod, method: Prorate, length: PeriodLength) -> Money:
    """The line amount of a part of one period."""
    return to_minor(exact_price(price, share(covered, full, method, length)), price.currency)


def cumulative_parts(
    price: Money, parts: Sequence[DatePeriod], full: DatePeriod, method: Prorate, length: PeriodLength
) -> tuple[Money, ...]:
    """Amounts of parts billed apart that sum to the rounded whole: the rounded sum so far, less what was billed."""
    amounts = []
    so_far, billed = Fraction(0), Money.zero(price.currency)
    for part in parts:
        so_far += exact_price(price, share(part, full, method, length))
        due = to_minor(so_far, price.currency)
        amounts.append(due - billed)
        billed = due
    return tuple(amounts)
