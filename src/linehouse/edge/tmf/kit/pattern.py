"""Regular expressions for `attr.regex=…` whose cost is bounded.

A caller chooses the pattern, so a back-tracking engine would let one request
occupy a process for ever. This one walks all alternatives side by side: the
work is at most (instructions of the pattern) × (characters of the value).
Understood: literals, `.`, `[…]`, `\\d \\w \\s` and their complements, groups,
`|`, `* + ?`, `{m,n}`, `^` and `$`. Refused: back references and look-around.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

MAX_PATTERN = 200
MAX_INSTRUCTIONS = 1000

_Test = Callable[[str], bool]
_SPECIAL = frozenset("*+?{}|)")


class PatternError(ValueError):
    """The text is no regular expression of the supported kind, or too large a one."""


@dataclass(frozen=True, slots=True)
class _Step:
    """Consume one character that passes the test."""

    test: _Test


@dataclass(frozen=True, slots=True)
class _Fork:
    """Go on at both places (relative to this instruction)."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class _Edge:
    """Pass only at the start (`^`) or at the end (`$`) of the value."""

    at_end: bool


_Instruction = _Step | _Fork | _Edge
_Code = list[_Instruction]


class Pattern:
    """A compiled expression; `found_in` says whether it matches anywhere in a text, or, `whole`, the text itself."""

    def __init__(self, text: str, *, ignore_case: bool = False, whole: bool = False) -> None:
        if len(text) > MAX_PATTERN:
            raise PatternError(f"the expression is longer than {MAX_PATTERN} characters")
        code = _Parser(text).parse()
        if ignore_case:
            code = [_in_any_case(step) for step in code]
        self._code = [_Edge(at_end=False), *code, _Edge(at_end=True)] if whole else code

    def found_in(self, value: str) -> bool:
        current: set[int] = set()
        for position in range(len(value) + 1):
            if self._enter(current, 0, position, len(value)):
                return True
            if position == len(value):
                break
            following: set[int] = set()
            for index in current:
                step = self._code[index]
                if (
                    isinstance(step, _Step)
                    and step.test(value[position])
                    and self._enter(following, index + 1, position + 1, len(value))
                ):
                    return True
            current = following
        return False

    def _enter(self, states: set[int], index: int, position: int, length: int) -> bool:
        """Add a state and all that follow without consuming; True when the end is reached."""
        waiting = [index]
        while waiting:
            here = waiting.pop()
            if here == len(self._code):
                return True
            if here in states:
                continue
            states.add(here)
            match self._code[here]:
                case _Fork(first, second):
                    waiting.extend((here + first, here + second))
                case _Edge(at_end):
                    if position == (length if at_end else 0):
                        waiting.append(here + 1)
                case _Step():
                    pass
        return False


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def parse(self) -> _Code:
        code = self._alternatives()
        if self._at < len(self._text):
            raise PatternError(f"unexpected {self._text[self._at]!r} at position {self._at}")
        return code

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _take(self) -> str:
        char = self._peek()
        if not char:
            raise PatternError("the expression ends too early")
        self._at += 1
        return char

    def _alternatives(self) -> _Code:
        code = self._sequence()
        while self._peek() == "|":
            self._at += 1
            other = self._sequence()
            # fork → left, jump over right → right
            code = _bounded([_Fork(1, len(code) + 2), *code, _Fork(len(other) + 1, len(other) + 1), *other])
        return code

    def _sequence(self) -> _Code:
        code: _Code = []
        while self._peek() not in ("", "|", ")"):
            code = _bounded(code + self._repeated())
        return code

    def _repeated(self) -> _Code:
        unit = self._atom()
        while True:
            match self._peek():
                case "*":
                    least, most = 0, None
                case "+":
                    least, most = 1, None
                case "?":
                    least, most = 0, 1
                case "{":
                    least, most = self._counts()
                    self._at -= 1
                case _:
                    return unit
            self._at += 1
            if self._peek() == "?":  # lazy: the same for a yes-or-no answer
                self._at += 1
            unit = _repeat(unit, least, most)

    def _counts(self) -> tuple[int, int | None]:
        end = self._text.find("}", self._at)
        low, comma, high = self._text[self._at + 1 : end].partition(",")
        if end < 0 or not low.isdecimal() or (high and not high.isdecimal()):
            raise PatternError(f"a count such as {{2,5}} was expected at position {self._at}")
        self._at = end + 1
        least = int(low)
        most = least if not comma else (int(high) if high else None)
        if least > MAX_INSTRUCTIONS or (most or 0) > MAX_INSTRUCTIONS:
            raise PatternError("a repeat count is too large")
        if most is not None and most < least:
            raise PatternError("a repeat count has its bounds the wrong way round")
        return least, most

    def _atom(self) -> _Code:
        char = self._take()
        match char:
            case "(":
                return self._group()
            case "[":
                return [_Step(self._one_of())]
            case ".":
                return [_Step(lambda c: c != "\n")]
            case "^":
                return [_Edge(at_end=False)]
            case "$":
                return [_Edge(at_end=True)]
            case "\\":
                return [_Step(self._escape())]
            case _ if char in _SPECIAL:
                raise PatternError(f"nothing to repeat at position {self._at - 1}")
            case _:
                return [_Step(_equals(char))]

    def _group(self) -> _Code:
        if self._peek() == "?":
            self._at += 1
            if self._take() != ":":
                raise PatternError("only plain groups and (?:…) are supported")
        code = self._alternatives()
        if self._peek() != ")":
            raise PatternError("a group is not closed")
        self._at += 1
        return code

    def _escape(self) -> _Test:
        char = self._take()
        known = _CLASSES.get(char)
        if known is not None:
            return known
        if char in _CONTROLS:
            return _equals(_CONTROLS[char])
        if char.isalnum():
            raise PatternError(f"the escape \\{char} is not supported")
        return _equals(char)

    def _one_of(self) -> _Test:
        negated = self._peek() == "^"
        if negated:
            self._at += 1
        tests: list[_Test] = []
        while self._peek() != "]" or not tests:
            tests.append(self._member())
        self._at += 1
        members = tuple(tests)
        return lambda c: any(test(c) for test in members) is not negated

    def _member(self) -> _Test:
        char = self._take()
        if char == "\\":
            return self._escape()
        if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
            self._at += 1
            last = self._take()
            if last == "\\" or last < char:
                raise PatternError(f"the range {char}-{last} is not valid")
            return lambda c: char <= c <= last
        return _equals(char)


def _repeat(unit: _Code, least: int, most: int | None) -> _Code:
    size = len(unit)
    code: _Code = []
    for _ in range(least):
        code = _bounded(code + unit)
    if most is None:
        # fork → unit, back to the fork → behind
        return _bounded([*code, _Fork(1, size + 2), *unit, _Fork(-size - 1, -size - 1)])
    for _ in range(most - least):
        code = _bounded([*code, _Fork(1, size + 1), *unit])
    return code


def _bounded(code: _Code) -> _Code:
    if len(code) > MAX_INSTRUCTIONS:
        raise PatternError("the expression is too large")
    return code


def _in_any_case(step: _Instruction) -> _Instruction:
    if not isinstance(step, _Step):
        return step
    test = step.test
    return _Step(lambda c: test(c) or test(c.lower()) or test(c.upper()))


def _equals(expected: str) -> _Test:
    return lambda c: c == expected


def _word(char: str) -> bool:
    return char.isalnum() or char == "_"


_CLASSES: dict[str, _Test] = {
    "d": str.isdecimal,
    "D": lambda c: not c.isdecimal(),
    "w": _word,
    "W": lambda c: not _word(c),
    "s": str.isspace,
    "S": lambda c: not c.isspace(),
}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}
