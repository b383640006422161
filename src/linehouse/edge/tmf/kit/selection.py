"""Attribute selection (`fields=a,b.c`): id, href and @type are always there."""

from __future__ import annotations

from collections.abc import Sequence

from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.edge.tmf.kit.query import Path

ALWAYS = ("id", "href", "@type")


def select(representation: JsonObject, fields: Sequence[Path] | None) -> JsonObject:
    """The representation reduced to the wanted paths; None leaves it whole, none wanted leaves id, href and @type."""
    if fields is None:
        return representation
    kept = {name: representation[name] for name in ALWAYS if name in representation}
    chosen = _pick(representation, tuple(fields))
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
