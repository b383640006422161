"""Conditions and order, decided on representations: dates as instants, numbers by value, lists by any element."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from linehouse.edge.tmf.kit.compare import as_instant, as_text, compared, equal
from linehouse.edge.tmf.kit.jsonpath import Expression
from linehouse.edge.tmf.kit.paths import JsonObject, values_at
from linehouse.edge.tmf.kit.pattern import Pattern, PatternError
from linehouse.edge.tmf.kit.problem import bad_query
from linehouse.edge.tmf.kit.query import Condition, Operator, SortKey

Predicate = Callable[[JsonObject], bool]
_Test = Callable[[object], bool]

_COMPARE: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.GT: operator.gt,
    Operator.GTE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LTE: operator.le,
}


def predicate(conditions: Iterable[Condition], filters: Sequence[Expression] = ()) -> Predicate:
    """One test for all conditions; raises ApiProblem 400 for an expression that cannot be compiled.

    `.ne` holds when no value that the path reaches is one of those named.
    """
    tests = [(condition, _value_test(condition)) for condition in conditions]

    def fits(representation: JsonObject, condition: Condition, test: _Test) -> bool:
        found = any(test(value) for value in _reached(representation, condition))
        return not found if condition.operator is Operator.NE else found

    def holds(representation: JsonObject) -> bool:
        return all(fits(representation, condition, test) for condition, test in tests) and all(
            expression.holds(representation) for expression in filters
        )

    return holds


def _reached(representation: JsonObject, condition: Condition) -> Iterator[object]:
    if not condition.characteristic:
        yield from values_at(representation, condition.path)
        return
    for element in values_at(representation, condition.path):
        if isinstance(element, dict) and element.get("name") == condition.characteristic:
            yield from values_at(element.get("value"), ())


def ordered(representations: Sequence[JsonObject], keys: Sequence[SortKey]) -> list[JsonObject]:
    """Sorted by the keys; representations without the attribute come last, equal ones keep their order."""
    result = list(representations)
    for key in reversed(keys):
        ranked = [(_sorted_by(r, key), r) for r in result]
        present = [pair for pair in ranked if pair[0] is not None]
        present.sort(key=lambda pair: _rank(pair[0]), reverse=key.descending)
        result = [r for _, r in present] + [r for value, r in ranked if value is None]
    return result


def _sorted_by(representation: JsonObject, key: SortKey) -> object:
    found = key.expression.values(representation) if key.expression else values_at(representation, key.path)
    return next(found, None)


def _value_test(condition: Condition) -> _Test:
    if condition.operator is Operator.REGEX:
        try:
            pattern = Pattern(condition.values[0])
        except PatternError as error:
            raise bad_query(condition.name, str(error)) from None
        return lambda value: pattern.found_in(as_text(value))
    if condition.operator in (Operator.EQ, Operator.NE):
        return lambda value: any(equal(value, text) for text in condition.values)
    compare = _COMPARE[condition.operator]
    return lambda value: any(compared(value, text, compare) for text in condition.values)


def _rank(value: object) -> tuple[int, Any]:
    """Values of one kind compare among themselves; kinds have an order, so that mixed lists can be sorted."""
    if isinstance(value, bool):
        return (0, value)
    if isinstance(value, int | Decimal):
        return (1, value)
    if isinstance(value, str):
        instant = as_instant(value)
        return (3, value) if instant is None else (2, instant)
    return (4, as_text(value))
