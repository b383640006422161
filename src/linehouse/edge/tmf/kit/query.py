"""The query string of a list request, parsed once: fields, page, order and conditions (TMF630 Part 1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote_plus

from linehouse.edge.tmf.kit.problem import ApiProblem, bad_query

DEFAULT_LIMIT = 100
"""How many representations a list holds when the caller names no limit."""
MAX_LIMIT = 1000
MAX_CONDITIONS = 20
MAX_ALTERNATIVES = 50
MAX_VALUE = 500

Path = tuple[str, ...]


class Operator(StrEnum):
    """How a value is compared."""

    EQ = "eq"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Condition:
    """An attribute compared with one or more values, of which any may fit; conditions themselves are ANDed."""

    path: Path
    operator: Operator
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        """The path as the caller wrote it."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of the order; the first is the most significant."""

    path: Path
    descending: bool


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list request asks for.

    ``fields`` is None for whole representations and empty for `fields=none`. ``paged`` says that the caller named
    `offset` or `limit`: only then may the answer be 206.
    """

    fields: tuple[Path, ...] | None = None
    offset: int = 0
    limit: int = DEFAULT_LIMIT
    paged: bool = False
    sort: tuple[SortKey, ...] = ()
    conditions: tuple[Condition, ...] = ()


# Written inside the name, either as a suffix (`date.gt=…`) or as a sign (`date>…`, `name*=…`), longest first.
_SIGNS = (
    (">=", Operator.GTE),
    ("<=", Operator.LTE),
    ("=~", Operator.REGEX),
    ("*=", Operator.REGEX),
    ("==", Operator.EQ),
    (">", Operator.GT),
    ("<", Operator.LT),
    ("=", Operator.EQ),
)
_NAME = re.compile(r"@?[A-Za-z_][\w\-]*(?:\.@?[\w\-]+)*")
_ZONE_LOST = re.compile(r"(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?) (\d\d:?\d\d)$")
_UNSUPPORTED = frozenset({"filter", "expand", "depth"})


def parse(query_string: str, knows: Callable[[Path], bool]) -> ListQuery:
    """Parse a raw (still encoded) query string.

    ``knows`` tells whether the resource declares an attribute: an unknown one in `fields`, `sort` or a condition is
    400, since leaving a condition out would answer with more than was asked for. Raises ApiProblem 400 or 501.
    """
    fields: list[Path] | None = None
    page: dict[str, int] = {}
    sort: list[SortKey] = []
    conditions: list[Condition] = []
    for name, operator, text in _terms(query_string):
        if name == "fields":
            fields = (fields or []) + _fields(text, knows)
        elif name in ("offset", "limit"):
            page[name] = _whole_number(name, text)
        elif name == "sort":
            sort.extend(_sort_keys(text, knows))
        elif name in _UNSUPPORTED:
            raise ApiProblem(501, "tmf.not_implemented", f"the parameter {name} is not offered", name)
        else:
            conditions.append(_condition(name, operator, text, knows))
    if len(conditions) > MAX_CONDITIONS:
        raise bad_query("", f"more than {MAX_CONDITIONS} conditions")
    limit = page.get("limit", DEFAULT_LIMIT)
    if limit > MAX_LIMIT:
        raise bad_query("limit", f"a page holds at most {MAX_LIMIT}")
    return ListQuery(
        fields=None if fields is None else tuple(fields),
        offset=page.get("offset", 0),
        limit=limit,
        paged=bool(page),
        sort=tuple(sort),
        conditions=_merged(conditions),
    )


def parse_fields(query_string: str, knows: Callable[[Path], bool]) -> tuple[Path, ...] | None:
    """The `fields` of a request for one resource; any other parameter is 400. None: the whole representation."""
    parsed = parse(query_string, knows)
    if parsed.paged or parsed.sort or parsed.conditions:
        raise bad_query("", "only fields can be given for a single resource")
    return parsed.fields


def _terms(query_string: str) -> Iterator[tuple[str, Operator, str]]:
    for part in query_string.split("&"):
        if not part:
            continue
        term = unquote_plus(part)
        found = _NAME.match(term)
        if found is None:
            raise bad_query(term[:50], "an attribute name was expected")
        name, rest = found.group(), term[found.end() :]
        sign, operator = _sign(name, rest)
        head, _, suffix = name.rpartition(".")
        if head and suffix in Operator.__members__.values():
            name = head
            if operator is Operator.EQ:
                operator = Operator(suffix)
        yield name, operator, _ZONE_LOST.sub(r"\1+\2", rest[len(sign) :])


def _sign(name: str, rest: str) -> tuple[str, Operator]:
    for sign, operator in _SIGNS:
        if rest.startswith(sign):
            return sign, operator
    raise bad_query(name, "an operator and a value were expected after the name")


def _fields(text: str, knows: Callable[[Path], bool]) -> list[Path]:
    wanted = [name.strip() for name in _unquoted(text).split(",") if name.strip()]
    if wanted == ["none"]:
        return []
    paths = [tuple(name.split(".")) for name in wanted]
    for path in paths:
        if not knows(path):
            raise bad_query("fields", f"there is no attribute {'.'.join(path)}")
    return paths


def _whole_number(name: str, text: str) -> int:
    digits = _unquoted(text)
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 9:
        raise bad_query(name, f"{text[:20]!r} is no whole number")
    return int(digits)


def _sort_keys(text: str, knows: Callable[[Path], bool]) -> Iterator[SortKey]:
    for item in _unquoted(text).split(","):
        # An unencoded plus sign arrives as a space.
        name = item.strip().lstrip("+")
        path = tuple(name.lstrip("-").split("."))
        if not knows(path):
            raise bad_query("sort", f"there is no attribute {'.'.join(path)}")
        yield SortKey(path, name.startswith("-"))


def _condition(name: str, operator: Operator, text: str, knows: Callable[[Path], bool]) -> Condition:
    path = tuple(name.split("."))
    if not knows(path):
        raise bad_query(name, f"there is no attribute {name}")
    values = (_unquoted(text),) if operator is Operator.REGEX else tuple(_alternatives(name, text))
    if len(values) > MAX_ALTERNATIVES or any(len(value) > MAX_VALUE for value in values):
        raise bad_query(name, f"at most {MAX_ALTERNATIVES} values of at most {MAX_VALUE} characters")
    return Condition(path, operator, values)


def _alternatives(name: str, text: str) -> Iterator[str]:
    """`a,b`, `a;b` and `a;name=b` are alternatives; a comma inside quotes is part of the value."""
    for item in _split_outside_quotes(text):
        again = item.strip()
        if again.startswith(f"{name}="):
            again = again[len(name) + 1 :]
        yield _unquoted(again)


def _split_outside_quotes(text: str) -> list[str]:
    items = [""]
    quote = ""
    for char in text:
        if not quote and char in ",;":
            items.append("")
            continue
        if char == quote:
            quote = ""
        elif not quote and char in "\"'" and not items[-1].strip():
            quote = char
        items[-1] += char
    return items


def _unquoted(text: str) -> str:
    """Conformance kits wrap values in quotes; they are not part of the value."""
    stripped = text.strip()
    if len(stripped) >= 2 and stripped[0] == stripped[-1] and stripped[0] in "\"'":
        return stripped[1:-1]
    return stripped


def _merged(conditions: list[Condition]) -> tuple[Condition, ...]:
    """A repeated `name=value` is an alternative (OR); repeated comparisons such as `.gt` and `.lt` stay apart."""
    merged: dict[tuple[Path, Operator], Condition] = {}
    apart: list[Condition] = []
    for condition in conditions:
        if condition.operator is not Operator.EQ:
            apart.append(condition)
            continue
        key = (condition.path, condition.operator)
        before = merged.get(key)
        values = (before.values if before else ()) + condition.values
        merged[key] = Condition(condition.path, condition.operator, values)
    return (*merged.values(), *apart)
