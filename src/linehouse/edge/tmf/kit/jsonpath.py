"""JSONPath in `filter=`, `fields=` and `sort=` (TMF630 Part 6; RFC 9535 with `=~`), at a bounded cost.

The path of a condition begins at the resource: `productCharacteristic[?(@.name=='x' && @.value=='y')]` keeps what it
finds something in. One that begins with a test (`[?(@.status=='active')]`) tests the resource itself. Values compare as
in all conditions: dates as instants, numbers by value. Regular expressions are those of `pattern.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError
from jsonpath import filter as expressions
from jsonpath import segments as steps
from jsonpath import selectors as chosen
from jsonpath.function_extensions import Count, ExpressionType, FilterFunction, Length, Value
from jsonpath.match import NodeList

from linehouse.edge.tmf.kit.compare import compared, equal
from linehouse.edge.tmf.kit.paths import JsonObject, Path
from linehouse.edge.tmf.kit.pattern import Pattern, PatternError
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_query

MAX_TEXT = 500
"""Characters of an expression."""
MAX_PARTS = 60
"""Names, tests, comparisons and literals of an expression."""
MAX_NESTING = 2
"""Tests within tests."""

_IS_PATH = re.compile(r"^[-+]?\$|[\[]")
_AT_NAME = re.compile(r"\.(@[A-Za-z_]\w*)")
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}

Knows = Callable[[Path], bool]


def is_jsonpath(text: str) -> bool:
    """Whether the text is meant as JSONPath rather than a dotted path: it begins with `$` or holds a bracket."""
    return bool(_IS_PATH.search(text))


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled JSONPath; ``tests_resource`` says that it begins with a test of the resource itself."""

    text: str
    path: JSONPath
    tests_resource: bool
    heads: frozenset[str] | None
    """The attributes of the resource that it looks at; None when it may look at any."""

    def _root(self, representation: JsonObject) -> Any:
        return [representation] if self.tests_resource else representation

    def holds(self, representation: JsonObject) -> bool:
        """Whether it finds anything."""
        return next(iter(self.path.finditer(self._root(representation))), None) is not None

    def values(self, representation: JsonObject) -> Iterator[object]:
        """What it finds."""
        for match in self.path.finditer(self._root(representation)):
            yield match.obj

    def places(self, representation: JsonObject) -> Iterator[tuple[str | int, ...]]:
        """Where it finds something, as keys and positions from the resource."""
        for match in self.path.finditer(self._root(representation)):
            yield match.parts[1:] if self.tests_resource else match.parts


