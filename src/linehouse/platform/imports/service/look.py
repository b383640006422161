"""Reading imports: their counts, their rows, and the result as a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from django.db.models import Count, QuerySet

from linehouse.platform.documents import service as documents
from linehouse.platform.imports.errors import ImportUnknown, NotNow
from linehouse.platform.imports.mapping import rows_of
from linehouse.platform.imports.models import Import, ImportRow
from linehouse.platform.imports.reading import read_sheet
from linehouse.platform.imports.values import Fault, FieldMap, ImportView, RowView, Sheet

_FORMULA = re.compile(r"^[=+\-@]")
_NUMBER = re.compile(r"^[+-]?[\d ().]+$")


def find_import(number: str) -> ImportView:
    """One import. Raises ImportUnknown."""
    return _views([row_of(number)])[0]


def imports(
    *, kind: str = "", state: str = "", search: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[ImportView], int]:
    """A page of imports, newest first, and how many match; ``search`` is a part of the file's name, or the number."""
    rows: QuerySet[Import] = Import.objects.order_by("-created_at", "-number")
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(file_name__icontains=search) | rows.filter(number__iexact=search)
    return _views(list(rows[offset : offset + limit])), rows.count()


def results(number: str, *, state: str = "", offset: int = 0, limit: int = 50) -> tuple[Sequence[RowView], int]:
    """A page of rows in the file's order, and how many match. Raises ImportUnknown."""
    rows = ImportRow.objects.filter(owner=row_of(number)).order_by("position")
    if state:
        rows = rows.filter(state=state)
    return [_row(row) for row in rows[offset : offset + limit]], rows.count()


def sheet_of(number: str) -> Sheet:
    """The file as a table. Raises ImportUnknown, and NotNow when its time was over and it was removed."""
    return sheet_in(row_of(number))


def preview(number: str, limit: int = 8) -> list[dict[str, str]]:
    """The first rows by field, as the mapping reads them. Raises ImportUnknown, NotNow."""
    row = row_of(number)
    sheet = sheet_in(row)
    return rows_of(Sheet(sheet.heading, sheet.rows[:limit]), FieldMap(row.columns, row.constants))


def result_file(number: str) -> bytes:
    """The file as it came, as CSV, with what came of each row. Corrected, it can be imported again.

    Raises ImportUnknown, NotNow.
    """
    row = row_of(number)
    sheet = sheet_in(row)
    told = {one.position: one for one in map(_row, ImportRow.objects.filter(owner=row))}
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*map(_safe, sheet.heading), "import: row", "import: state", "import: result", "import: problem"])
    for position, cells in enumerate(sheet.rows, 1):
        one = told.get(position)
        problem = "; ".join(map(str, one.faults)) if one else ""
        ending = [str(position), one.state if one else "", one.ref if one else "", problem]
        writer.writerow(map(_safe, [*cells, *ending]))
    # The byte order mark makes spreadsheets read UTF-8.
    return ("\ufeff" + text.getvalue()).encode()


def row_of(number: str, *, lock: bool = False) -> Import:
    """The row of an import. Raises ImportUnknown."""
    rows = Import.objects.select_for_update() if lock else Import.objects.all()
    row = rows.filter(number=number).first()
    if row is None:
        raise ImportUnknown("there is no such import", field="number", value=number)
    return row


def sheet_in(row: Import) -> Sheet:
    """The table in an import's kept file. Raises NotNow."""
    if row.cleared:
        raise NotNow("the file was removed when its time was over", field="number", value=row.number)
    return read_sheet(row.file_name, documents.load(row.document_id).content)


def _safe(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


def _row(row: ImportRow) -> RowView:
    return RowView(row.position, row.state, row.ref, tuple(Fault(*fault) for fault in row.faults))


def _views(rows: Iterable[Import]) -> list[ImportView]:
    page = list(rows)
    counts: dict[tuple[object, str], int] = {}
    grouped = (
        ImportRow.objects.filter(owner__in=page).order_by().values_list("owner_id", "state").annotate(n=Count("id"))
    )
    for owner, state, number in grouped:
        counts[owner, state] = number
    return [
        ImportView(
            id=row.id,
            number=row.number,
            kind=row.kind,
            file_name=row.file_name,
            document_id=row.document_id,
            state=row.state,
            rows=row.rows,
            done=row.done,
            taken=counts.get((row.id, "taken"), 0),
            known=counts.get((row.id, "known"), 0),
            refused=counts.get((row.id, "refused"), 0),
            undone=counts.get((row.id, "undone"), 0),
            kept=counts.get((row.id, "kept"), 0),
            columns=row.columns,
            constants=row.constants,
            started_by=row.started_by,
            created_at=row.created_at,
            changed_at=row.changed_at,
            cleared=row.cleared,
        )
        for row in page
    ]
