"""Reading a catalogue file so that every complaint names file, line and what would be right.

Scalars stay the text that was written: ``0.15`` is never a float, ``NO`` is a country and no truth value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.errors import SourceTextInvalid

_KEY = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
MOST_NODES = 500_000
"""How many values one file may hold: far more than any price list, far less than fills a machine's memory."""
DEEPEST = 50
"""How many levels a file may nest."""
_TRUE, _FALSE = frozenset({"true", "yes"}), frozenset({"false", "no"})

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]
"""What JSON can hold, without floats."""


@dataclass(frozen=True, slots=True)
class FieldSet:
    """The keys that a mapping may have. ``unbuilt`` are words of the rule book that this version does not price yet."""

    what: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    unbuilt: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """Every key that is understood."""
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class MarkedNode:
    """One value of a file with the place where it was written (``line`` counts from 1).

    ``value`` is the text of a scalar (None when it is empty), a tuple of nodes, or a mapping of nodes by key.
    """

    value: str | tuple[MarkedNode, ...] | Mapping[str, MarkedNode] | None
    source: str
    line: int
    path: str = ""

    def fail(self, message: str, expected: str = "") -> NoReturn:
        """Refuse this node. Raises SourceTextInvalid."""
        where = f"{self.source}, line {self.line}" if self.line else self.source
        shown = self.value if isinstance(self.value, str) else None
        raise SourceTextInvalid(f"{where}: {message}", field=self.path, value=shown, expected=expected)

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self.value, Mapping)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.value, tuple)

    def entries(self) -> Mapping[str, MarkedNode]:
        """Its nodes by key. Raises SourceTextInvalid when it is no mapping."""
        if not isinstance(self.value, Mapping):
            self.fail(f"{self._name} needs keys and values", "a mapping such as `key: value`")
        return self.value

    def mapping(self, fields: FieldSet) -> Mapping[str, MarkedNode]:
        """Its nodes by key, after checking that all required keys and no unknown ones are there."""
        entries = self.entries()
        for key, node in entries.items():
            if key in fields.unbuilt:
                node.fail(f"`{key}` of a {fields.what} is not supported by this version of Linehouse")
            if key not in fields.known:
                close = get_close_matches(key, fields.known, n=1)
                hint = f"did you mean `{close[0]}`?" if close else f"one of {', '.join(fields.known)}"
                node.fail(f"a {fields.what} has no `{key}`", hint)
        for key in fields.required:
            if key not in entries:
                self.fail(f"a {fields.what} needs `{key}`", f"`{key}: …`")
        return entries

    def items(self) -> tuple[MarkedNode, ...]:
        """Its nodes in order. Raises SourceTextInvalid when it is no list."""
        if not isinstance(self.value, tuple):
            self.fail(f"{self._name} needs a list", "`- item` lines or `[a, b]`")
        return self.value

    def many(self) -> tuple[MarkedNode, ...]:
        """Its nodes in order; a single scalar is a list of one."""
        return self.value if isinstance(self.value, tuple) else (self,)

    def text(self) -> str:
        """Its text. Raises SourceTextInvalid when it is empty or no scalar."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.fail(f"{self._name} needs a text")
        return self.value

    def key(self) -> str:
        """A key: lower-case words with hyphens."""
        text = self.text()
        if not _KEY.match(text):
            self.fail(f"{text!r} is no key", "lower-case letters, digits and hyphens")
        return text

    def choice(self, choices: Iterable[str]) -> str:
        """One of a closed set of words."""
        allowed = tuple(choices)
        text = self.text()
        if text not in allowed:
            close = get_close_matches(text, allowed, n=1)
            hint = f"did you mean `{close[0]}`?" if close else ", ".join(allowed)
            self.fail(f"{self._name} cannot be {text!r}", hint)
        return text

    def boolean(self) -> bool:
        """True or false."""
        text = self.text().lower()
        if text not in _TRUE | _FALSE:
            self.fail(f"{self._name} cannot be {text!r}", "true or false")
        return text in _TRUE

    def integer(self, least: int | None = None) -> int:
        """A whole number."""
        text = self.text()
        if not _NUMBER.match(text) or "." in text or (least is not None and int(text) < least):
            self.fail(f"{text!r} is no whole number" + ("" if least is None else f" from {least} up"))
        return int(text)

    def decimal(self) -> Decimal:
        """An exact decimal."""
        text = self.text()
        if not _NUMBER.match(text):
            self.fail(f"{text!r} is no number", "digits with a decimal point")
        return Decimal(text)

    def micros(self, currency: str, *, least: int | None = 0) -> int:
        """An amount of money in micro-units of the currency."""
        self.decimal()
        try:
            amount = Money.of(self.text(), currency).micros
        except DomainError as problem:
            self.fail(problem.message, problem.expected)
        if least is not None and amount < least:
            self.fail(f"{self._name} cannot be below {least}")
        return amount

    def quantity(self, unit: Unit | None = None) -> Quantity:
        """A quantity such as ``60 s``; with ``unit``, of that base unit only."""
        try:
            found = Quantity.parse(self.text())
        except DomainError as problem:
            self.fail(problem.message, problem.expected)
        if unit is not None and found.unit is not unit:
            self.fail(f"{self.text()!r} is counted in {found.unit}, not in {unit}", f"a quantity of {unit}")
        return found

    def day(self) -> date:
        """A calendar day."""
        text = self.text()
        try:
            return date.fromisoformat(text) if _DATE.match(text) else self.fail(f"{text!r} is no day", "YYYY-MM-DD")
        except ValueError:
            self.fail(f"{text!r} is no day of the calendar", "YYYY-MM-DD")

    def zone(self) -> ZoneInfo:
        """A time zone by its IANA name."""
        text = self.text()
        try:
            return ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError):
            self.fail(f"{text!r} is no time zone", "an IANA name such as Europe/Amsterdam")

    def plain(self) -> Plain:
        """The same as JSON data; ``from_plain`` reads it back."""
        if isinstance(self.value, Mapping):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        return self.value

    def walk(self) -> Iterator[MarkedNode]:
        """This node and every node below it."""
        yield self
        children = self.value.values() if isinstance(self.value, Mapping) else self.value
        if not isinstance(children, str | None):
            for child in children:
                yield from child.walk()

    @property
    def _name(self) -> str:
        return f"`{self.path}`" if self.path else "the file"


def load_marked(given: Path | str, source: str = "") -> MarkedNode:
    """Read a YAML file, or text when a string is given; ``source`` is what complaints call it (default: file name).

    Raises SourceTextInvalid: no YAML, a key twice, an empty file, or one that is not UTF-8.
    """
    if isinstance(given, Path):
        name = source or given.name
        try:
            text = given.read_text(encoding="utf-8")
        except UnicodeDecodeError as problem:
            raise SourceTextInvalid(f"{name}: not UTF-8 at byte {problem.start}", field="file", value=name) from None
    else:
        name, text = source or "text", given
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        where = f"{name}, line {mark.line + 1}" if mark is not None else name
        raise SourceTextInvalid(f"{where}: {problem.problem or 'no YAML'}", field="file", value=name) from None
    except yaml.YAMLError as problem:
        raise SourceTextInvalid(f"{name}: {problem}", field="file", value=name) from None
    if root is None:
        raise SourceTextInvalid(f"{name}: the file is empty", field="file", value=name)
    return _Marking(name).mark(root, "", ())


def from_plain(data: Plain, source: str) -> MarkedNode:
    """The node of JSON data that ``plain`` gave; lines are unknown (0), the path still tells the place."""
    return _from_plain(data, source, "")


def _from_plain(data: Plain, source: str, path: str) -> MarkedNode:
    if isinstance(data, dict):
        entries = {key: _from_plain(value, source, _below(path, key)) for key, value in data.items()}
        return MarkedNode(entries, source, 0, path)
    if isinstance(data, list):
        nodes = tuple(_from_plain(value, source, f"{path}[{place}]") for place, value in enumerate(data))
        return MarkedNode(nodes, source, 0, path)
    if isinstance(data, bool):
        return MarkedNode("true" if data else "false", source, 0, path)
    return MarkedNode(None if data is None else str(data), source, 0, path)


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


class _Marking:
    """Marks the nodes of one file. Aliases are written once and read often, so what they become is counted."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._left = MOST_NODES

    def mark(self, node: yaml.Node, path: str, above: Sequence[yaml.Node]) -> MarkedNode:
        """The node and all below it; raises SourceTextInvalid."""
        line = node.start_mark.line + 1
        self._bound(node, MarkedNode(None, self._source, line, path), above)
        here = (*above, node)
        if isinstance(node, yaml.MappingNode):
            return MarkedNode(self._entries(node, path, here), self._source, line, path)
        if isinstance(node, yaml.SequenceNode):
            nodes = tuple(self.mark(child, f"{path}[{place}]", here) for place, child in enumerate(node.value))
            return MarkedNode(nodes, self._source, line, path)
        empty = node.tag == "tag:yaml.org,2002:null"
        return MarkedNode(None if empty else node.value, self._source, line, path)

    def _entries(self, node: yaml.MappingNode, path: str, here: Sequence[yaml.Node]) -> dict[str, MarkedNode]:
        entries: dict[str, MarkedNode] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
            place = MarkedNode(key, self._source, key_node.start_mark.line + 1, _below(path, key))
            if not key or key == "<<":
                place.fail("a key is a plain word")
            if key in entries:
                place.fail(f"`{key}` stands there twice", f"one `{key}`; the first is on line {entries[key].line}")
            entries[key] = self.mark(value_node, _below(path, key), here)
        return entries

    def _bound(self, node: yaml.Node, place: MarkedNode, above: Sequence[yaml.Node]) -> None:
        if any(node is parent for parent in above):
            place.fail("an alias contains itself")
        if len(above) >= DEEPEST:
            place.fail("the file is nested too deeply", f"at most {DEEPEST} levels")
        self._left -= 1
        if self._left < 0:
            place.fail("the file holds too much, with all aliases written out", f"at most {MOST_NODES} values")
