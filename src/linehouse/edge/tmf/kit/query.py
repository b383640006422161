"""The query string of a list request, parsed once: fields, page, order, conditions, references to follow (TMF630)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote_plus

from linehouse.edge.tmf.kit.jsonpath import Expression, compiled, is_jsonpath
from linehouse.edge.tmf.kit.paths import Path
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_query

DEFAULT_LIMIT = 100
"""How many representations a list holds when the caller names no limit."""
MAX_LIMIT = 1000
MAX_CONDITIONS = 20
MAX_ALTERNATIVES = 50
MAX_VALUE = 500
MAX_KEYS = 10
"""Keys of an order, and paths to follow."""
MAX_DEPTH = 2
SHORT_FORM = "characteristic"
"""`characteristic.<name>=value` means the value of the resource's characteristic of that name."""

Knows = Callable[[Path], bool]


class Operator(StrEnum):
    """How a value is compared."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Condition:
    """An attribute compared with one or more values, of which any may fit; conditions themselves are ANDed.

    ``characteristic`` names the characteristic meant by the short form; ``path`` is then the list that holds it.
    """

    path: Path
    operator: Operator
    values: tuple[str, ...]
    characteristic: str = ""

    @property
    def name(self) -> str:
        """The path as the caller wrote it."""
        return f"{SHORT_FORM}.{self.characteristic}" if self.characteristic else ".".join(self.path)


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of the order; the first is the most significant. ``expression`` stands for a path that is JSONPath."""

    path: Path
    descending: bool
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list request asks for.

    ``fields`` is None for whole representations and empty for `fields=none`; ``expressions`` are fields that are
    JSONPath. ``paged`` says that the caller named `offset` or `limit`: only then may the answer be 206. ``filters`` are
    the JSONPath conditions. ``expand`` are references to follow, ``depth`` follows all of them so many times.
    """

    fields: tuple[Path, ...] | None = None
    expressions: tuple[Expression, ...] = ()
    offset: int = 0
    limit: int = DEFAULT_LIMIT
    paged: bool = False
    sort: tuple[SortKey, ...] = ()
    conditions: tuple[Condition, ...] = ()
    filters: tuple[Expression, ...] = ()
    expand: tuple[Path, ...] = ()
    depth: int = 0

    @property
    def whole(self) -> bool:
        """Whether the answer holds whole representations as they are."""
        return self.fields is None and not self.expand and not self.depth


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a resource's representation declares."""

    knows: Knows
    characteristics: Path = ()
    """The list whose elements the short form tests, such as `("productCharacteristic",)`; empty for none."""


# Written inside the name, either as a suffix (`date.gt=…`) or as a sign (`date>…`, `name*=…`), longest first.
_SIGNS = (
    (">=", Operator.GTE),
    ("<=", Operator.LTE),
    ("=~", Operator.REGEX),
    ("*=", Operator.REGEX),
    ("==", Operator.EQ),
    ("!=", Operator.NE),
    (">", Operator.GT),
    ("<", Operator.LT),
    ("=", Operator.EQ),
)
_NAME = re.compile(r"@?[A-Za-z_][\w\-]*(?:\.@?[\w\-]+)*")
_ZONE_LOST = re.compile(r"(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?) (\d\d:?\d\d)(?=['\")\]]*(?:$|[\s,;)]))")


def parse(query_string: str, attributes: Attributes) -> ListQuery:
    """Parse a raw (still encoded) query string.

    An attribute that the resource does not declare is 400 in `fields`, `sort` or a condition, since leaving a condition
    out would answer with more than was asked for. Raises ApiProblem 400, or 501 for what is not offered in JSONPath.
    """
    found = _Parsed(attributes)
    for name, operator, text in _terms(query_string):
        found.term(name, operator, text)
    return found.query()


def parse_one(query_string: str, attributes: Attributes) -> ListQuery:
    """What a request for one resource may ask for: `fields`, `expand` and `depth`; any other parameter is 400."""
    parsed = parse(query_string, attributes)
    if parsed.paged or parsed.sort or parsed.conditions or parsed.filters:
        raise bad_query("", "only fields, expand and depth can be given for a single resource")
    return parsed


