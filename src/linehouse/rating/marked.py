"""One value of a catalogue file with its place, so that every complaint names file, line, column and what is right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.errors import SourceTextInvalid

_KEY = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_FRACTION = re.compile(r"^(?P<over>\d+(?:\.\d+)?)(?: ?/ ?(?P<under>\d+))?$")
_LANGUAGE = re.compile(r"^[a-z]{2,3}$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
_TRUE, _FALSE = frozenset({"true", "yes"}), frozenset({"false", "no"})

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]
"""What JSON can hold, without floats."""


@dataclass(frozen=True, slots=True)
class FieldSet:
    """The keys that a mapping may have.

    ``unbuilt`` are words of the rule book that this version does not price yet; ``elsewhere`` are words that stand in
    another place, or are called otherwise: pairs of the word and what would be right.
    """

    what: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    unbuilt: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """Every key that is understood."""
        return tuple(key for key in self.required + self.optional if key not in self.unbuilt)

    def hint(self, key: str) -> str:
        """What would be right instead of a key that is not known."""
        right = dict(self.elsewhere).get(key)
        if right is not None:
            return right
        close = get_close_matches(key, self.known, n=1)
        return f"did you mean `{close[0]}`?" if close else f"one of {', '.join(self.known)}"


@dataclass(frozen=True, slots=True)
class MarkedNode:
    """One value of a file with the place where it was written (``line`` and ``column`` count from 1; 0: not known).

    ``value`` is the text of a scalar (None when it is empty), a tuple of nodes, or a mapping of nodes by key.
    """

    value: str | tuple[MarkedNode, ...] | Mapping[str, MarkedNode] | None
    source: str
    line: int
    path: str = ""
    column: int = 0
    key_at: tuple[int, int] | None = None
    """Line and column of the key under which it stands."""

    @property
    def place(self) -> str:
        """File, line and column, as far as they are known: ``numbers.yaml, line 3, column 11``."""
        line = f", line {self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.source}{line}{column}"

    @property
    def at_key(self) -> MarkedNode:
        """The same, placed where its key stands: for complaints about the key."""
        if self.key_at is None:
            return self
        line, column = self.key_at
        return MarkedNode(self.value, self.source, line, self.path, column)

    def fail(self, message: str, expected: str = "") -> NoReturn:
        """Refuse this node. Raises SourceTextInvalid."""
        shown = self.value if isinstance(self.value, str) else None
        raise SourceTextInvalid(f"{self.place}: {message}", field=self.path, value=shown, expected=expected)

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

    def keyed(self) -> Mapping[str, MarkedNode]:
        """Its nodes by keys that the writer chose: each is a key."""
        entries = self.entries()
        for key, node in entries.items():
            replace(node.at_key, value=key).key()
        return entries

    def by_language(self) -> Mapping[str, str]:
        """Texts by language: primary tags of BCP 47 such as ``nl``."""
        entries = self.entries()
        for key, node in entries.items():
            if not _LANGUAGE.match(key):
                node.at_key.fail(f"{key!r} is no language", "a code such as nl or en")
        return {key: node.text() for key, node in entries.items()}

    def mapping(self, fields: FieldSet) -> Mapping[str, MarkedNode]:
        """Its nodes by key, after checking that all required keys and no unknown ones are there."""
        entries = self.entries()
        for key, node in entries.items():
            if key in fields.unbuilt:
                node.at_key.fail(f"`{key}` of a {fields.what} is not supported by this version of Linehouse")
            if key not in fields.known:
                node.at_key.fail(f"a {fields.what} has no `{key}`", fields.hint(key))
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

    def fraction(self) -> Fraction:
        """An exact number such as ``2``, ``0.5`` or ``1/3``, more than nothing."""
        found = _FRACTION.match(self.text().strip())
        if found is None or not Fraction(found["over"]) or not Fraction(found["under"] or 1):
            self.fail(f"{self.text()!r} is no number above zero", "such as 2, 0.5 or 1/3")
        return Fraction(found["over"]) / Fraction(found["under"] or 1)

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
