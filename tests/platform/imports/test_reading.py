"""Files as tables, and columns as fields."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from linehouse.platform.imports.errors import FileUnreadable, MappingWrong
from linehouse.platform.imports.mapping import check, plain, rows_of, suggest
from linehouse.platform.imports.reading import read_sheet
from linehouse.platform.imports.values import Field, FieldMap, Sheet

TABLE = Sheet(("name", "city"), (("Fenna", "Zürich"), ("Joris", "")))


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        "name,city\nFenna,Zürich\nJoris,\n".encode(),
        "\ufeffname;city\r\nFenna;Zürich\r\n\r\nJoris;\r\n".encode(),
        "name\tcity\nFenna\tZürich\nJoris\n".encode("cp1252"),
        "name|city\nFenna|Zürich\nJoris|\n".encode("utf-16"),
        b'name,city\n"Fenna","Z\xc3\xbcrich"\nJoris,"",surplus\n',
        workbook(("name", "city", None), ("Fenna", "Zürich"), (None, None), ("Joris", None)),
    ],
)
def test_the_usual_files_are_the_same_table(data: bytes) -> None:
    assert read_sheet("file", data) == TABLE


def test_cells_of_a_workbook_are_what_was_typed() -> None:
    sheet = read_sheet(
        "book.xlsx", workbook(("a", "b", "c", "d"), (date(1990, 2, 28), 7, 0.1, True), (31610200001, 5.0, "'=1", 1e20))
    )
    assert sheet.rows == (("1990-02-28", "7", "0.1", "yes"), ("31610200001", "5", "=1", "1e+20"))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"name,city\n", "no rows"),
        (b"name,name\nx,y\n", "'name'"),
        (b"PK\x03\x04garbage", "cannot be read"),
        (b'name\n"open', "cannot be read"),
        (b"name\n\x00\n", "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(FileUnreadable, match=says):
        read_sheet("file", data)


@given(data=st.binary(max_size=300))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    try:
        sheet = read_sheet("file", data)
    except FileUnreadable:
        return
    assert all(len(row) == len(sheet.heading) for row in sheet.rows)


FIELDS = (
    Field("given_name", "Given name", aliases=("Vorname",)),
    Field("email", "E-mail", required=True),
    Field("country", "Country", required=True),
)


def test_columns_are_recognised_and_constants_fill_gaps() -> None:
    assert plain("E-Mail Address ") == "emailaddress"
    sheet = Sheet(("VORNAME", "email", "Land"), (("Fenna", "f@x.example", ""), ("Joris", "", "DE")))
    found = suggest(sheet.heading, FIELDS)
    assert found.columns == {"given_name": "VORNAME", "email": "email"}
    with pytest.raises(MappingWrong, match="Country comes from no column"):
        check(found, sheet.heading, FIELDS)
    chosen = FieldMap({**found.columns, "country": "Land"}, {"country": "NL"})
    check(chosen, sheet.heading, FIELDS)
    assert rows_of(sheet, chosen) == [
        {"given_name": "Fenna", "email": "f@x.example", "country": "NL"},
        {"given_name": "Joris", "country": "DE"},
    ]
    with pytest.raises(MappingWrong):
        check(FieldMap({"email": "e"}), sheet.heading, FIELDS)
    with pytest.raises(MappingWrong):
        check(FieldMap({"hat": "email"}), sheet.heading, FIELDS)
