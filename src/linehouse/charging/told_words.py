"""What a tariff was told of a record, as sentences for whoever asks why it costs what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.kernel.sentence import Sentence, sentence

_SETS: Mapping[str, tuple[Callable[[str], Sentence], Sentence]] = {
    "segment": (
        lambda names: sentence("The customer is in segment %(names)s.", names=names),
        sentence("The customer is in no segment."),
    ),
    "friends-and-family": (
        lambda names: sentence("The other party is on the line's list %(names)s.", names=names),
        sentence("The other party is on no list of the line."),
    ),
    "closed-user-group": (
        lambda names: sentence("It stays within closed user group %(names)s.", names=names),
        sentence("It stays within no closed user group."),
    ),
}
_HIDDEN = ":charged"
"""Counters of the price function's own, which say nothing to people."""


def told_lines(
    told: Mapping[str, Any], counted: Mapping[str, int], counted_in: date | None, unit: Unit, currency: str
) -> list[Sentence]:
    """One sentence for each word of the tariff that asked for something, with what it was told."""
    lines = []
    for word, (some, none) in _SETS.items():
        if word in told:
            names: Sequence[str] = told[word]
            lines.append(some(", ".join(names)) if names else none)
    if "percent" in told:
        lines.append(sentence("A percentage is taken of %(amount)s.", amount=Money(told["percent"], currency)))
    if "attribute" in told:
        lines.append(sentence("The record was closed at %(instant)s.", instant=str(told["attribute"])))
    if "time-zone" in told:
        sign, minutes = "-" if told["time-zone"] < 0 else "+", abs(told["time-zone"])
        zone = f"UTC{sign}{minutes // 60:02d}:{minutes % 60:02d}"
        lines.append(sentence("Local time there is %(zone)s.", zone=zone))
    lines.extend(_counters(told.get("counters", {}), counted, counted_in, unit, currency))
    return lines


def _counters(
    before: Mapping[str, int], counted: Mapping[str, int], counted_in: date | None, unit: Unit, currency: str
) -> Iterator[Sentence]:
    since = sentence(" since %(day)s", day=counted_in.isoformat()) if counted_in is not None else Sentence("")
    for key, used in before.items():
        if not key.endswith(_HIDDEN) and key in counted:
            name = key.removesuffix(":events").removesuffix(":amount")
            yield sentence(
                "Used before in the period%(since)s, counter %(counter)s: %(quantity)s.",
                since=since,
                counter=name,
                quantity=_amount(key, used, unit, currency),
            )


def _amount(key: str, used: int, unit: Unit, currency: str) -> Quantity | Money:
    if key.endswith(":events"):
        return Quantity(used, Unit.EVENT)
    return Money(used, currency) if key.endswith(":amount") else Quantity(used, unit)
