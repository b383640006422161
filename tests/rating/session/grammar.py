"""The small language of session tables: docs/rules/charging-sessions.md explains it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from linehouse.kernel.quantity import Quantity

ZONE = ZoneInfo("Europe/Amsterdam")
FIRST_DAY = datetime(2026, 11, 2, tzinfo=ZONE)
"""Monday, 2 November 2026: the day of a line that names none before."""
_TIME = re.compile(r"^(?:(\d\d)-(\d\d) )?(\d\d):(\d\d)(?::(\d\d))? ")
_LENGTH = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass
class Line:
    """A line of a table."""

    number: int
    text: str
    words: list[str]
    at: datetime | None = None
    says: list[str] = field(default_factory=list)
    balances: dict[str, str] = field(default_factory=dict)


@dataclass
class Scenario:
    """A named list of lines."""

    name: str
    file: str
    lines: list[Line] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


def read(text: str, file: str, first: int = 1) -> list[Scenario]:
    """Every scenario of a table."""
    found: list[Scenario] = []
    day = FIRST_DAY
    for number, raw in enumerate(text.splitlines(), first):
        text_of = raw.split("#", 1)[0].strip() if not raw.strip().startswith("#") else ""
        if not text_of:
            continue
        if text_of.startswith("scenario "):
            found.append(Scenario(text_of.removeprefix("scenario "), f"{file}:{number}"))
            day = FIRST_DAY
            continue
        if not found:
            raise AssertionError(f"{file}:{number}: a table begins with a scenario")
        line, day = _line(number, text_of, day)
        found[-1].lines.append(line)
    return found


def _line(number: int, text: str, day: datetime) -> tuple[Line, datetime]:
    body, _, balances = text.partition(" | ")
    body, _, says = body.partition(" → ")
    at = None
    if clock := _TIME.match(body + " "):
        month, date, hour, minute, second = clock.groups()
        if month:
            day = day.replace(month=int(month), day=int(date), year=2026 if int(month) > 9 else 2027)
        at = day.replace(hour=int(hour), minute=int(minute), second=int(second or 0))
        body = body[clock.end() - 1 :]
    line = Line(number, text, body.split(), at, [one.strip() for one in says.split(",") if one.strip()])
    for one in balances.split(","):
        if one.strip():
            name, amount = one.split()
            line.balances[name] = amount
    return line, day


def micros(text: str) -> int:
    """``0.15`` is 150 000."""
    found = Decimal(text) * 1_000_000
    assert found == int(found), text
    return int(found)


def money(amount: int) -> str:
    """150 000 is ``0.15``."""
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    whole, part = divmod(amount, 1_000_000)
    digits = f"{part:06d}".rstrip("0").ljust(2, "0")
    return f"{sign}{whole}.{digits}"


_SIZES = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3), ("B", 1))


def amount(text: str) -> int:
    """``60s``, ``1m30s``, ``20GB``, ``5sms`` in base units; a minus sign in front."""
    if text.startswith("-"):
        return -amount(text[1:])
    if text.isdigit():
        return int(text)
    pieces = re.findall(r"(\d+(?:\.\d+)?)([a-zA-Z]+)", text)
    assert "".join(a + b for a, b in pieces) == text, text
    names = {"m": "min"}
    return sum(Quantity.parse(f"{number} {names.get(unit, unit)}").amount for number, unit in pieces)


def shown(asset: str, number: int | None) -> str:
    """An amount as tables write it."""
    if number is None:
        return "∞"
    if asset == "EUR":
        return money(number)
    if number < 0:
        return f"-{shown(asset, -number)}"
    if asset == "ms":
        return f"{number // 1000}s" if number % 1000 == 0 else f"{number}ms"
    if asset == "octet":
        name, scale = next((n, s) for n, s in _SIZES if number % s == 0) if number else ("MB", 10**6)
        return f"{number // scale}{name}"
    return str(number)


def length(text: str) -> timedelta:
    """``10m``, ``1h``, ``30d``."""
    return timedelta(**{_LENGTH[text[-1]]: int(text[:-1])})
