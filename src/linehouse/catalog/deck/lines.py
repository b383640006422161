"""Rows of a table become lines of a deck: all of them, or every reason why not."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar, cast

from linehouse.catalog.deck.cells import (
    BLOCKED_WORDS,
    CellWrong,
    amount_of,
    day_of,
    guessed_order,
    increments_of,
    mark_of,
    prefixes_of,
)
from linehouse.catalog.deck.columns import Table, mapping_faults
from linehouse.catalog.deck.values import MOST_DESTINATIONS, DayOrder, Deck, Fault, Line, Mark, Reading, Terms, Zero
from linehouse.kernel.error import DomainError
from linehouse.kernel.money import require_currency

MOST_FAULTS = 1_000
"""So many are told; a file that is wrong throughout is not wrong a hundred thousand times."""
MOST_NOTES = 500
T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Told how many rows of how many have been read."""


def read_lines(
    table: Table,
    reading: Reading,
    *,
    currency: str,
    taken: Collection[str] = (),
    progress: Progress = lambda _done, _all: None,
) -> Deck:
    """The deck that the table holds. ``currency`` is the tariff's; ``taken`` are keys of zones that are not the deck's.

    Nothing is left out in silence: a row that cannot be read is a fault, and a deck with faults has no lines.
    """
    wrong = list(mapping_faults(reading, table.heading))
    if wrong:
        return Deck(faults=tuple(wrong), rows=len(table.rows))
    reader = _Reader(table, reading, currency, frozenset(taken))
    found: list[Line] = []
    for place, (row, cells) in enumerate(table.rows):
        if place % 5_000 == 0:
            progress(place, len(table.rows))
        line = reader.line(row, cells)
        if line is not None:
            found.append(line)
        if len(reader.faults) >= MOST_FAULTS:
            reader.faults.append(Fault(0, "", "", "and more: only the first are told", "mend these and read it again"))
            break
    progress(len(table.rows), len(table.rows))
    lines = _once(found, reader)
    if not lines and not reader.faults:
        reader.faults.append(Fault(0, "", "", "the file holds no line", "a rate in at least one row"))
    many = len({line.key for line in lines})
    if many > MOST_DESTINATIONS:
        reader.faults.append(
            Fault(0, "destination", str(many), "too many", f"at most {MOST_DESTINATIONS} destinations")
        )
    faults = tuple(reader.faults)
    return Deck(() if faults else tuple(lines), faults, tuple(reader.notes[:MOST_NOTES]), len(table.rows))


def currency_of(table: Table, reading: Reading) -> str:
    """The currency that the deck says itself, by its column, one text for all rows, or a sign beside the rates; empty:
    none, or none that there is."""
    said = [reading.constants.get("currency", "")]
    for name in ("currency", "rate"):
        column = reading.columns.get(name)
        if column in table.heading:
            place = table.heading.index(column)
            first = next((cells[place] for _, cells in table.rows if cells[place]), "")
            said += [first, *re.findall(r"\b[A-Z]{3}\b", column)]
    for text in said:
        try:
            return require_currency(text.strip().upper() if text.isalpha() else amount_of(text)[1])
        except (DomainError, CellWrong):
            continue
    return ""


def key_of(name: str, taken: Collection[str] = ()) -> str:
    """The key of a destination's zone: its name in lower-case words. One that is taken gets ``-deck`` behind it."""
    flat = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "-", flat.replace("'", "")).strip("-")
    if not key:
        key = f"zone-{hashlib.sha256(name.casefold().encode()).hexdigest()[:8]}"
    return f"{key}-deck" if key in taken or key == "unknown" else key


