"""Trying, running and undoing an import: by the worker, a hundred rows at a time, each row for itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from linehouse.kernel.error import DomainError
from linehouse.platform.imports import mapping as columns_and_fields
from linehouse.platform.imports.errors import NotNow
from linehouse.platform.imports.events import ImportStateChanged
from linehouse.platform.imports.kinds import ImportKind, Row, kind_of
from linehouse.platform.imports.lifecycle import IMPORT
from linehouse.platform.imports.models import Import, ImportedKey, ImportRow
from linehouse.platform.imports.service.look import find_import, row_of, sheet_in
from linehouse.platform.imports.values import Field, FieldMap, ImportView
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Actor, Work, unit_of_work

log = structlog.get_logger()

JOB = "imports.go_on"
CHUNK = 100
"""Rows of one transaction: few enough that number series are not held for long."""
_ENDS = {"trying": "tried", "running": "done", "undoing": "undone"}


class _WithoutEffect(Exception):
    """Raised at the end of a try, so that the database takes everything back."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a row."""

    state: str
    ref: str = ""
    before: dict[str, Any] | None = None
    faults: tuple[tuple[str, str], ...] = ()


def start_try(number: str, *, actor: Actor) -> ImportView:
    """Go through all rows without effect, to see what would be refused. Raises ImportUnknown, MappingWrong, NotNow."""
    return _start(number, "trying", actor)


def start_run(number: str, *, actor: Actor) -> ImportView:
    """Take all rows; one that is refused leaves nothing and does not stop the others. On a done import, the refused
    rows are taken once more. Raises ImportUnknown, MappingWrong, NotNow."""
    return _start(number, "running", actor)


def start_undo(number: str, *, actor: Actor, reason: str) -> ImportView:
    """Take back what the import has made, the last row first; what cannot be taken back is kept, with the reason.

    Raises ImportUnknown, NotNow.
    """
    return _start(number, "undoing", actor, reason)


def _start(number: str, state: str, actor: Actor, reason: str = "") -> ImportView:
    with unit_of_work(actor, reason or f"import {number}") as work:
        row = row_of(number, lock=True)
        if state not in IMPORT.allowed(row.state):
            expected = ", ".join(IMPORT.allowed(row.state))
            raise NotNow(f"the import is {row.state}", field="state", value=row.state, expected=f"next: {expected}")
        if state != "undoing":
            heading = sheet_in(row).heading
            fields = kind_of(row.kind).fields()
            columns_and_fields.check(FieldMap(row.columns, row.constants), heading, fields)
            gone = ImportRow.objects.filter(owner=row)
            (gone if state == "trying" else gone.filter(tried=True)).delete()
        row.done = 0
        _move(row, state, work)
        _go_on(row, actor, reason or f"import {number}")
        return find_import(number)


def go_on(import_id: UUID, begin: int, actor: Actor, reason: str) -> None:
    """Do the next rows from ``begin`` on, and ask for those after them. A second time changes nothing."""
    with unit_of_work(actor, reason) as work:
        row = Import.objects.select_for_update().get(id=import_id)
        if row.state not in _ENDS or row.done != begin:
            return
        if row.state == "undoing":
            ended = _undo_some(row, actor, reason)
        else:
            ended = _take_some(row, actor)
        if ended:
            _move(row, _ENDS[row.state], work)
        else:
            row.save(update_fields=["done"])
            _go_on(row, actor, reason)


def _go_on(row: Import, actor: Actor, reason: str) -> None:
    payload = {
        "import": str(row.id),
        "begin": row.done,
        "actor": [actor.kind, actor.id, actor.name],
        "reason": reason,
    }
    began = row.changed_at.isoformat()
    times = ImportRow.objects.filter(owner=row).count()
    key = f"{row.id}:{row.state}:{began}:{times}:{row.done}"
    enqueue(JOB, payload, key=key, serial=f"import/{row.id}")


def _move(row: Import, state: str, work: Work) -> None:
    old, row.state = row.state, IMPORT.require(row.state, state)
    row.changed_at = work.now
    row.save(update_fields=["state", "done", "changed_at"])
    view = find_import(row.number)
    emit(
        ImportStateChanged(
            import_id=row.id,
            number=row.number,
            old=old,
            new=state,
            taken=view.taken,
            known=view.known,
            refused=view.refused,
        )
    )


