"""Attribute selection (`fields=a,b.c`, JSONPath too): id, href and @type are always there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linehouse.edge.tmf.kit.jsonpath import Expression
from linehouse.edge.tmf.kit.paths import JsonObject, Path

ALWAYS = ("id", "href", "@type")
Place = tuple[str | int, ...]


def select(
    representation: JsonObject, fields: Sequence[Path] | None, expressions: Sequence[Expression] = ()
) -> JsonObject:
    """The representation reduced to the wanted paths; None leaves it whole, none wanted leaves id, href and @type.

    An expression keeps what it finds, and of a list on the way only the elements that lead there.
    """
    if fields is None:
        return representation
    kept = {name: representation[name] for name in ALWAYS if name in representation}
    chosen = _pick(representation, tuple(fields))
    if expressions:
        places = [place for expression in expressions for place in expression.places(representation)]
        found = _at_places(representation, places)
        chosen = {**found, **chosen} if isinstance(found, dict) else chosen
    # The attributes keep the order in which the resource declares them.
    return {name: chosen.get(name, kept.get(name)) for name in representation if name in kept or name in chosen}


def _pick(value: JsonObject, paths: Sequence[Path]) -> JsonObject:
    picked: JsonObject = {}
    for name, inner in value.items():
        tails = [path[1:] for path in paths if path and path[0] == name]
        if not tails:
            continue
        if any(not tail for tail in tails):
            picked[name] = inner
        else:
            picked[name] = _pick_inside(inner, tails)
    return picked


def _pick_inside(value: object, tails: Sequence[Path]) -> object:
    if isinstance(value, list):
        return [_pick_inside(element, tails) for element in value]
    if isinstance(value, dict):
        return _pick(value, tails)
    return value


def _at_places(value: Any, places: Sequence[Place]) -> Any:
    if any(not place for place in places):
        return value
    below: dict[str | int, list[Place]] = {}
    for place in places:
        below.setdefault(place[0], []).append(place[1:])
    if isinstance(value, list):
        return [_at_places(element, below[at]) for at, element in enumerate(value) if at in below]
    if isinstance(value, dict):
        return {name: _at_places(inner, below[name]) for name, inner in value.items() if name in below}
    return value