class _Reader:
    """Reads rows, and collects what is wrong in them."""

    def __init__(self, table: Table, reading: Reading, currency: str, taken: frozenset[str]) -> None:
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self._reading = reading
        self._currency = currency
        self._taken = taken
        self._columns = dict(reading.columns)
        self._places = {name: table.heading.index(column) for name, column in reading.columns.items()}
        self._orders = {name: self._order(name, table) for name in ("effective", "end")}
        self._keys: dict[str, str] = {}
        self._known: dict[tuple[str, str], object] = {}

    def _order(self, name: str, table: Table) -> DayOrder:
        if self._reading.days is not DayOrder.GUESS or name not in self._places:
            return self._reading.days
        place = self._places[name]
        return guessed_order({cells[place] for _, cells in table.rows})

    def line(self, row: int, cells: Sequence[str]) -> Line | None:
        """The line that a row is; None after noting what is wrong, and for a row without anything of a deck."""
        given = {name: cells[place] for name, place in self._places.items() if cells[place]}
        if not given:
            return None
        for name, text in self._reading.constants.items():
            given.setdefault(name, text)
        before = len(self.faults)
        mark = self._read(row, given, "mark", mark_of)
        effective = self._day(row, given, "effective")
        end = self._day(row, given, "end")
        prefixes = self._prefixes(row, given)
        terms = None if mark is Mark.GONE else self._terms(row, given, mark)
        if effective is None and "effective" not in given:
            self._fault(row, "effective", "", "the effective date is missing", "a day such as 2026-12-01")
        if effective and end and end < effective:
            self._fault(row, "end", given["end"], "it ends before it begins", f"{effective} or later")
        name = " ".join(given.get("destination", "").split()) or (f"Rate {terms}" if terms and prefixes else "")
        if not name and mark is not Mark.GONE:
            self._fault(row, "prefix", "", "neither a destination nor a prefix", "at least one of them")
        if not prefixes and not given.get("destination"):
            return None
        if len(self.faults) > before or effective is None:
            return None
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = key_of(name, self._taken) if name else ""
        return Line(row, key, name, prefixes, terms, effective, end, mark)

    def _prefixes(self, row: int, given: Mapping[str, str]) -> tuple[str, ...]:
        text = given.get("prefix", "")
        if not text and "country-code" in given and "destination" in given:
            text, given = given["country-code"], {}
        if not text:
            return ()
        if text.isdigit() and text[0] != "0" and len(text) <= 15 and "country-code" not in given:
            return (text,)
        try:
            return tuple(dict.fromkeys(prefixes_of(text, given.get("country-code", ""))))
        except CellWrong as wrong:
            self._fault(row, "prefix", text, str(wrong), wrong.expected)
            return ()

    def _terms(self, row: int, given: Mapping[str, str], mark: Mark | None) -> Terms | None:
        said = given.get("rate", "")
        if mark is Mark.BLOCKED or said.strip().lower() in BLOCKED_WORDS:
            return Terms(None)
        if not said:
            self._fault(row, "rate", "", "the rate is missing", "0.0123, or the mark blocked or deleted")
            return None
        rate = self._amount(row, given, "rate")
        connect = self._amount(row, given, "connect") if "connect" in given else Decimal(0)
        self._currency_fits(row, given)
        first, following = self._increments(row, given)
        if rate is None or connect is None or not first:
            return None
        if rate == 0 and not connect:
            if self._reading.zero is Zero.REFUSE:
                self._fault(row, "rate", said, "a call would cost nothing", "a rate, or say what a rate of zero means")
                return None
            return Terms(None) if self._reading.zero is Zero.BLOCKED else Terms(Decimal(0))
        return Terms(rate, first, following, connect)

    def _increments(self, row: int, given: Mapping[str, str]) -> tuple[int, int]:
        if "increments" in given:
            return self._read(row, given, "increments", increments_of) or (0, 0)
        parts = []
        for name in ("first", "next"):
            if name not in given:
                self._fault(row, name, "", "the billing increment is missing", "seconds such as 60")
                return 0, 0
            part = self._read(row, given, name, increments_of)
            if part is None:
                return 0, 0
            parts.append(part[0])
        return parts[0], parts[1]

    def _amount(self, row: int, given: Mapping[str, str], name: str) -> Decimal | None:
        found = self._read(row, given, name, amount_of)
        if found is None:
            return None
        amount, currency = found
        if currency and currency != self._currency:
            self._fault(row, name, given[name], f"the tariff is in {self._currency}", f"an amount in {self._currency}")
            return None
        if name == "connect" and amount != round_micros(amount):
            self._fault(row, name, given[name], "the fee is too fine", "at most six decimals")
            return None
        return amount

    def _currency_fits(self, row: int, given: Mapping[str, str]) -> None:
        code = given.get("currency", "").strip().upper()
        if not code or code == self._currency:
            return
        try:
            require_currency(code)
        except DomainError:
            self._fault(row, "currency", given["currency"], "there is no such currency", self._currency)
            return
        self._fault(row, "currency", given["currency"], f"the tariff is in {self._currency}", "one tariff per currency")

    def _day(self, row: int, given: Mapping[str, str], name: str) -> date | None:
        order = self._orders[name]
        return self._read(row, given, name, lambda cell: day_of(cell, order))

    def _read(self, row: int, given: Mapping[str, str], name: str, read: Callable[[str], T]) -> T | None:
        """What the cell says; read once for all cells with the same text."""
        if name not in given:
            return None
        text = given[name]
        if (name, text) in self._known:
            return cast("T", self._known[name, text])
        try:
            found = self._known[name, text] = read(text)
            return found
        except CellWrong as wrong:
            self._fault(row, name, text, str(wrong), wrong.expected)
            return None

    def _fault(self, row: int, name: str, value: str, message: str, expected: str) -> None:
        column = self._columns.get(name, name)
        self.faults.append(Fault(row, column, value if len(value) <= 60 else f"{value[:59]}…", message, expected))

    def note(self, row: int, name: str, value: str, message: str, expected: str = "") -> None:
        """Something to look at that refuses nothing."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(Fault(row, self._columns.get(name, name), value, message, expected))

    def twice(self, line: Line, value: str, other: Line, what: str) -> None:
        """Two lines that cannot both hold."""
        self._fault(line.row, "prefix", value, f"{what} in row {other.row} ({other.name})", "each prefix once a day")


def round_micros(amount: Decimal) -> Decimal:
    """The amount in whole micro-units, rounded down."""
    return Decimal(int(amount * 1_000_000)) / 1_000_000


def _once(lines: Sequence[Line], reader: _Reader) -> list[Line]:
    """The lines with each prefix once a day: what stands there twice is left out and noted, or refused."""
    seen: dict[tuple[str, date], Line] = {}
    kept: list[Line] = []
    for line in lines:
        mine = []
        for prefix in line.prefixes or (f"={line.key}",):
            other = seen.setdefault((prefix, line.effective), line)
            if other is line:
                mine.append(prefix)
            elif (other.key, other.terms, other.end) == (line.key, line.terms, line.end):
                reader.note(line.row, "prefix", prefix.lstrip("="), f"stands in row {other.row} already")
            else:
                reader.twice(line, prefix.lstrip("="), other, f"the same prefix on {line.effective} with other words")
        if mine:
            whole = not line.prefixes or len(mine) == len(line.prefixes)
            kept.append(line if whole else replace(line, prefixes=tuple(mine)))
    _periods(kept, reader)
    for line, prefix, outer in _within(kept):
        reader.note(line.row, "prefix", prefix, f"lies within {outer} of the same destination")
    return kept


def _periods(lines: Sequence[Line], reader: _Reader) -> None:
    """A later line takes over from an earlier one; one that ends before the earlier one does would leave a doubt."""
    of: dict[str, list[Line]] = {}
    for line in lines:
        for prefix in line.prefixes:
            of.setdefault(prefix, []).append(line)
    for prefix, several in of.items():
        if len(several) == 1:
            continue
        several.sort(key=lambda one: one.effective)
        for one, after in pairwise(several):
            if one.end and after.end and one.end >= after.effective and after.end < one.end:
                reader.twice(after, prefix, one, "its time lies within that of the same prefix")


def _within(lines: Sequence[Line]) -> Iterator[tuple[Line, str, str]]:
    owner = {(prefix, line.effective): line.key for line in lines for prefix in line.prefixes}
    told = 0
    for line in lines:
        for prefix in line.prefixes:
            for length in range(len(prefix) - 1, 0, -1):
                outer = owner.get((prefix[:length], line.effective))
                if outer is not None:
                    if outer == line.key:
                        yield line, prefix, prefix[:length]
                        told += 1
                        if told >= MOST_NOTES:
                            return
                    break
