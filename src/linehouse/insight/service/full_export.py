"""Everything that a brand has, in open forms: it can leave, and needs none of this code to read what it takes along."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from linehouse.catalog.errors import NothingPublished
from linehouse.catalog.service import exported_files
from linehouse.insight.service import open_tables
from linehouse.insight.service.open_tables import Table
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import Invalid
from linehouse.ledger.service import accounts, ledger_hash, trial_balance, whole_journal
from linehouse.ledger.values import Posted
from linehouse.platform.clock.service import business_now
from linehouse.platform.documents.errors import DocumentErased
from linehouse.platform.documents.models import StoredDocument
from linehouse.platform.documents.service import load
from linehouse.platform.personal.access_log import note_access
from linehouse.platform.personal.models import SubjectKey
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Actor, unit_of_work

FORMAT = "linehouse-export/1"
Told = Callable[[str, int, int], None]

README = """\
This folder holds everything that the brand {brand} has, as of one instant.

manifest.json       what is here: rows by table, a SHA-256 for every file, the hash of the ledger
dictionary.csv      every table and column: type, unit, meaning
tables/*.ndjson     one JSON object for each row; instants in UTC (ISO 8601), amounts as whole numbers
documents/          files: invoices, statements, templates; documents.csv names them
catalog/            the published catalog and tariffs as YAML
ledger/journal.csv  the double-entry journal in the order of posting
ledger/accounts.csv, ledger/trial-balance.csv   what it sums up to

Amounts of money are in micro-units: 1000000 is one unit of the currency in the column beside them.
In the journal every row is one transfer: amount goes from the credit account to the debit account.
{personal}
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export came to."""

    folder: Path
    rows: int
    documents: int
    files: int
    ledger_hash: str


def export_everything(
    folder: Path, *, actor: Actor, personal: bool = False, reason: str = "", told: Told = lambda *_: None
) -> Exported:
    """Write everything of the current brand below an empty folder, all of one instant.

    Personal values are encrypted where they are stored; they leave readable only with `personal`, for a reason, and
    everybody concerned sees that in their access log. Raises Invalid for a folder that is not empty, or no reason.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Invalid("the folder is not empty", field="folder", value=str(folder), expected="an empty or new folder")
    if personal and not reason.strip():
        raise Invalid("personal values leave for a reason", field="reason", expected="why they are needed")
    with unit_of_work(actor, reason or "full export"):
        if personal:
            everybody = SubjectKey.objects.filter(wrapped__isnull=False).values_list("subject", flat=True).distinct()
            note_access(everybody, actor, "export", "everything, in a full export of the brand", reason=reason)
    writer = _Writer(folder)
    with _one_instant():
        counts = _tables(writer, personal, told)
        told("Writing documents", 0, 0)
        documents = _documents(writer, personal)
        told("Writing the catalog and the ledger", 0, 0)
        _catalog(writer)
        _ledger(writer)
        digest = ledger_hash()
        instant = business_now()
    words = "Personal values are readable: keep it as the law asks." if personal else "Personal values are left out."
    writer.text("README.txt", README.format(brand=current_brand(), personal=words))
    _manifest(writer, counts, documents, digest, instant, personal=personal)
    return Exported(folder, sum(counts.values()), documents, len(writer.sums), digest)


@contextmanager
def _one_instant() -> Iterator[None]:
    brand = current_brand()
    with transaction.atomic(using=brand):
        with connections[brand].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


class _Writer:
    """Writes files below a folder and keeps their checksums."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sums: dict[str, str] = {}

    def octets(self, name: str, portions: Iterable[bytes]) -> None:
        place = self.folder / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256()
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            for portion in portions:
                digest.update(portion)
                file.write(portion)
        self.sums[name] = digest.hexdigest()

    def text(self, name: str, content: str) -> None:
        self.octets(name, [content.encode()])

    def table(self, name: str, heading: list[str], lines: Iterable[Iterable[Any]]) -> None:
        self.octets(name, (row.encode() for row in _as_csv([heading], lines)))


class _Line:
    """What the csv module writes into."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text = text


def _as_csv(*parts: Iterable[Iterable[Any]]) -> Iterator[str]:
    line = _Line()
    writer = csv.writer(line, lineterminator="\n")
    for part in parts:
        for row in part:
            writer.writerow(list(row))
            yield line.text


def _tables(writer: _Writer, personal: bool, told: Told) -> dict[str, int]:
    found = open_tables.tables()
    counts: dict[str, int] = {}
    for number, table in enumerate(found):
        told(f"Writing {table.name}", number, len(found))

        def lines(table: Table = table) -> Iterator[bytes]:
            for row in open_tables.rows(table, personal=personal):
                counts[table.name] = counts.get(table.name, 0) + 1
                yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

        counts[table.name] = 0
        writer.octets(f"tables/{table.name}.ndjson", lines())
    heading = ["table", "column", "type", "nullable", "unit", "personal", "exported", "meaning"]
    writer.table("dictionary.csv", heading, (line for table in found for line in _meanings(table)))
    return counts


def _meanings(table: Table) -> Iterator[list[Any]]:
    yield [table.name, "", "", "", "", "", "", table.meaning]
    for c in table.columns:
        yield [table.name, c.name, c.kind, c.nullable, c.unit, bool(c.sealed_at), c.left_out or "yes", c.meaning]


def _documents(writer: _Writer, personal: bool) -> int:
    listed = []
    rows = StoredDocument.objects.defer("content").order_by("id")
    for row in rows.iterator():
        name = f"documents/{row.id}-{_safe(row.name)}"
        note = ""
        if row.sealed and not personal:
            note = "left out: it tells of people"
        else:
            try:
                writer.octets(name, [load(row.id).content])
            except DocumentErased:
                note = "left out: it told of somebody who was erased"
        listed.append([row.id, "" if note else name, row.name, row.media_type, row.kind, row.subject, row.sha256, note])
    writer.table("documents.csv", ["id", "file", "name", "type", "kind", "subject", "sha256", "note"], listed)
    return sum(1 for line in listed if line[1])


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name)[-80:]


def _catalog(writer: _Writer) -> None:
    try:
        files = exported_files()
    except NothingPublished:
        return
    for name, content in files.items():
        writer.text(f"catalog/{name}", content)


def _transfer(t: Posted) -> list[Any]:
    at = open_tables.plain(t.business_time)
    return [t.position, t.cause, t.leg, t.debit, t.credit, t.amount, t.asset, at, t.actor, t.note]


def _ledger(writer: _Writer) -> None:
    heading = ["position", "cause", "leg", "debit", "credit", "amount", "asset", "business_time", "actor", "note"]
    writer.table("ledger/journal.csv", heading, (_transfer(each) for each in whole_journal()))
    writer.table(
        "ledger/accounts.csv",
        ["account", "asset", "debit", "credit", "balance"],
        ([a.key, a.asset, a.debit, a.credit, a.balance] for a in accounts()),
    )
    writer.table(
        "ledger/trial-balance.csv",
        ["asset", "class", "debit", "credit"],
        ([line.asset, line.account_class, line.debit, line.credit] for line in trial_balance()),
    )


def _manifest(
    writer: _Writer, counts: dict[str, int], documents: int, digest: str, instant: datetime, *, personal: bool
) -> None:
    content = {
        "format": FORMAT,
        "brand": current_brand(),
        "business_time": open_tables.plain(instant),
        "machine_time": open_tables.plain(MachineClock().now()),
        "ledger_hash": digest,
        "personal_values": personal,
        "rows": counts,
        "documents": documents,
        "sha256": dict(sorted(writer.sums.items())),
    }
    writer.text("manifest.json", json.dumps(content, indent=2, ensure_ascii=False) + "\n")
