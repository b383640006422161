"""What a PATCH changes, in each of the four media types of TMF630: all come down to the attributes' new values.

`application/json` and `application/merge-patch+json` are RFC 7396, `application/json-patch+json` RFC 6902, and
`application/json-patch-query+json` is RFC 6902 whose paths may select elements: `$.item[?(@.id=='1')].quantity`, or
`/item/quantity?item.id=1`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any
from urllib.parse import unquote_plus

from jsonpath import JSONPatch, JSONPatchError, JSONPatchTestFailure, JSONPointerError

from linehouse.edge.tmf.kit.body import JSON_PATCH, QUERY_PATCH, escaped
from linehouse.edge.tmf.kit.compare import equal
from linehouse.edge.tmf.kit.jsonpath import compiled
from linehouse.edge.tmf.kit.paths import JsonObject, Path, values_at
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_body

MAX_OPERATIONS = 100
MAX_PLACES = 100
"""Places that one operation changes."""

_OPERATIONS = frozenset({"add", "remove", "replace", "move", "copy", "test"})
_TERM = re.compile(r"^\s*([A-Za-z_@][\w@.\-]*)\s*==?\s*(.*)$", re.DOTALL)


def merge(target: object, patch: object) -> object:
    """The target with a merge patch applied: null removes, objects merge, anything else (lists too) replaces."""
    if not isinstance(patch, dict):
        return patch
    merged: JsonObject = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def changes(before: JsonObject, document: object, media_type: str) -> JsonObject:
    """The top-level attributes that the patch gives another value; None for one that it removes.

    Raises ApiProblem 400 for a document that is no patch, 409 for a test that does not hold or a place that is not
    there.
    """
    if media_type in (JSON_PATCH, QUERY_PATCH):
        after = _operated(before, document, queries=media_type == QUERY_PATCH)
    elif isinstance(document, dict):
        after = merge(before, document)
    else:
        raise bad_body("", "a merge patch of a resource is a JSON object")
    if not isinstance(after, dict):
        raise bad_body("/0/path", "the resource as a whole cannot be replaced")
    names = dict.fromkeys((*after, *before))
    return {name: after.get(name) for name in names if not same(after.get(name), before.get(name))}


def same(one: object, other: object) -> bool:
    """Whether two JSON values are equal; unlike Python's, true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _operated(before: JsonObject, document: object, *, queries: bool) -> object:
    if not isinstance(document, list):
        raise bad_body("", "a JSON patch is a list of operations")
    if len(document) > MAX_OPERATIONS:
        raise bad_body("", f"a patch holds at most {MAX_OPERATIONS} operations")
    after: Any = deepcopy(before)
    for at, operation in enumerate(document):
        _require_operation(operation, at)
        for concrete in _concrete(after, operation, at) if queries else (operation,):
            after = _applied(after, concrete, at)
    return after


def _require_operation(operation: object, at: int) -> None:
    if not isinstance(operation, dict):
        raise bad_body(f"/{at}", "an operation is a JSON object")
    if not isinstance(operation.get("op"), str) or operation["op"] not in _OPERATIONS:
        raise bad_body(f"/{at}/op", f"an operation is one of {', '.join(sorted(_OPERATIONS))}")
    needed = {"move": ("path", "from"), "copy": ("path", "from"), "remove": ("path",)}
    for name in needed.get(operation["op"], ("path", "value")):
        if name not in operation:
            raise bad_body(f"/{at}/{name}", f"the attribute {name} is mandatory")
    for name in ("path", "from"):
        if name in operation and not isinstance(operation[name], str):
            raise bad_body(f"/{at}/{name}", "a path is a text")


def _applied(document: Any, operation: JsonObject, at: int) -> Any:
    if operation["op"] == "test":
        return _tested(document, operation, at)
    try:
        return JSONPatch([operation]).apply(document)
    except JSONPatchTestFailure:
        raise _not_as_tested(at) from None
    except (JSONPatchError, JSONPointerError, LookupError, TypeError, ValueError, RecursionError) as error:
        problem = ApiProblem(409, "tmf.patch", f"the operation cannot be applied: {str(error)[:200]}", f"/{at}/path")
        raise problem from None


def _tested(document: Any, operation: JsonObject, at: int) -> Any:
    value = document
    for part in str(operation["path"]).split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and _is_position(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            raise _not_as_tested(at)
    if not same(value, operation["value"]):
        raise _not_as_tested(at)
    return document


def _is_position(name: str) -> bool:
    return name.isdecimal() and name.isascii() and len(name) < 9


def _not_as_tested(at: int) -> ApiProblem:
    return ApiProblem(409, "tmf.patch_test", "the resource is not as the operation tests", f"/{at}")


def _concrete(document: Any, operation: JsonObject, at: int) -> list[JsonObject]:
    """The operation at each place that its path selects; what is removed goes last place first."""
    path = str(operation["path"])
    if path.startswith("$") or "[?" in path:
        try:
            expression = compiled(path, f"/{at}/path", lambda _: True)
            places = [_pointer(place) for place in expression.places(document)]
        except ApiProblem as problem:
            raise ApiProblem(problem.status, problem.code, problem.message, f"/{at}/path") from None
    elif "?" in path:
        pointer, _, query = path.partition("?")
        places = [_pointer(place) for place in _selected(document, _names(pointer), _conditions(query, at), ())]
    else:
        return [operation]
    if not places:
        raise ApiProblem(409, "tmf.patch", "the path selects nothing", f"/{at}/path")
    if len(places) > MAX_PLACES:
        raise bad_body(f"/{at}/path", f"an operation changes at most {MAX_PLACES} places")
    if operation["op"] == "remove":
        places.reverse()
    return [{**operation, "path": place} for place in places]


def _pointer(place: Sequence[str | int]) -> str:
    return "".join(f"/{escaped(str(part))}" for part in place)


def _names(pointer: str) -> Path:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def _conditions(query: str, at: int) -> list[tuple[Path, str]]:
    found = []
    for term in query.split("&"):
        matched = _TERM.match(unquote_plus(term))
        if matched is None:
            raise bad_body(f"/{at}/path", f"{term[:60]!r} is no condition such as item.id=1")
        found.append((tuple(matched.group(1).split(".")), matched.group(2).strip().strip("'\"")))
    return found


def _selected(
    value: Any, names: Path, conditions: Sequence[tuple[Path, str]], walked: Path
) -> Iterator[tuple[str | int, ...]]:
    """Places below the names; of a list on the way only the elements that fulfil the conditions on them."""
    if isinstance(value, list) and not (names and (names[0] == "-" or names[0].isdecimal())):
        here = [(path[len(walked) :], wanted) for path, wanted in conditions if path[: len(walked)] == walked]
        for position, element in enumerate(value):
            if all(any(equal(v, wanted) for v in values_at(element, tail)) for tail, wanted in here if tail):
                for place in _selected(element, names, conditions, walked) if names else [()]:
                    yield (position, *place)
    elif not names:
        yield ()
    elif isinstance(value, dict):
        if names[0] in value:
            for place in _selected(value[names[0]], names[1:], conditions, (*walked, names[0])):
                yield (names[0], *place)
        elif len(names) == 1:
            yield (names[0],)
    elif isinstance(value, list):
        yield tuple(names)
