"""JSON merge patch (RFC 7396) and what it changed."""

from __future__ import annotations

from linehouse.edge.tmf.kit.paths import JsonObject


def merge(target: object, patch: object) -> object:
    """The target with the patch applied: null removes, objects merge, anything else (lists too) replaces."""
    if not isinstance(patch, dict):
        return patch
    merged: JsonObject = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def changes(before: JsonObject, patch: JsonObject) -> JsonObject:
    """The top-level attributes that the patch gives another value; None for one that it removes."""
    after = merge(before, patch)
    if not isinstance(after, dict):
        raise TypeError("a patch of an object is an object")
    return {name: after.get(name) for name in patch if after.get(name) != before.get(name)}
