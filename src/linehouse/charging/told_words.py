"""What a tariff was told of a record, in plain words, for whoever asks why it costs what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit

_SETS = {
    "segment": ("The customer is in segment", "The customer is in no segment"),
    "friends-and-family": ("The other party is on the line's list", "The other party is on no list of the line"),
    "closed-user-group": ("It stays within closed user group", "It stays within no closed user group"),
}
_HIDDEN = ":charged"
"""Counters of the price function's own, which say nothing to people."""


def told_lines(
    told: Mapping[str, Any], counted: Mapping[str, int], counted_in: date | None, unit: Unit, currency: str
) -> list[str]:
    """One line for each word of the tariff that asked for something, with what it was told."""
    lines = []
    for word, (some, none) in _SETS.items():
        if word in told:
            names: Sequence[str] = told[word]
            lines.append(f"{some} {', '.join(names)}." if names else f"{none}.")
    if "percent" in told:
        lines.append(f"A percentage is taken of {Money(told['percent'], currency)}.")
    if "attribute" in told:
        lines.append(f"The record was closed at {told['attribute']}.")
    if "time-zone" in told:
        sign, minutes = "-" if told["time-zone"] < 0 else "+", abs(told["time-zone"])
        lines.append(f"Local time there is UTC{sign}{minutes // 60:02d}:{minutes % 60:02d}.")
    lines.extend(_counters(told.get("counters", {}), counted, counted_in, unit, currency))
    return lines


def _counters(
    before: Mapping[str, int], counted: Mapping[str, int], counted_in: date | None, unit: Unit, currency: str
) -> Iterator[str]:
    since = f" since {counted_in.isoformat()}" if counted_in is not None else ""
    for key, used in before.items():
        if not key.endswith(_HIDDEN) and key in counted:
            name = key.removesuffix(":events").removesuffix(":amount")
            yield f"Used before in the period{since}, counter {name}: {_amount(key, used, unit, currency)}."


def _amount(key: str, used: int, unit: Unit, currency: str) -> str:
    if key.endswith(":events"):
        return f"{used} event" if used == 1 else f"{used} events"
    return str(Money(used, currency)) if key.endswith(":amount") else Quantity(used, unit).human()
