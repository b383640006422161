"""Conditions and order, decided on representations: dates as instants, numbers by value, lists by any element."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from linehouse.edge.tmf.kit.paths import JsonObject, values_at
from linehouse.edge.tmf.kit.pattern import Pattern, PatternError
from linehouse.edge.tmf.kit.problem import bad_query
from linehouse.edge.tmf.kit.query import Condition, Operator, SortKey

Predicate = Callable[[JsonObject], bool]

_COMPARE: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.GT: operator.gt,
    Operator.GTE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LTE: operator.le,
}


def predicate(conditions: Iterable[Condition]) -> Predicate:
    """One test for all conditions; raises ApiProblem 400 for an expression that cannot be compiled."""
    tests = [(condition, _value_test(condition)) for condition in conditions]

    def holds(representation: JsonObject) -> bool:
        return all(any(test(value) for value in values_at(representation, condition.path)) for condition, test in tests)

    return holds


def ordered(representations: Sequence[JsonObject], keys: Sequence[SortKey]) -> list[JsonObject]:
    """Sorted by the keys; representations without the attribute come last, equal ones keep their order."""
    result = list(representations)
    for key in reversed(keys):
        present = [r for r in result if next(values_at(r, key.path), None) is not None]
        absent = [r for r in result if next(values_at(r, key.path), None) is None]
        present.sort(key=lambda r: _rank(next(values_at(r, key.path))), reverse=key.descending)
        result = present + absent
    return result


def as_instant(text: str) -> datetime | None:
    """The instant that an ISO 8601 text names, or None; a text without zone is UTC, a date is its midnight."""
    if len(text) < 10 or text[4:5] != "-":
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def as_number(value: object) -> Decimal | None:
    """The number that a JSON number or a text stands for, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int | str):
        try:
            number = Decimal(value)
        except InvalidOperation:
            return None
        return number if number.is_finite() else None
    return None


def _value_test(condition: Condition) -> Callable[[object], bool]:
    if condition.operator is Operator.REGEX:
        try:
            pattern = Pattern(condition.values[0])
        except PatternError as error:
            raise bad_query(condition.name, str(error)) from None
        return lambda value: pattern.found_in(_as_text(value))
    if condition.operator is Operator.EQ:
        return lambda value: any(_equal(value, text) for text in condition.values)
    compare = _COMPARE[condition.operator]
    return lambda value: any(_compared(value, text, compare) for text in condition.values)


def _equal(value: object, text: str) -> bool:
    if isinstance(value, str):
        if value == text:
            return True
        left, right = as_instant(value), as_instant(text)
        return left is not None and left == right
    if isinstance(value, bool):
        return text.lower() == _as_text(value)
    number = as_number(value)
    return number is not None and number == as_number(text)


def _compared(value: object, text: str, compare: Callable[[Any, Any], bool]) -> bool:
    if isinstance(value, str):
        instants = as_instant(value), as_instant(text)
        if None not in instants:
            return compare(*instants)
    numbers = as_number(value), as_number(text)
    if None not in numbers:
        return compare(*numbers)
    return isinstance(value, str) and compare(value, text)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _rank(value: object) -> tuple[int, object]:
    """Values of one kind compare among themselves; kinds have an order, so that mixed lists can be sorted."""
    if isinstance(value, bool):
        return (0, value)
    if isinstance(value, int | Decimal):
        return (1, value)
    if isinstance(value, str):
        instant = as_instant(value)
        return (3, value) if instant is None else (2, instant)
    return (4, _as_text(value))
