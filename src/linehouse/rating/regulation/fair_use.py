"""How much data an open bundle must give while roaming in the Union."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from linehouse.kernel.rounding import ceil_div
from linehouse.rating.regulation.shipped import shipped
from linehouse.rating.regulation.values import Limit

_STEP = 10_000_000


def wholesale_cap_of_data(day: date) -> Limit | None:
    """What a network of the Union may ask of another for data on the day; None: no cap is known."""
    clause = next(one for one in shipped()["eu"].clauses if one.key == "roaming-wholesale-data")
    return next((limit for limit in clause.limits if limit.holds(day)), None)


def fair_use_volume(price: Decimal, day: date) -> int | None:
    """How much data an open bundle must give abroad in the EU: twice its price without VAT over the wholesale cap of
    the day, in octets, rounded up to 10 MB in the customer's favour; None on a day without a cap.

    Commission Implementing Regulation (EU) 2016/2286 Art. 4(2). ``price`` is that of the whole period, in euro.
    """
    cap = wholesale_cap_of_data(day)
    if cap is None or cap.amount is None:
        return None
    octets = 2 * Fraction(price) / Fraction(cap.amount) * cap.unit
    return ceil_div(octets.numerator, octets.denominator * _STEP) * _STEP


def is_open_bundle(price: Decimal, octets: int | None, day: date) -> bool:
    """Whether a bundle of data is an open one: without a limit (None), or so cheap that a gigabyte of it costs less
    than networks may ask of each other. Regulation (EU) 2016/2286 Art. 2(2)(c)."""
    cap = wholesale_cap_of_data(day)
    if octets is None or cap is None or cap.amount is None:
        return octets is None
    return Fraction(price) * cap.unit < Fraction(cap.amount) * octets


def due_abroad(price: Decimal, octets: int | None, day: date) -> int | None:
    """How much of a bundle (octets; None: no limit) must be usable in the roaming union at domestic prices.

    An open bundle: its fair use volume, at most the bundle itself; any other: all of it. None: without a limit.
    """
    volume = fair_use_volume(price, day) if is_open_bundle(price, octets, day) else None
    if volume is None or octets is None:
        return octets if volume is None else volume
    return min(volume, octets)
