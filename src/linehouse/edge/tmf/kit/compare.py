"""How the values of conditions compare: dates as instants, numbers by value, texts as they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


def as_instant(text: str) -> datetime | None:
    """The instant that an ISO 8601 text names, or None; a text without zone is UTC, a date is its midnight."""
    if len(text) < 10 or text[4:5] != "-":
        return None
    try:
        instant = datetime.fromisoformat(text)
        return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def as_number(value: object) -> Decimal | None:
    """The number that a JSON number or a text stands for, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int | str):
        try:
            number = Decimal(value)
        except (InvalidOperation, ValueError):
            return None
        return number if number.is_finite() else None
    return None


def as_text(value: object) -> str:
    """A value as a condition writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def equal(value: object, wanted: object) -> bool:
    """Whether a value of a representation is the wanted one, which may be written as a text."""
    if isinstance(value, str):
        if value == wanted:
            return True
        if not isinstance(wanted, str):
            return False
        left, right = as_instant(value), as_instant(wanted)
        return left is not None and left == right
    if isinstance(value, bool):
        return as_text(wanted).lower() == as_text(value)
    number = as_number(value)
    return number is not None and number == as_number(wanted)


def compared(value: object, wanted: object, compare: Callable[[Any, Any], bool]) -> bool:
    """Whether the comparison holds, as instants or numbers where both are, else as texts."""
    if isinstance(value, str) and isinstance(wanted, str):
        instants = as_instant(value), as_instant(wanted)
        if None not in instants:
            return compare(*instants)
    numbers = as_number(value), as_number(wanted)
    if None not in numbers:
        return compare(*numbers)
    return isinstance(value, str) and isinstance(wanted, str) and compare(value, wanted)
