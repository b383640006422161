"""Erasing a person: what the declarations say goes, what the law keeps stays, and it can be told which is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from linehouse.kernel.outcome import Problem, RefusedError
from linehouse.platform.personal import erasures, keys, names
from linehouse.platform.personal.access_log import note_access
from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.declare import OnErasure, Table, obstacles, preparations, tables
from linehouse.platform.personal.person import Keys, keys_of
from linehouse.platform.personal.rows import blank, condition, delete, number_of
from linehouse.platform.work import SYSTEM, Actor, unit_of_work

AGAIN = "erased again after a restore"


@dataclass(frozen=True, slots=True)
class Effect:
    """What an erasure does in one table: how many rows, which columns, and what becomes of them."""

    table: str
    title: str
    erasure: OnErasure
    columns: tuple[str, ...]
    rows: int
    basis: str = ""


def obstacles_of(subject: UUID) -> tuple[Problem, ...]:
    """Everything that stands in the way: contracts that run, money that is open."""
    return tuple(problem for ask in obstacles().values() for problem in ask(subject))


def effects_of(subject: UUID) -> tuple[Effect, ...]:
    """What an erasure would do now, table by table; changes nothing."""
    known = keys_of(subject)
    return tuple(effect for table in tables() for effect in _effects(table, known))


def erase(subject: UUID, *, actor: Actor, reason: str) -> tuple[Effect, ...]:
    """Erase a person. Raises RefusedError naming every contract that runs and all money that is open."""
    with unit_of_work(actor, reason) as work:
        problems = obstacles_of(subject)
        if problems:
            raise RefusedError(problems)
        for prepare in preparations().values():
            prepare(subject, actor)
        done = effects_of(subject)
        forget(subject, work.now)
        transaction.on_commit(lambda: erasures.note(work.brand, subject, work.now), using=work.brand)
        return done


def repeat(subject: UUID, at: datetime) -> tuple[Problem, ...]:
    """Erase again, in a state of the database that does not know it. Returns the contracts and the money that a state
    so old still shows: they do not stand in the way, and somebody has to end them."""
    with unit_of_work(SYSTEM, AGAIN):
        problems = obstacles_of(subject)
        for prepare in () if problems else preparations().values():
            prepare(subject, SYSTEM)
        forget(subject, at)
        # The look stays: it is what tells, in this state, that there was an erasure.
        note_access([subject], SYSTEM, "erasure", AGAIN, reason=f"erased on {at:%Y-%m-%d}")
        return problems


def forget(subject: UUID, at: datetime) -> None:
    """Let a person's values go, whatever stands in the way: as ``erase`` does, and as a restore repeats it."""
    known = keys_of(subject)
    for table in reversed(tables()):
        _go(table, known)
    names.forget(subject)
    keys.destroy(subject, [Purpose.PERSONAL], at)


def _go(table: Table, known: Keys) -> None:
    columns = {kind: _columns(table, kind) for kind in OnErasure}
    if columns[OnErasure.DELETE]:
        delete(table, condition(table), known)
    elif columns[OnErasure.BLANK]:
        blank(table, columns[OnErasure.BLANK], condition(table), known)


def _effects(table: Table, known: Keys) -> Sequence[Effect]:
    rows = number_of(table, condition(table), known)
    if not rows:
        return ()
    found = []
    for kind in OnErasure:
        columns = _columns(table, kind)
        if columns:
            basis = "; ".join(dict.fromkeys(table.columns[name].basis for name in columns if table.columns[name].basis))
            found.append(Effect(table.name, table.title, kind, tuple(columns), rows, basis))
    return found


def _columns(table: Table, kind: OnErasure) -> list[str]:
    return [name for name, column in table.columns.items() if column.erasure is kind]
