"""Texts and quantities as a catalog file writes them."""

from __future__ import annotations

import json
import re
from fractions import Fraction

from linehouse.kernel.quantity import Unit

_PLAIN = re.compile(r"^[A-Za-z][A-Za-z0-9 _./()+-]*[A-Za-z0-9)]$|^[A-Za-z]$")
_MONEY_DECIMALS = 6
_SIZES: dict[Unit, tuple[tuple[str, int], ...]] = {
    Unit.MILLISECOND: (("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)),
    Unit.OCTET: (
        ("GiB", 2**30), ("GB", 10**9), ("MiB", 2**20), ("MB", 10**6), ("KiB", 2**10), ("kB", 10**3), ("B", 1),
    ),
    Unit.MESSAGE: (("sms", 1),),
    Unit.EVENT: (("event", 1),),
}  # fmt: skip


def quoted(text: str) -> str:
    """A scalar, in quotation marks where YAML might read it otherwise."""
    return text if _PLAIN.match(text) else json.dumps(text, ensure_ascii=False)


def quantity(amount: int, unit: Unit) -> str:
    """``60 s``, ``1 MiB``, ``3 sms``: in the largest unit that says it whole."""
    name, size = next((name, size) for name, size in _SIZES[unit] if amount % size == 0 and amount >= size)
    return f"{amount // size} {name}"


def block(amount: int, unit: Unit) -> str:
    """A block or a place in an event: minutes up to ten of them are told in seconds."""
    if unit is Unit.MILLISECOND and amount % 1_000 == 0 and amount <= 600_000:
        return f"{amount // 1_000} s"
    return quantity(amount, unit)


def money(amount: Fraction) -> str:
    """An exact decimal with two decimals or more. The amount has at most six decimals."""
    micros = amount * 10**_MONEY_DECIMALS
    if micros.denominator != 1:
        raise ValueError(f"{amount} has more than {_MONEY_DECIMALS} decimals")
    whole, rest = divmod(micros.numerator, 10**_MONEY_DECIMALS)
    digits = f"{rest:06d}".rstrip("0")
    return f"{whole}.{digits:0<2}"


def decimals_of(amount: Fraction) -> int | None:
    """How many decimals say it exactly; None: it never ends."""
    for places in range(40):
        if (amount * 10**places).denominator == 1:
            return places
    return None
