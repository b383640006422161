"""Which column is which field: recognised by headings, checked before anything is read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from linehouse.platform.imports.errors import MappingWrong
from linehouse.platform.imports.values import Field, FieldMap, Sheet


def plain(heading: str) -> str:
    """A heading without case, accents, spaces and punctuation: ``E-mail address`` is ``emailaddress``."""
    flat = unicodedata.normalize("NFKD", heading).casefold()
    return re.sub(r"[^a-z0-9]", "", flat)


def suggest(heading: Sequence[str], fields: Iterable[Field]) -> FieldMap:
    """The columns that are recognised by a field's name, label or aliases; each column at most once."""
    free = {plain(name): name for name in heading}
    found: dict[str, str] = {}
    for field in fields:
        for word in (field.name, field.label, *field.aliases):
            if (column := free.pop(plain(word), None)) is not None:
                found[field.name] = column
                break
    return FieldMap(found)


def check(mapping: FieldMap, heading: Sequence[str], fields: Sequence[Field]) -> None:
    """Raise MappingWrong for an unknown field or column, and for a required field that comes from nowhere."""
    names = {field.name for field in fields}
    for name in sorted({*mapping.columns, *mapping.constants} - names):
        raise MappingWrong(f"there is no field {name}", field=name, expected=", ".join(sorted(names)))
    for name, column in sorted(mapping.columns.items()):
        if column not in heading:
            raise MappingWrong(
                f"the file has no column {column!r}", field=name, value=column, expected=", ".join(heading)
            )
    for field in fields:
        if field.required and field.name not in mapping.columns and not mapping.constants.get(field.name):
            raise MappingWrong(
                f"{field.label} comes from no column", field=field.name, expected="a column, or one text"
            )


def rows_of(sheet: Sheet, mapping: FieldMap) -> list[dict[str, str]]:
    """Each row by field, empty fields left out."""
    places = {field: sheet.heading.index(column) for field, column in mapping.columns.items()}
    return [_row(cells, places, mapping.constants) for cells in sheet.rows]


def _row(cells: tuple[str, ...], places: Mapping[str, int], constants: Mapping[str, str]) -> dict[str, str]:
    row = {field: text for field, text in constants.items() if text}
    row.update({field: cells[place] for field, place in places.items() if cells[place]})
    return row
