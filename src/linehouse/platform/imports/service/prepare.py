"""Taking a file in, and saying which column is which field."""

from __future__ import annotations

from collections.abc import Mapping

from linehouse.kernel.ids import new_id
from linehouse.platform.documents import service as documents
from linehouse.platform.imports import mapping as columns_and_fields
from linehouse.platform.imports.errors import NotNow
from linehouse.platform.imports.events import ImportReceived
from linehouse.platform.imports.kinds import ImportKind, kind_of
from linehouse.platform.imports.models import Import
from linehouse.platform.imports.reading import read_sheet
from linehouse.platform.imports.service.look import find_import, row_of, sheet_in
from linehouse.platform.imports.values import FieldMap, ImportView, Sheet
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work

SERIES = default_series("import", "I-{n:06d}")
DOCUMENT = "import.file"
"""Kind of the kept files."""
_OPEN = frozenset({"received", "tried"})


def receive(kind: str, name: str, data: bytes, *, actor: Actor) -> ImportView:
    """Take a file in and suggest a mapping: the one that was last used for such a heading, else by the headings' words.

    Raises ImportKindUnknown, FileUnreadable.
    """
    known = kind_of(kind)
    sheet = read_sheet(name, data)
    with unit_of_work(actor, f"import of {name}") as work:
        number = next_number(SERIES)
        media_type = "text/csv" if data[:2] != b"PK" else "application/octet-stream"
        document_id = documents.store(
            name[:255], media_type, data, kind=DOCUMENT, subject=number, sealing=documents.SEALED_FOR_THE_HOUSE
        )
        found = _suggestion(known, sheet)
        row = Import.objects.create(
            id=new_id(),
            number=number,
            kind=kind,
            file_name=name[:255],
            document_id=document_id,
            columns=dict(found.columns),
            constants=dict(found.constants),
            rows=len(sheet.rows),
            started_by=actor.name[:200],
            created_at=work.now,
            changed_at=work.now,
        )
        emit(ImportReceived(import_id=row.id, number=number, kind=kind, rows=row.rows))
        return find_import(number)


def set_mapping(number: str, columns: Mapping[str, str], constants: Mapping[str, str], *, actor: Actor) -> ImportView:
    """Say which column is which field, and which fields have one text for all rows. Raises MappingWrong, NotNow."""
    with unit_of_work(actor, f"mapping of import {number}") as work:
        row = row_of(number, lock=True)
        if row.state not in _OPEN:
            raise NotNow(f"the import is {row.state}", field="state", value=row.state, expected="before it has run")
        chosen = FieldMap(dict(columns), {field: text.strip() for field, text in constants.items() if text.strip()})
        columns_and_fields.check(chosen, sheet_in(row).heading, kind_of(row.kind).fields())
        row.columns, row.constants, row.changed_at = dict(chosen.columns), dict(chosen.constants), work.now
        row.save(update_fields=["columns", "constants", "changed_at"])
        return find_import(number)


def _suggestion(kind: ImportKind, sheet: Sheet) -> FieldMap:
    fields = kind.fields()
    names = {field.name for field in fields}
    for earlier in Import.objects.filter(kind=kind.name, state__in=("tried", "done")).order_by("-changed_at")[:20]:
        fits = set(earlier.columns.values()) <= set(sheet.heading) and set(earlier.columns) <= names
        if fits and earlier.columns:
            constants = {field: text for field, text in earlier.constants.items() if field in names}
            return FieldMap(earlier.columns, constants)
    return columns_and_fields.suggest(sheet.heading, fields)
