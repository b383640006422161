"""The state of an event that is reported in parts, as JSON data and back, exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from fractions import Fraction
from typing import Any

from linehouse.rating.values import FeePart, PaidBy, Part, RestState, WalkState


def plain_state(state: WalkState) -> dict[str, Any]:
    """JSON data: fractions are text such as ``152500`` or ``1/3``, instants ISO 8601; what is as at the start is left
    out."""
    found: dict[str, Any] = {}
    for name, fresh in _FRESH:
        value = getattr(state, name)
        if value is fresh or value == fresh:
            continue
        if name == "parts":
            found[name] = [_plain_part(part) for part in value]
        elif name == "fees":
            found[name] = [{"kind": fee.kind, "rule": fee.rule, "amount": _plain(fee.amount)} for fee in value]
        elif name == "rest":
            found[name] = asdict(value)
        else:
            found[name] = _plain(value)
    return found


def _plain_part(part: Part) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, default in _PART:
        value = getattr(part, name)
        if value is default or value == default:
            continue
        kind = type(value)
        found[name] = value if kind is int or kind is str else _plain(value)
    return found


def state_of(data: Mapping[str, Any]) -> WalkState:
    """The state again. Raises KeyError, TypeError or ValueError for what ``plain_state`` did not make."""
    given = dict(data)
    for name in ("finish", "charged"):
        if name in given:
            given[name] = Fraction(given[name])
    if given.get("rest") is not None:
        given["rest"] = RestState(**given["rest"])
    if given.get("first") is not None:
        given["first"] = tuple(given["first"])
    given["entered"] = tuple((tariff, rule, step) for tariff, rule, step in given.get("entered", ()))
    given["connected"] = tuple(given.get("connected", ()))
    given["opened"] = {ref: datetime.fromisoformat(at) for ref, at in given.get("opened", {}).items()}
    given["taken"] = {ref: Fraction(amount) for ref, amount in given.get("taken", {}).items()}
    given["money"] = tuple((ref, Fraction(amount)) for ref, amount in given.get("money", ()))
    given["parts"] = tuple(_part(part) for part in given.get("parts", ()))
    given["fees"] = tuple(FeePart(fee["kind"], fee["rule"], _exact(fee["amount"])) for fee in given.get("fees", ()))
    return WalkState(**given)


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is int or kind is str or kind is bool or value is None:
        return value
    if kind is Fraction:
        return str(value)
    if kind is tuple or kind is list:
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, PaidBy):
        return value.value
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return value


def _part(data: Mapping[str, Any]) -> Part:
    given = {**data, "paid_by": PaidBy(data["paid_by"])}
    for name in ("amount", "taken"):
        given[name] = _exact(given.get(name, 0))
    given["counters"] = tuple(given.get("counters", ()))
    return Part(**given)


def _exact(given: str | int) -> Fraction | int:
    exact = Fraction(given)
    return exact.numerator if exact.denominator == 1 else exact


_FRESH = tuple((one.name, getattr(WalkState(), one.name)) for one in fields(WalkState))
"""Each field of a state and what it is at the start."""
_PART = tuple((one.name, one.default) for one in fields(Part))