def _take_some(row: Import, actor: Actor) -> bool:
    kind = kind_of(row.kind)
    fields = kind.fields()
    rows = columns_and_fields.rows_of(sheet_in(row), FieldMap(row.columns, row.constants))
    tried = row.state == "trying"
    settled = set(
        ImportRow.objects.filter(
            owner=row, position__gt=row.done, position__lte=row.done + CHUNK, state__in=("taken", "known", "kept")
        ).values_list("position", flat=True)
    )
    chunk = [
        (position, one, _key(kind, one))
        for position, one in enumerate(rows[row.done : row.done + CHUNK], row.done + 1)
        if position not in settled
    ]
    outcomes: list[tuple[int, str, _Outcome]] = []
    try:
        with transaction.atomic(using=current_brand()):
            for position, one, key in chunk:
                missing = _missing(fields, one)
                outcomes.append((position, key, missing or _take(row, kind, one, key, actor)))
            if tried:
                raise _WithoutEffect
    except _WithoutEffect:
        outcomes = _seen_before(row, outcomes)
    ImportRow.objects.filter(owner=row, position__in=[position for position, _, _ in outcomes]).delete()
    ImportRow.objects.bulk_create(
        ImportRow(
            owner=row,
            position=position,
            tried=tried,
            state=done.state,
            key=key,
            ref="" if tried and done.state == "taken" else done.ref,
            before=done.before or {},
            faults=list(done.faults),
        )
        for position, key, done in outcomes
    )
    row.done = min(row.done + CHUNK, len(rows))
    return row.done >= len(rows)


def _seen_before(row: Import, outcomes: list[tuple[int, str, _Outcome]]) -> list[tuple[int, str, _Outcome]]:
    """In a try nothing stays, so that a row which stands in the file twice is only known from the try's own rows."""
    keys = [key for _, key, _ in outcomes]
    seen = set(ImportRow.objects.filter(owner=row, state="taken", key__in=keys).values_list("key", flat=True))
    return [
        (position, key, _Outcome("known") if done.state == "taken" and key in seen else done)
        for position, key, done in outcomes
    ]


def _missing(fields: Iterable[Field], one: Row) -> _Outcome | None:
    gone = tuple(
        (field.name, f"{field.label} is missing") for field in fields if field.required and field.name not in one
    )
    return _Outcome("refused", faults=gone) if gone else None


def _take(row: Import, kind: ImportKind, one: Row, key: str, actor: Actor) -> _Outcome:
    known = ImportedKey.objects.filter(kind=kind.name, key=key).first()
    if known is not None:
        return _Outcome("known", known.ref)
    try:
        with transaction.atomic(using=current_brand()):
            applied = kind.apply(one, actor)
            if applied.known:
                return _Outcome("known", applied.ref)
            ImportedKey.objects.create(kind=kind.name, key=key, ref=applied.ref, owner=row)
            return _Outcome("taken", applied.ref, applied.before)
    except DomainError as refusal:
        return _Outcome("refused", faults=_faults(refusal))
    except DatabaseError as error:
        log.warning("a row could not be stored", kind=kind.name, error=type(error).__name__)
        return _Outcome("refused", faults=(("", "the row cannot be stored: a value does not fit"),))


def _undo_some(row: Import, actor: Actor, reason: str) -> bool:
    kind = kind_of(row.kind)
    left = ImportRow.objects.filter(owner=row, state__in=("taken", "kept")).order_by("-position")
    if row.done:
        # Positions are gone through from the end; what lies before this one is still to be done.
        left = left.filter(position__lte=row.rows - row.done)
    chunk = list(left[:CHUNK])
    for one in chunk:
        try:
            with transaction.atomic(using=current_brand()):
                kind.undo(one.ref, one.before, actor, reason)
                ImportedKey.objects.filter(kind=kind.name, key=one.key, owner=row).delete()
                one.state, one.faults = "undone", []
        except DomainError as refusal:
            one.state, one.faults = "kept", [list(fault) for fault in _faults(refusal)]
        one.save(update_fields=["state", "faults"])
    if len(chunk) < CHUNK:
        row.done = row.rows
        return True
    row.done = row.rows - chunk[-1].position + 1
    return False


def _key(kind: ImportKind, row: Row) -> str:
    own = kind.key(row)
    if own:
        return "own:" + hashlib.sha256(own.encode()).hexdigest()
    return "row:" + hashlib.sha256(json.dumps(dict(row), sort_keys=True).encode()).hexdigest()


def _faults(refusal: DomainError) -> tuple[tuple[str, str], ...]:
    problems = getattr(refusal, "problems", ()) or (refusal,)
    return tuple(
        (problem.field, f"{problem.message}; expected: {problem.expected}" if problem.expected else problem.message)
        for problem in problems
    )