class _Matches(FilterFunction):
    """`match` and `search` of RFC 9535 with bounded expressions; an expression that cannot be read fits nothing."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 - the library declares a list
    return_type = ExpressionType.LOGICAL

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole

    def __call__(self, value: object, pattern: object) -> bool:
        if not isinstance(value, str) or not isinstance(pattern, str):
            return False
        try:
            return _fits(value, pattern, ignore_case=False, whole=self._whole)
        except PatternError:
            return False


class _Environment(JSONPathEnvironment):
    def setup_function_extensions(self) -> None:
        self.function_extensions.update(
            length=Length(), count=Count(), value=Value(), match=_Matches(whole=True), search=_Matches(whole=False)
        )

    def compare(self, left: object, operator: str, right: object) -> bool:
        if operator == "=~":
            found = _single(left)
            if not isinstance(found, str) or not isinstance(right, re.Pattern):
                return False
            return _fits(found, right.pattern, ignore_case=bool(right.flags & re.IGNORECASE), whole=True)
        if operator in ("&&", "||"):
            return super().compare(left, operator, right)
        one, other = _single(left), _single(right)
        if operator in ("==", "!="):
            same = _same(one, other) if _plain(one) and _plain(other) else super().compare(left, "==", right)
            return same is (operator == "==")
        if operator in _COMPARE and _plain(one) and _plain(other):
            return compared(one, other, _COMPARE[operator])
        return False


_environment = _Environment(filter_caching=False)


def _plain(value: object) -> bool:
    return isinstance(value, str | int | Decimal) and not isinstance(value, bool)


def _single(value: object) -> object:
    found = value[0] if isinstance(value, NodeList) and len(value) == 1 else value
    # A literal such as 1.5 is compared with exact numbers, so it is read as it was written.
    return Decimal(repr(found)) if type(found).__name__ == "float" else found


def _same(one: object, other: object) -> bool:
    return equal(one, other) if isinstance(other, str) == isinstance(one, str) else False


def _fits(value: str, pattern: str, *, ignore_case: bool, whole: bool) -> bool:
    return _pattern(pattern, ignore_case=ignore_case, whole=whole).found_in(value)


@lru_cache(maxsize=256)
def _pattern(text: str, *, ignore_case: bool, whole: bool) -> Pattern:
    return Pattern(text, ignore_case=ignore_case, whole=whole)


def compiled(text: str, parameter: str, knows: Knows) -> Expression:
    """Compile an expression of a parameter.

    Raises ApiProblem 400 for bad syntax, too long or too costly an expression and unknown attributes, 501 for what is
    not offered.
    """
    if len(text) > MAX_TEXT:
        raise bad_query(parameter, f"an expression has at most {MAX_TEXT} characters")
    try:
        path = _environment.compile(_with_quoted_names(text.strip()))
    except JSONPathError as error:
        first = str(error).splitlines()[0] if str(error) else "it is no JSONPath"
        raise bad_query(parameter, f"{first} in the JSONPath {text[:60]!r}") from None
    except (ValueError, ArithmeticError, re.error, RecursionError) as error:
        raise bad_query(parameter, f"the JSONPath cannot be read: {str(error)[:100]}") from None
    if isinstance(path, JSONPath) and not path.segments:
        raise bad_query(parameter, "a JSONPath that names an attribute was expected")
    if not isinstance(path, JSONPath):
        raise _unsupported(parameter, "unions and intersections of paths")
    tests = bool(path.segments) and any(isinstance(s, chosen.Filter) for s in path.segments[0].selectors)
    inspection = _Inspection(parameter, knows)
    inspection.path(path, (), 0)
    return Expression(text, path, tests, None if inspection.anything else frozenset(inspection.heads))


def _with_quoted_names(text: str) -> str:
    """`@.@type` as `@['@type']`, which is how JSONPath writes it."""
    pieces, at = [], 0
    for quoted in _QUOTED.finditer(text):
        pieces += [_AT_NAME.sub(r"['\1']", text[at : quoted.start()]), quoted.group()]
        at = quoted.end()
    return "".join((*pieces, _AT_NAME.sub(r"['\1']", text[at:])))


def _unsupported(parameter: str, what: str) -> ApiProblem:
    return ApiProblem(501, "tmf.not_implemented", f"{what} are not offered in a JSONPath", parameter)


class _Inspection:
    """Counts the parts of a path and looks up the attributes that it names."""

    def __init__(self, parameter: str, knows: Knows) -> None:
        self._parameter = parameter
        self._knows = knows
        self._parts = 0
        self._descents = 0
        self.heads: set[str] = set()
        self.anything = False

    def path(self, path: JSONPath, base: Path | None, nesting: int) -> None:
        """``base`` is the attribute at which the path begins; None when that cannot be said."""
        if nesting > MAX_NESTING:
            raise bad_query(self._parameter, f"tests stand at most {MAX_NESTING} within one another")
        if path.pseudo_root:
            raise _unsupported(self._parameter, "pseudo roots")
        for segment in path.segments:
            if isinstance(segment, steps.JSONPathRecursiveDescentSegment):
                self._descents += 1
                if self._descents > 1:
                    raise bad_query(self._parameter, "`..` can stand once in an expression")
                base = None
                self.anything = True
            base = self._segment(segment.selectors, base, nesting)

    def _segment(self, selectors: Sequence[Any], base: Path | None, nesting: int) -> Path | None:
        after: Path | None = base
        for selector in selectors:
            self._count()
            match selector:
                case chosen.NameSelector():
                    after = self._named(base, selector.name)
                case chosen.Filter():
                    self._expression(selector.expression, base, nesting + 1)
                case chosen.WildcardSelector():
                    self.anything = self.anything or base == ()
                    after = None if base == () else base
                case chosen.IndexSelector() | chosen.SliceSelector():
                    pass
                case _:
                    raise _unsupported(self._parameter, "selectors of keys and by queries")
        return after if len(selectors) == 1 else None

    def _named(self, base: Path | None, name: str) -> Path | None:
        if base is None:
            return None
        path = (*base, name)
        self.heads.add(path[0])
        if not self._knows(path):
            raise bad_query(self._parameter, f"there is no attribute {'.'.join(path)[:100]}")
        return path

    def _expression(self, expression: Any, base: Path | None, nesting: int) -> None:
        self._count()
        match expression:
            case expressions.RelativeFilterQuery():
                self.anything = self.anything or (base == () and not expression.path.segments)
                self.path(expression.path, base, nesting)
            case expressions.RootFilterQuery():
                self.path(expression.path, (), nesting)
            case expressions.RegexLiteral():
                self._pattern(expression.value)
            case expressions.FilterContextPath() | expressions.CurrentKey():
                raise _unsupported(self._parameter, "keys and contexts")
            case _:
                for child in expression.children():
                    self._expression(child, base, nesting)

    def _pattern(self, pattern: re.Pattern[str]) -> None:
        if pattern.flags & (re.MULTILINE | re.DOTALL | re.ASCII):
            raise _unsupported(self._parameter, "flags of expressions other than i")
        try:
            Pattern(pattern.pattern)
        except PatternError as error:
            raise bad_query(self._parameter, str(error)) from None

    def _count(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise bad_query(self._parameter, f"an expression has at most {MAX_PARTS} parts")
