"""The log of erasures: outside every database, so that who was erased stays erased when an older database is restored.

One file for each brand in the folder of the master keys, a line for each erasure: the instant and the subject's id, no
personal value. The contract with a restore: after an older state of a brand's database is in place, and before anybody
is served, ``apply_erasures(erasures_since(taken_at))`` inside the brand's scope; it may be repeated.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.masters import masters
from linehouse.platform.personal.models import SubjectKey
from linehouse.platform.scope import current_brand


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a subject was erased, and when by the business clock."""

    subject: UUID
    at: datetime


def note(brand: str, subject: UUID, at: datetime) -> None:
    """Write down that a subject was erased; it is on disk when this returns."""
    masters().current()
    line = json.dumps({"at": at.isoformat(), "subject": str(subject)}) + "\n"
    handle = os.open(_file(brand), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        log.write(line)
        log.flush()
        os.fsync(log.fileno())


def noted() -> list[Erasure]:
    """Every erasure of the current brand that is written down, the oldest first."""
    file = _file(current_brand())
    if not file.exists():
        return []
    found = []
    for line in file.read_text().splitlines():
        entry = json.loads(line)
        found.append(Erasure(UUID(entry["subject"]), datetime.fromisoformat(entry["at"])))
    return sorted(found, key=lambda one: (one.at, one.subject))


def erasures_since(instant: datetime) -> list[Erasure]:
    """The current brand's erasures from the business instant on: those that a state of that instant does not know."""
    return [one for one in noted() if one.at >= instant]


def catch_up() -> int:
    """Write down erasures that the database knows and the log lacks, as after a crash between the two."""
    known = {one.subject for one in noted()}
    rows = SubjectKey.objects.filter(purpose=Purpose.PERSONAL, wrapped=None).order_by("destroyed_at", "subject")
    missing = [row for row in rows if row.subject not in known and row.destroyed_at is not None]
    for row in missing:
        if row.destroyed_at is not None:
            note(current_brand(), row.subject, row.destroyed_at)
    return len(missing)


def not_applied(wanted: Iterable[Erasure]) -> list[Erasure]:
    """Those of the erasures that the database does not show: their key can still be used."""
    by_subject = {one.subject: one for one in wanted}
    alive = SubjectKey.objects.filter(
        subject__in=list(by_subject), purpose=Purpose.PERSONAL, wrapped__isnull=False
    ).values_list("subject", flat=True)
    return [by_subject[subject] for subject in sorted(alive)]


def _file(brand: str) -> Path:
    return masters().folder / f"erasures-{brand}.jsonl"
