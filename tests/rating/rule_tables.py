"""Reads the worked tables of docs/rules, so that they are executed: a figure in them that is wrong is a red test.

Above each table stands a marker, ``<!-- worked: name -->``, that names the fixture which makes a decision of a row. The
columns whose names are known here are then compared with that decision; the others are the row's data, or words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity
from linehouse.rating.values import BucketKind, Consumption

RULES = Path(__file__).parents[2] / "docs" / "rules"
_MARK = re.compile(r"^\s*<!-- worked: ([a-z0-9-]+) -->$")
_AMOUNT = re.compile(r"(−?)€(\d+(?:\.\d+)?)")
_QUANTITY = re.compile(r"\d+(?:\.\d+)? (?:ms|s|min|h|octets|kB|MB|GB|TB|messages?|events?)\b")
_CODE = re.compile(r"`([^`]+)`")

Row = dict[str, str]


@dataclass(frozen=True)
class Table:
    """One table of a document; ``name`` is empty where it has no marker."""

    document: str
    line: int
    name: str
    rows: tuple[Row, ...]


def tables(document: str) -> Iterator[Table]:
    """Every table of a document."""
    lines = (RULES / document).read_text(encoding="utf-8").splitlines()
    mark, place = "", 0
    while place < len(lines):
        found = _MARK.match(lines[place])
        if found:
            mark = found.group(1)
        elif lines[place].lstrip().startswith("|"):
            start = place
            while place < len(lines) and lines[place].lstrip().startswith("|"):
                place += 1
            cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines[start:place]]
            rows = tuple(dict(zip(cells[0], row, strict=True)) for row in cells[2:])
            yield Table(document, start + 1, mark, rows)
            mark = ""
            continue
        place += 1


def micros(cell: str) -> int:
    """The last amount of a cell (``2 × €0.10 = €0.20`` is 0.20); a bare 0 is nothing."""
    found = _AMOUNT.findall(cell)
    if not found:
        assert cell.split(",", maxsplit=1)[0].strip() in {"0", "nothing", "none"}, f"no amount in {cell!r}"
        return 0
    sign, figure = found[-1]
    return Money.of(figure, "EUR").micros * (-1 if sign else 1)


def quantity(cell: str) -> int:
    """The first quantity of a cell, in base units; a bare 0 is nothing."""
    found = _QUANTITY.search(cell)
    if found is None:
        assert cell.split(",", maxsplit=1)[0].strip() in {"0", "nothing", "none"}, f"no quantity in {cell!r}"
        return 0
    return Quantity.parse(found.group()).amount


def words(cell: str) -> list[str]:
    """The words between backticks."""
    return _CODE.findall(cell)


def _blocks(decided: Consumption) -> str:
    unit = decided.priced.unit
    shown = [f"{part.blocks} × {_human(Quantity(part.block, unit))}" for part in decided.priced.parts if part.charged]
    return " + ".join(shown) or "none"


def _human(size: Quantity) -> str:
    return size.human().replace("1 min", "60 s") if size.human() == "1 min" else size.human()


def _from(decided: Consumption, kind: BucketKind) -> int:
    return decided.money_takes.get(kind.value, 0)


OUTCOMES: dict[str, tuple[Callable[[str], object], Callable[[Consumption], object]]] = {
    "amount": (micros, lambda one: one.priced.total.micros),
    "money": (micros, lambda one: one.priced.total.micros),
    "this report adds": (micros, lambda one: sum(one.money_takes.values()) + one.uncollected),
    "blocks": (str, _blocks),
    "units taken": (quantity, lambda one: sum(one.unit_takes.values())),
    "promotional": (micros, lambda one: _from(one, BucketKind.PROMOTIONAL)),
    "main": (micros, lambda one: _from(one, BucketKind.MAIN)),
    "uncollected": (micros, lambda one: one.uncollected),
    "verdict": (str, lambda one: one.priced.verdict.value),
    "rule": (str, lambda one: one.priced.parts[0].rule),
    "granted to": (quantity, lambda one: one.ends_at),
    "not granted": (quantity, lambda one: one.blocked),
    "slower": (quantity, lambda one: one.throttled),
}
"""Columns that are compared: how the cell is read, and what it is in the decision."""


def check(table: Table, decide: Callable[[Row], Consumption]) -> None:
    """Each row of the table comes out as it says."""
    known = [column for column in table.rows[0] if column in OUTCOMES]
    assert known, f"{table.document}, line {table.line}: no column says what should come out"
    for place, row in enumerate(table.rows):
        decided = decide(row)
        for column in known:
            read, found = OUTCOMES[column]
            where = f"{table.document}, line {table.line + 2 + place}, {column}: {row}"
            assert found(decided) == read(row[column]), where
