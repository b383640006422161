"""What a period costs by what was used in it: steps, versions within it, bounds, and what was invoiced early."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.rounding import round_to_step
from linehouse.rating.money_takes import step_of
from linehouse.rating.values.period_charges import (
    Aggregate,
    LineKind,
    PeriodCharge,
    PeriodDiscount,
    PeriodLine,
    PeriodPrice,
    PeriodStep,
    Reading,
)

_MICROSECOND = 1_000_000


def charge_period(
    versions: Sequence[PeriodPrice],
    readings: Sequence[Reading],
    period: DatePeriod,
    zone: ZoneInfo,
    *,
    full: DatePeriod | None = None,
    discount: PeriodDiscount | None = None,
    billed: int = 0,
    until: date | None = None,
) -> PeriodCharge:
    """The charge of ``period``; ``full`` is the whole period where this one is shorter (a start or an end inside it).

    ``versions`` are those of one charge. One that begins inside the period splits it: each part has its own quantity
    and begins again at the first step. Discounts come first, then the maximum, cut at what is left of it at every
    part; the minimum is made up on the last part. ``billed`` is what was invoiced early (micro-units): it is
    subtracted, below zero where a volume price fell. ``until``: only what was used before that day, without the
    minimum, which waits for the end.

    Raises ValueError where no version is in force on some day, or where versions differ in currency or unit.
    """
    whole = full or period
    parts = list(_parts(versions, period))
    last_price = parts[-1][0]
    if {(price.currency, price.unit) for price, _ in parts} != {(last_price.currency, last_price.unit)}:
        raise ValueError(f"versions of {last_price.key} differ in currency or unit")
    ceiling = _bound([(price.maximum, days) for price, days in parts], whole)
    floor = _bound([(price.minimum, days) for price, days in parts], whole)
    lines: list[PeriodLine] = []
    charged = Fraction(0)
    begun = [(price, days) for price, days in parts if until is None or days.start < until]
    for price, days in begun:
        used = quantity_of(price.aggregate, readings, _before(days, until), zone)
        own = list(_part_lines(price, days, whole, used))
        own += _discounted(own, price, days, whole, discount)
        amount = sum((line.amount for line in own), Fraction(0))
        if ceiling is not None and charged + amount > ceiling:
            own.append(_line(LineKind.MAXIMUM, price, days, ceiling - charged - amount))
            amount = ceiling - charged
        charged += amount
        lines += own
    ended = until is None or until >= period.end
    if ended and floor is not None and charged < floor:
        lines.append(_line(LineKind.MINIMUM, *parts[-1], floor - charged))
    if billed:
        lines.append(_line(LineKind.BILLED, *parts[-1], Fraction(-billed)))
    exact = sum((line.amount for line in lines), Fraction(0))
    rounding = last_price.round_to
    total = round_to_step(exact, step_of(rounding), rounding.mode)
    return PeriodCharge(lines=tuple(lines), exact=exact, total=Money(total, last_price.currency))


def due_early(
    versions: Sequence[PeriodPrice],
    readings: Sequence[Reading],
    period: DatePeriod,
    zone: ZoneInfo,
    until: date,
    *,
    full: DatePeriod | None = None,
    discount: PeriodDiscount | None = None,
    billed: int = 0,
) -> Money | None:
    """What is to be invoiced on the day ``until``, within the period; None while less than ``invoice_at`` waits."""
    so_far = charge_period(
        versions, readings, period, zone, full=full, discount=discount, billed=billed, until=until
    ).total
    threshold = list(_parts(versions, _before(period, until)))[-1][0].invoice_at
    return so_far if threshold is not None and so_far.micros >= threshold else None


def quantity_of(aggregate: Aggregate, readings: Sequence[Reading], days: DatePeriod, zone: ZoneInfo) -> Fraction:
    """The quantity of some days, in base units. Levels hold on from before: with no reading yet the level is zero."""
    span = days.instants(zone)
    inside = sorted((one for one in readings if span.contains(one.at)), key=lambda one: one.at)
    if aggregate is Aggregate.SUM:
        return Fraction(sum(one.value for one in inside))
    before = max((one for one in readings if one.at < span.start), key=lambda one: one.at, default=None)
    levels = [(span.start, before.value if before is not None else 0), *((one.at, one.value) for one in inside)]
    if aggregate is Aggregate.MAXIMUM:
        # A reading at the very start replaces what held before.
        return Fraction(max(value for _, value in (levels[1:] if inside and inside[0].at == span.start else levels)))
    if span.end is None or span.end == span.start:
        return Fraction(levels[-1][1])
    ends = [at for at, _ in levels[1:]] + [span.end]
    weighted = sum(value * _microseconds(end, start) for (start, value), end in zip(levels, ends, strict=True))
    return Fraction(weighted, _microseconds(span.end, span.start))


def _before(days: DatePeriod, until: date | None) -> DatePeriod:
    return days if until is None or until >= days.end else DatePeriod(days.start, until)


def _microseconds(end: datetime, start: datetime) -> int:
    length = end - start
    return (length.days * 86_400 + length.seconds) * _MICROSECOND + length.microseconds


def _parts(versions: Sequence[PeriodPrice], period: DatePeriod) -> Iterator[tuple[PeriodPrice, DatePeriod]]:
    """The versions in force in the period, each with its days."""
    known = sorted(versions, key=lambda price: price.valid_from)
    if not known or known[0].valid_from > period.start:
        raise ValueError(f"no version of the charge is in force on {period.start}")
    for price, after in zip(known, [*known[1:], None], strict=True):
        start = max(price.valid_from, period.start)
        end = period.end if after is None else min(after.valid_from, period.end)
        if start < end:
            yield price, DatePeriod(start, end)


def _bound(bounds: Sequence[tuple[int | None, DatePeriod]], whole: DatePeriod) -> Fraction | None:
    """A bound of the period: each version's, by the days that it was in force; None where one of them has none."""
    found = Fraction(0)
    for bound, days in bounds:
        if bound is None:
            return None
        found += bound * Fraction(days.days, whole.days)
    return found


