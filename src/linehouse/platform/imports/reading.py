"""A file as a table of texts: CSV in the usual encodings and separators, or the first sheet of an XLSX workbook."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from linehouse.platform.imports.errors import FileUnreadable
from linehouse.platform.imports.values import Sheet

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL = 4_000
LONGEST_LIST = 32_767
"""What a cell of a spreadsheet can hold at most: in tables, a cell may hold a list."""
LOOKED_AT = 40
"""So many rows at the top of a sheet tell what it holds."""
MAX_UNPACKED = 512 * 1024 * 1024
"""Octets that a workbook may unpack to; more is an attack rather than a customer list."""
_SEPARATORS = ",;\t|"
_GUARDED = ("'=", "'+", "'-", "'@")
_EXPECTED = "CSV (UTF-8 or Windows-1252) or XLSX with a heading in its first row"


def read_sheet(name: str, data: bytes) -> Sheet:
    """The table in the file; empty rows are left out. Raises FileUnreadable."""
    rows = _workbook(data) if data[:4] == b"PK\x03\x04" else _csv(data)
    heading: tuple[str, ...] = ()
    found: list[tuple[str, ...]] = []
    try:
        for row in rows:
            cells = tuple(_clean(cell) for cell in row)
            if not any(cells):
                continue
            if not heading:
                heading = _heading(cells)
                continue
            if len(found) == MAX_ROWS:
                raise FileUnreadable(f"{name} is too long", field="file", expected=f"at most {MAX_ROWS} rows")
            found.append((cells + ("",) * len(heading))[: len(heading)])
    except (csv.Error, zipfile.BadZipFile, ValueError, KeyError) as error:
        raise FileUnreadable(f"{name} cannot be read: {error}", field="file", expected=_EXPECTED) from error
    if not heading:
        raise FileUnreadable(f"{name} is empty", field="file", expected=_EXPECTED)
    if not found:
        raise FileUnreadable(f"{name} has a heading and no rows", field="file", expected="at least one row")
    return Sheet(heading, tuple(found))


Rows = tuple[tuple[int, tuple[str, ...]], ...]
"""Rows with their numbers in the file."""


def read_table(name: str, data: bytes, wanted: Callable[[Rows], bool] | None = None) -> Rows:
    """Every row that holds something, with its number in the file, for files that have words above their heading.

    ``wanted`` says of a sheet's first rows whether it is the one that is meant: of a workbook the first such sheet is
    read, else its first. Raises FileUnreadable.
    """
    found: list[tuple[int, tuple[str, ...]]] = []
    try:
        packed = data[:4] == b"PK\x03\x04"
        for number, row in enumerate(_workbook(data, wanted), 1) if packed else _numbered(data):
            cells = tuple(_clean(cell, LONGEST_LIST) for cell in row)
            if any(cells):
                found.append((number, cells))
            if len(found) > MAX_ROWS:
                raise FileUnreadable(f"{name} is too long", field="file", expected=f"at most {MAX_ROWS} rows")
            if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
                raise FileUnreadable(f"{name} has too many columns", field="file", expected=f"at most {MAX_COLUMNS}")
    except (csv.Error, zipfile.BadZipFile, ValueError, KeyError) as error:
        raise FileUnreadable(f"{name} cannot be read: {error}", field="file", expected=_EXPECTED) from error
    if not found:
        raise FileUnreadable(f"{name} is empty", field="file", expected=_EXPECTED)
    return tuple(found)


def _numbered(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file by the line on which each ends; divided by what divides most of the first lines alike."""
    text = _decoded(data)
    sample = [line for line in text[:65_536].splitlines()[:60] if line.strip()]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=_alike(sample)), strict=True)
    return ((rows.line_num, row) for row in rows)


def _alike(lines: Sequence[str]) -> Callable[[str], tuple[int, int]]:
    """How many lines a separator divides into the same number of columns, and into how many."""

    def count(separator: str) -> tuple[int, int]:
        seen = Counter(line.count(separator) for line in lines if separator in line)
        columns, often = max(seen.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
        return often, columns

    return count


def _heading(cells: tuple[str, ...]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MAX_COLUMNS:
        raise FileUnreadable("the file has too many columns", field="file", expected=f"at most {MAX_COLUMNS}")
    named = tuple(cell or f"column {place}" for place, cell in enumerate(cells, 1))
    twice = sorted({cell for cell in named if named.count(cell) > 1})
    if twice:
        raise FileUnreadable(
            f"two columns are called {twice[0]!r}", field="file", value=twice[0], expected="each heading once"
        )
    return named


def _clean(cell: object, most: int = MAX_CELL) -> str:
    text = "" if cell is None else cell if isinstance(cell, str) else _text(cell)
    text = text.strip()
    # Our own result files keep a spreadsheet from running a text as a formula by an apostrophe.
    if text.startswith(_GUARDED):
        text = text[1:]
    if len(text) > most or "\x00" in text:
        raise ValueError(f"a cell holds more than {most} characters, or the null character")
    return text


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
        case date():
            return cell.isoformat()
        case int():
            return str(cell)
        case _ if isinstance(cell, float) and abs(cell) < 10**15:
            # Spreadsheets keep numbers as binary fractions, and show at most 15 digits of them: those were typed.
            number = Decimal(f"{cell:.15g}")
            return f"{number.to_integral_value() if number == number.to_integral_value() else number:f}"
        case _:
            return str(cell)


def _csv(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    sample = text[:16_384]
    first = sample.splitlines()[0] if sample.splitlines() else ""
    separator = max(_SEPARATORS, key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _workbook(data: bytes, wanted: Callable[[Rows], bool] | None = None) -> Iterator[Iterable[object]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise FileUnreadable("the workbook is too large", field="file", expected="a smaller one, or CSV")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise FileUnreadable(f"the workbook cannot be read: {error}", field="file", expected=_EXPECTED) from error
    sheets = book.worksheets
    sheet = next((one for one in sheets if wanted and wanted(_first_rows(one.iter_rows(values_only=True)))), sheets[0])
    return iter(sheet.iter_rows(values_only=True))


def _first_rows(rows: Iterable[Iterable[object]]) -> Rows:
    found = ((number, tuple(_clean(cell, LONGEST_LIST) for cell in row)) for number, row in enumerate(rows, 1))
    return tuple(one for one in islice(found, LOOKED_AT) if any(one[1]))
