"""The export of everything that the brand knows of a person: for machines (JSON), for people (HTML), with the files."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from linehouse.kernel.error import NotFound
from linehouse.platform.documents.service import load
from linehouse.platform.personal.collect import Section, collect

_STYLE = "body{font:15px/1.5 sans-serif;margin:2rem auto;max-width:60rem}table{border-collapse:collapse;width:100%}"
_CELLS = "th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}"


def export_of(party_id: UUID, *, brand: str, made_at: datetime) -> bytes:
    """A zip file with ``data.json``, ``data.html`` and the person's kept files below ``files/``."""
    sections = collect(party_id)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", as_json(sections, brand=brand, subject=party_id, made_at=made_at))
        archive.writestr("data.html", as_html(sections, brand=brand, made_at=made_at))
        for section in sections:
            if section.table.name == "documents_storeddocument" and section.table.part != "exports":
                for row in section.rows:
                    _add_file(archive, row)
    return packed.getvalue()


def as_json(sections: Sequence[Section], *, brand: str, subject: UUID, made_at: datetime) -> str:
    """One object: of each table its rows, and of each column its class, purpose, retention and erasure."""
    told = {
        "brand": brand,
        "subject": str(subject),
        "madeAt": made_at.isoformat(),
        "sections": [
            {
                "name": section.table.key,
                "title": section.table.title,
                "columns": {
                    name: {
                        "class": column.what.value,
                        "purpose": column.why,
                        "keptForMonths": column.months,
                        "onErasure": column.erasure.value,
                        "basis": column.basis,
                    }
                    for name, column in section.told.items()
                },
                "rows": [{name: _plain(value) for name, value in row.items()} for row in section.rows],
            }
            for section in sections
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def as_html(sections: Sequence[Section], *, brand: str, made_at: datetime) -> str:
    """The same for reading: a page that needs nothing else."""
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(brand)}: your data</title>',
        f"<style>{_STYLE}{_CELLS}</style><h1>What {html.escape(brand)} knows about you</h1>",
        f"<p>Made {html.escape(made_at.isoformat(timespec='minutes'))}.</p>",
    ]
    for section in sections:
        parts.append(f"<h2>{html.escape(section.table.title)}</h2><ul>")
        for name, column in section.told.items():
            kept = f"{column.months} months" if column.months else "as long as you are known to us"
            parts.append(f"<li><b>{_words(name)}</b>: {html.escape(column.why)}; kept {kept}</li>")
        names = list(section.rows[0])
        parts.append(f"</ul><table><tr>{''.join(f'<th>{_words(name)}</th>' for name in names)}</tr>")
        for row in section.rows:
            cells = "".join(f"<td>{html.escape(_text(row[name]))}</td>" for name in names)
            parts.append(f"<tr>{cells}</tr>")
        parts.append("</table>")
    return "\n".join(parts)


def _add_file(archive: zipfile.ZipFile, row: dict[str, Any]) -> None:
    try:
        file = load(row["id"])
    except NotFound:
        return
    archive.writestr(f"files/{file.name}", file.content)


def _words(name: str) -> str:
    return html.escape(name.replace("_", " ").capitalize())


def _text(value: object) -> str:
    plain = _plain(value)
    return "" if plain is None else plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _plain(value: object) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str | dict | list):
        return value
    return str(value)