def _part_lines(price: PeriodPrice, days: DatePeriod, whole: DatePeriod, used: Fraction) -> Iterator[PeriodLine]:
    share = Fraction(days.days, whole.days)
    quantity = max(used, price.committed * share)
    reached = max((i for i, step in enumerate(price.steps) if step.start < quantity), default=0)
    if price.volume:
        yield from _step_lines(price, days, reached, price.steps[reached], quantity, used, share)
        return
    for index, step in enumerate(price.steps[: reached + 1]):
        end = price.steps[index + 1].start if index < reached else quantity
        yield from _step_lines(price, days, index, step, end - Fraction(step.start), used, share)


def _step_lines(
    price: PeriodPrice,
    days: DatePeriod,
    index: int,
    step: PeriodStep,
    quantity: Fraction,
    used: Fraction,
    share: Fraction,
) -> Iterator[PeriodLine]:
    """Its flat amount, by the days covered where it is due without use, and what falls in it."""
    standing = index == 0 and not price.flat_on_use
    if step.flat and (standing or used > 0):
        yield _line(LineKind.FLAT, price, days, step.flat * share if standing else Fraction(step.flat), step=index)
    if quantity > 0:
        paid = quantity if step.block is None else Fraction(-(-quantity // step.block) * step.block)
        line = _line(LineKind.USAGE, price, days, paid * step.price / step.unit, step=index)
        yield replace(line, quantity=paid, price=step.price, unit=step.unit)


def _discounted(
    lines: Sequence[PeriodLine],
    price: PeriodPrice,
    days: DatePeriod,
    whole: DatePeriod,
    discount: PeriodDiscount | None,
) -> list[PeriodLine]:
    """The part's discount as a line; never more than the part."""
    amount = sum((line.amount for line in lines), Fraction(0))
    if discount is None or not amount:
        return []
    off = amount * discount.share + discount.amount * Fraction(days.days, whole.days)
    return [_line(LineKind.DISCOUNT, price, days, -min(off, amount))] if off else []


def _line(kind: LineKind, price: PeriodPrice, days: DatePeriod, amount: Fraction, *, step: int = 0) -> PeriodLine:
    return PeriodLine(kind=kind, days=days, version=price.version, amount=amount, step=step)
