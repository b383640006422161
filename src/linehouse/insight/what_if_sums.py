"""What a trial comes to: totals, bars of a histogram, and where the plan would break even."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from linehouse.insight.what_if import ByType, Compared, Side
from linehouse.kernel.rounding import Rounding, round_to_int

BARS = 14
"""At most so many bars, so that a chart can be read."""
_MICRO_CENT = 10_000


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Prices at which something would come out even, micro-units without tax; None where nothing depends on them.

    ``fee_same_revenue``: the plan's fees for one full period at which revenue is what it was. ``fee_no_margin``: the
    same at which the margin is zero. ``prices``: by kind of usage, what one unit (a minute, a GB, a message) would have
    to bring on average at which the margin is zero while all else stays.
    """

    fee_now: int | None
    fee_same_revenue: int | None
    fee_no_margin: int | None
    prices: Mapping[str, tuple[int, int]]
    """By kind of usage: what a unit brings now, and what it would have to."""


UNITS: Mapping[str, int] = {"voice": 60_000, "data": 10**9, "sms": 1, "mms": 1, "event": 1}
"""What a price is told for, in base units: a minute, a gigabyte, a message, an event."""


def break_even(before: Side, after: Side, parts: Fraction, own_fees: int, by_type: Mapping[str, ByType]) -> BreakEven:
    """``own_fees`` are the net fees that the ``parts`` full periods brought; half-up to the micro-unit."""
    now = same = none = None
    if parts:
        now = _each(own_fees, parts)
        same = _each(before.net - (after.net - own_fees), parts)
        none = _each(after.cost - (after.net - own_fees), parts)
    prices = {}
    for name, one in sorted(by_type.items()):
        if one.charged:
            units = Fraction(one.charged, UNITS[name])
            prices[name] = (_each(one.net, units), _each(one.net - after.margin, units))
    return BreakEven(now, same, none, prices)


def _each(total: int, count: Fraction) -> int:
    return round_to_int(Fraction(total) / count, Rounding.HALF_UP)


def step_for(highest: int, lowest: int = 0) -> int:
    """The width of a bar: 1, 2 or 5 times a power of ten cents, so that BARS bars hold everything."""
    span = max(highest - min(lowest, 0), _MICRO_CENT)
    width = _MICRO_CENT
    while True:
        for factor in (1, 2, 5):
            if width * factor * BARS >= span:
                return width * factor
        width *= 10


def add(total: Side, side: Side) -> None:
    """Add one side to a total."""
    for name in (
        "records",
        "fee_net",
        "fee_gross",
        "usage_net",
        "usage_gross",
        "cost",
        "no_cost",
        "unpriced",
        "uncollected",
    ):
        setattr(total, name, getattr(total, name) + getattr(side, name))


def outcome(one: Compared) -> str:
    """``wins`` pays less, ``loses`` pays more, else ``same``."""
    if one.after.bill == one.before.bill:
        return "same"
    return "wins" if one.after.bill < one.before.bill else "loses"
