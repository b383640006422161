"""Dotted attribute paths (`relatedParty.id`): what they reach in a representation, and whether a type has them."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping

import msgspec

JsonObject = dict[str, object]
Path = tuple[str, ...]
"""An attribute's place: `("relatedParty", "id")`."""

META = frozenset({"@type", "@baseType", "@schemaLocation", "@referredType"})


def values_at(value: object, path: tuple[str, ...]) -> Iterator[object]:
    """Every value that the path reaches; a list on the way stands for each of its elements."""
    if isinstance(value, list):
        for element in value:
            yield from values_at(element, path)
    elif not path:
        if value is not None:
            yield value
    elif isinstance(value, Mapping):
        # A characteristic's own name may hold dots, so the longest key that fits is tried first.
        for size in range(len(path), 0, -1):
            key = ".".join(path[:size])
            if key in value:
                yield from values_at(value[key], path[size:])
                return


def has_path(shape: object, path: tuple[str, ...]) -> bool:
    """Whether a type (struct, list, optional, mapping) declares the attribute at the path."""
    if not path:
        return True
    if shape is typing.Any or shape is object:
        return True
    origin = typing.get_origin(shape)
    if origin in (typing.Union, types.UnionType):
        return any(has_path(option, path) for option in typing.get_args(shape))
    if origin in (list, tuple):
        return any(has_path(option, path) for option in typing.get_args(shape) if option is not Ellipsis)
    if origin is dict:
        return True
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        head, rest = path[0], path[1:]
        if head in META:
            return not rest
        return any(info.encode_name == head and has_path(info.type, rest) for info in msgspec.structs.fields(shape))
    return False


def characteristics_of(shape: type[msgspec.Struct]) -> Path:
    """The attribute that lists the characteristics (elements with `name` and `value`), or () for none."""
    for info in msgspec.structs.fields(shape):
        name = info.encode_name
        if (name == "characteristic" or name.endswith("Characteristic")) and all(
            has_path(info.type, (part,)) for part in ("name", "value")
        ):
            return (name,)
    return ()
