"""A file as a table of texts: CSV in the usual encodings and separators, or the first sheet of an XLSX workbook."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from linehouse.platform.imports.errors import FileUnreadable
from linehouse.platform.imports.values import Sheet

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL = 4_000
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


def _clean(cell: object) -> str:
    text = "" if cell is None else cell if isinstance(cell, str) else _text(cell)
    text = text.strip()
    # Our own result files keep a spreadsheet from running a text as a formula by an apostrophe.
    if text.startswith(_GUARDED):
        text = text[1:]
    if len(text) > MAX_CELL or "\x00" in text:
        raise ValueError(f"a cell holds more than {MAX_CELL} characters, or the null character")
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
        case _:
            # Spreadsheets keep numbers as binary fractions; their shortest decimal form is what was typed.
            number = Decimal(repr(cell)) if repr(cell).replace(".", "").replace("-", "").isdigit() else None
            if number is not None and number == number.to_integral_value():
                return str(number.to_integral_value())
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


def _workbook(data: bytes) -> Iterator[Iterable[object]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise FileUnreadable("the workbook is too large", field="file", expected="a smaller one, or CSV")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise FileUnreadable(f"the workbook cannot be read: {error}", field="file", expected=_EXPECTED) from error
    sheet = book.worksheets[0]
    return iter(sheet.iter_rows(values_only=True))
