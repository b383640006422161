"""Attributes of a body that the resource does not keep: refused by name, never dropped in silence.

TMF630 lets a server ignore what it does not know; a caller who is told 201 would believe it kept. `@type` and the
other meta attributes may stand anywhere. `href` and `name` beside an `id` are a reference's and belong to what is
referred to: they may be echoed.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from linehouse.edge.tmf.kit.body import escaped
from linehouse.edge.tmf.kit.paths import META, JsonObject
from linehouse.edge.tmf.kit.problem import ApiProblem, Detail

MAX_NAMED = 20
_ECHOED = frozenset({"href", "name", "version"})

Excused = Callable[[tuple[str, ...], object], bool]


def require_known(body: JsonObject, shape: type[msgspec.Struct], excused: Excused = lambda _, __: False) -> None:
    """Raises ApiProblem 400 naming every attribute that the shape does not declare.

    ``excused`` decides by path and value about those that may stand there all the same. What `@schemaLocation` adds is
    refused too: the house keeps no attributes that it does not understand, it has characteristics for them.
    """
    unknown = [
        (pointer, name) for pointer, path, name, value in _unknown(body, shape, "", ()) if not excused(path, value)
    ]
    if not unknown:
        return
    details = tuple(
        Detail(code="tmf.unknown_attribute", message=f"the attribute {name[:60]} is not kept here", field=pointer[:300])
        for pointer, name in unknown[:MAX_NAMED]
    )
    hint = "; an extension is a characteristic" if "@schemaLocation" in body else ""
    raise ApiProblem(400, "tmf.unknown_attribute", details[0].message + hint, details[0].field, details)


def _unknown(
    value: object, shape: Any, pointer: str, path: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...], str, object]]:
    if isinstance(value, list):
        inner = _element_of(shape)
        if inner is not None:
            for at, element in enumerate(value):
                yield from _unknown(element, inner, f"{pointer}/{at}", path)
        return
    struct = _struct_of(shape) if isinstance(value, dict) else None
    if struct is None or not isinstance(value, dict):
        return
    known = _attributes(struct)
    for name, inner_value in value.items():
        here, place = f"{pointer}/{escaped(name)}", (*path, name)
        if name in known:
            yield from _unknown(inner_value, known[name], here, place)
        elif name not in META and not (path and name in _ECHOED and "id" in value and "id" in known):
            yield here, place, name, inner_value


@lru_cache(maxsize=1024)
def _attributes(struct: type[msgspec.Struct]) -> dict[str, Any]:
    return {info.encode_name: info.type for info in msgspec.structs.fields(struct)}


def _options(shape: Any) -> tuple[Any, ...]:
    origin = typing.get_origin(shape)
    if origin is typing.Annotated:
        return _options(typing.get_args(shape)[0])
    if origin in (typing.Union, types.UnionType):
        return tuple(found for option in typing.get_args(shape) for found in _options(option))
    return (shape,)


def _struct_of(shape: Any) -> type[msgspec.Struct] | None:
    for option in _options(shape):
        if isinstance(option, type) and issubclass(option, msgspec.Struct):
            return option
    return None


def _element_of(shape: Any) -> Any:
    for option in _options(shape):
        if typing.get_origin(option) in (list, tuple):
            return typing.get_args(option)[0]
    return None
