"""Quantities: whole counts of a base unit. Time is kept in milliseconds, data in octets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from linehouse.kernel.error import Invalid


class Unit(StrEnum):
    """A base unit; tariffs and protocols speak of larger ones, which are exact multiples of it."""

    MILLISECOND = "ms"
    OCTET = "octet"
    MESSAGE = "sms"
    EVENT = "event"


# 1 GB = 10^9 octets as the EU roaming rules count; a tariff that means 2^30 writes GiB.
_SCALES: dict[str, tuple[int, Unit]] = {
    "ms": (1, Unit.MILLISECOND),
    "s": (1_000, Unit.MILLISECOND),
    "sec": (1_000, Unit.MILLISECOND),
    "min": (60_000, Unit.MILLISECOND),
    "h": (3_600_000, Unit.MILLISECOND),
    "d": (86_400_000, Unit.MILLISECOND),
    "octet": (1, Unit.OCTET),
    "octets": (1, Unit.OCTET),
    "B": (1, Unit.OCTET),
    "kB": (10**3, Unit.OCTET),
    "MB": (10**6, Unit.OCTET),
    "GB": (10**9, Unit.OCTET),
    "TB": (10**12, Unit.OCTET),
    "KiB": (2**10, Unit.OCTET),
    "MiB": (2**20, Unit.OCTET),
    "GiB": (2**30, Unit.OCTET),
    "TiB": (2**40, Unit.OCTET),
    "sms": (1, Unit.MESSAGE),
    "message": (1, Unit.MESSAGE),
    "messages": (1, Unit.MESSAGE),
    "event": (1, Unit.EVENT),
    "events": (1, Unit.EVENT),
}
_TEXT = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$")


@dataclass(frozen=True, slots=True, order=False)
class Quantity:
    """A whole ``amount`` of base units; quantities of different units neither add nor compare."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"amount must be int, not {type(self.amount).__name__}")

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """From text such as ``60 s``, ``20 GB`` or ``100 sms``; raises Invalid, also for a part of a base unit."""
        match = _TEXT.match(text)
        scale = _SCALES.get(match.group(2)) if match else None
        if match is None or scale is None:
            raise Invalid(
                f"{text!r} is no quantity",
                field="quantity",
                value=text,
                expected=f"a number and one of {', '.join(_SCALES)}",
            )
        exact = Fraction(match.group(1)) * scale[0]
        if exact.denominator != 1:
            raise Invalid(
                f"{text!r} is no whole number of {scale[1]}",
                field="quantity",
                value=text,
                expected=f"a whole count of {scale[1]}",
            )
        return cls(exact.numerator, scale[1])

    def _same(self, other: Quantity) -> None:
        if self.unit is not other.unit:
            raise Invalid(
                f"{self.unit} and {other.unit} do not mix", field="unit", value=other.unit, expected=self.unit
            )

    def __add__(self, other: Quantity) -> Quantity:
        self._same(other)
        return Quantity(self.amount + other.amount, self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        self._same(other)
        return Quantity(self.amount - other.amount, self.unit)

    def __lt__(self, other: Quantity) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Quantity) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def human(self) -> str:
        """For people: ``1 min 1 s``, ``1.5 GB``, ``3 messages``; exact, never rounded."""
        sign, size = ("-" if self.amount < 0 else ""), abs(self.amount)
        match self.unit:
            case Unit.MILLISECOND:
                return sign + _human_time(size)
            case Unit.OCTET:
                return sign + _human_octets(size)
            case Unit.MESSAGE:
                return f"{sign}{size} message" + ("" if size == 1 else "s")
            case Unit.EVENT:
                return f"{sign}{size} event" + ("" if size == 1 else "s")


def _human_time(milliseconds: int) -> str:
    parts = []
    rest = milliseconds
    for name, scale in (("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)):
        count, rest = divmod(rest, scale)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts) or "0 s"


def _human_octets(octets: int) -> str:
    for name, scale in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if octets >= scale:
            whole, part = divmod(octets, scale)
            digits = f"{part:0{len(str(scale)) - 1}d}".rstrip("0")
            return f"{whole}.{digits} {name}" if digits else f"{whole} {name}"
    return f"{octets} B"
