"""Vouchers as values, and the rules of their serials, PINs and locks. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from linehouse.kernel.money import Money

PIN_DIGITS = 16
"""With a million sold vouchers, one guess in ten thousand million meets one."""
MOST = 1_000_000
"""How many vouchers one batch may have."""


class VoucherKind(StrEnum):
    """How a voucher reaches people."""

    PHYSICAL = "physical"
    ELECTRONIC = "electronic"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """A batch that is wanted."""

    name: str
    kind: VoucherKind
    face: Money
    count: int
    expires_at: datetime
    credit_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch as it stands, with how many vouchers are in which state."""

    id: UUID
    number: str
    name: str
    kind: VoucherKind
    state: str
    face: Money
    count: int
    made: int
    expires_at: datetime
    credit_days: int | None
    made_by: str
    made_at: datetime
    exported_at: datetime | None
    exported_by: str
    document_id: UUID | None
    states: dict[str, int]

    @property
    def percent(self) -> int:
        """How far it is made."""
        return self.made * 100 // self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherView:
    """A voucher. ``batch_state`` frozen: it cannot be used, whatever its own state says."""

    id: UUID
    serial: str
    batch: str
    batch_state: str
    state: str
    face: Money
    expires_at: datetime
    credit_days: int | None
    sold_at: datetime | None
    sale: str
    redeemed_at: datetime | None
    redeemed_by: str
    redemptions: int
    blocked_for: str


@dataclass(frozen=True, slots=True)
class Guessing:
    """After so many wrong PINs within that time it is locked for that long."""

    wrong: int
    within: timedelta
    locked: timedelta


def plain_pin(text: str) -> str:
    """A PIN without the blanks and dashes between its groups."""
    return "".join(c for c in text if c.isdecimal() and c.isascii())


def grouped_pin(pin: str) -> str:
    """For people: groups of four."""
    return " ".join(pin[at : at + 4] for at in range(0, len(pin), 4))


def check_digit(digits: str) -> str:
    """Luhn's check digit (ISO/IEC 7812-1), so that a mistyped serial is noticed."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def serial_of(batch: int, place: int) -> str:
    """The serial of the place-th voucher of a batch: five digits, seven digits, a check digit."""
    digits = f"{batch:05d}{place:07d}"
    return digits + check_digit(digits)


def csv_of(rows: Iterable[tuple[str, str]], face: Money, last_day: date) -> str:
    """The file for the printer; ``last_day`` is the last one on which the vouchers can be used."""
    lines = ["serial,pin,value,currency,last-day"]
    lines += [f"{serial},{pin},{face.text},{face.currency},{last_day}" for serial, pin in rows]
    return "\n".join(lines) + "\n"