class _Parsed:
    """The terms of a query string as they are read."""

    def __init__(self, attributes: Attributes) -> None:
        self._attributes = attributes
        self._fields: list[Path] | None = None
        self._expressions: list[Expression] = []
        self._page: dict[str, int] = {}
        self._sort: list[SortKey] = []
        self._conditions: list[Condition] = []
        self._filters: list[Expression] = []
        self._expand: list[Path] = []
        self._depth = 0

    def term(self, name: str, operator: Operator, text: str) -> None:
        match name:
            case "fields":
                self._read_fields(text)
            case "offset" | "limit":
                self._page[name] = _whole_number(name, text)
            case "sort":
                self._sort.extend(self._sort_keys(text))
            case "filter":
                self._filters.append(compiled(text, "filter", self._attributes.knows))
            case "expand":
                self._expand.extend(self._known_path("expand", item) for item in _items(text))
            case "depth":
                self._depth = _whole_number(name, text)
            case _:
                self._conditions.append(self._condition(name, operator, text))

    def query(self) -> ListQuery:
        if len(self._conditions) + len(self._filters) > MAX_CONDITIONS:
            raise bad_query("", f"more than {MAX_CONDITIONS} conditions")
        if len(self._sort) > MAX_KEYS or len(self._expand) > MAX_KEYS:
            raise bad_query("sort" if len(self._sort) > MAX_KEYS else "expand", f"at most {MAX_KEYS} can be given")
        limit = self._page.get("limit", DEFAULT_LIMIT)
        if limit > MAX_LIMIT:
            raise bad_query("limit", f"a page holds at most {MAX_LIMIT}")
        if self._depth > MAX_DEPTH:
            raise bad_query("depth", f"references are followed at most {MAX_DEPTH} times")
        return ListQuery(
            fields=None if self._fields is None else tuple(self._fields),
            expressions=tuple(self._expressions),
            offset=self._page.get("offset", 0),
            limit=limit,
            paged=bool(self._page),
            sort=tuple(self._sort),
            conditions=_merged(self._conditions),
            filters=tuple(self._filters),
            expand=tuple(self._expand),
            depth=self._depth,
        )

    def _read_fields(self, text: str) -> None:
        self._fields = self._fields or []
        wanted = _items(text)
        if wanted == ["none"]:
            return
        for item in wanted:
            if is_jsonpath(item):
                self._expressions.append(compiled(item, "fields", self._attributes.knows))
            else:
                self._fields.append(self._known_path("fields", item))

    def _known_path(self, parameter: str, name: str) -> Path:
        path = tuple(name.split("."))
        if not self._attributes.knows(path):
            raise bad_query(parameter, f"there is no attribute {name[:100]}")
        return path

    def _sort_keys(self, text: str) -> Iterator[SortKey]:
        for item in _items(text):
            # An unencoded plus sign arrives as a space, which is stripped already.
            name = item.lstrip("+").strip()
            descending = name.startswith("-")
            name = name.lstrip("-").strip()
            if is_jsonpath(name):
                yield SortKey((), descending, compiled(name, "sort", self._attributes.knows))
            else:
                yield SortKey(self._known_path("sort", name), descending)

    def _condition(self, name: str, operator: Operator, text: str) -> Condition:
        path: Path = tuple(name.split("."))
        characteristic = ""
        if not self._attributes.knows(path):
            characteristic = ".".join(path[1:]) if path[0] == SHORT_FORM and self._attributes.characteristics else ""
            if not characteristic:
                raise bad_query(name, f"there is no attribute {name[:100]}")
            path = self._attributes.characteristics
        values = (_unquoted(text),) if operator is Operator.REGEX else tuple(_alternatives(name, text))
        if len(values) > MAX_ALTERNATIVES or any(len(value) > MAX_VALUE for value in values):
            raise bad_query(name, f"at most {MAX_ALTERNATIVES} values of at most {MAX_VALUE} characters")
        return Condition(path, operator, values, characteristic)


def _terms(query_string: str) -> Iterator[tuple[str, Operator, str]]:
    for part in _parts(query_string):
        term = unquote_plus(part)
        if "\0" in term:
            raise bad_query(term.partition("=")[0][:50].replace("\0", ""), "no text may hold the character U+0000")
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


def _parts(query_string: str) -> Iterator[str]:
    """The terms; a `&&` in the brackets of a JSONPath belongs to it, encoded or not."""
    open_part: list[str] = []
    for part in query_string.split("&"):
        open_part.append(part)
        whole = "&".join(open_part)
        text = unquote_plus(whole)
        if text.startswith(("filter=", "fields=", "sort=")) and text.count("[") > text.count("]"):
            continue
        open_part.clear()
        if whole:
            yield whole
    if open_part:
        yield "&".join(open_part)


def _sign(name: str, rest: str) -> tuple[str, Operator]:
    for sign, operator in _SIGNS:
        if rest.startswith(sign):
            return sign, operator
    raise bad_query(name, "an operator and a value were expected after the name")


def _whole_number(name: str, text: str) -> int:
    digits = _unquoted(text)
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 9:
        raise bad_query(name, f"{text[:20]!r} is no whole number")
    return int(digits)


def _items(text: str) -> list[str]:
    """The items of a comma list; a comma in brackets or quotes is part of its item."""
    return [item for item in (part.strip() for part in _split(_unquoted(text), ",")) if item]


def _alternatives(name: str, text: str) -> Iterator[str]:
    """`a,b`, `a;b` and `a;name=b` are alternatives; a comma inside quotes is part of the value."""
    for item in _split_outside_quotes(text):
        again = item.strip()
        if again.startswith(f"{name}="):
            again = again[len(name) + 1 :]
        yield _unquoted(again)


def _split(text: str, separator: str) -> list[str]:
    items, depth, quote = [""], 0, ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
        elif char == separator and depth <= 0:
            items.append("")
            continue
        items[-1] += char
    return items


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
    merged: dict[tuple[Path, str], Condition] = {}
    apart: list[Condition] = []
    for condition in conditions:
        if condition.operator is not Operator.EQ:
            apart.append(condition)
            continue
        key = (condition.path, condition.characteristic)
        before = merged.get(key)
        values = (before.values if before else ()) + condition.values
        merged[key] = Condition(condition.path, condition.operator, values, condition.characteristic)
    return (*merged.values(), *apart)


def range_header(header: str) -> tuple[int, int] | None:
    """The first and last place that `Range: items=N-M` names, or None for another unit, which is not for us.

    Raises ApiProblem 416 for a range of items that cannot be read.
    """
    unit, _, span = header.partition("=")
    if unit.strip().lower() != "items":
        return None
    first, dash, last = (part.strip() for part in span.partition("-"))
    readable = dash and all(part.isascii() and part.isdecimal() and len(part) <= 9 for part in (first, last))
    if not readable or int(last) < int(first) or int(last) - int(first) >= MAX_LIMIT:
        raise ApiProblem(
            416,
            "tmf.range",
            f"a range of items is items=0-9 and holds at most {MAX_LIMIT}",
            "Range",
            headers={"Content-Range": "items */*"},
        )
    return int(first), int(last)
