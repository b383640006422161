"""Retention: what is older than its declaration allows is emptied or deleted, for everybody and not only on request."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql

from linehouse.platform.personal.declare import OnErasure, Table, tables
from linehouse.platform.personal.rows import blank, delete, empty_of, number_of


@dataclass(frozen=True, slots=True)
class Due:
    """Rows of a table whose columns have outlived their retention."""

    table: str
    title: str
    columns: tuple[str, ...]
    months: int
    before: datetime
    rows: int
    deletes: bool


def due(now: datetime) -> list[Due]:
    """What a sweep at the business instant would do; changes nothing."""
    return [found for step in _steps(now) if (found := step.due()).rows]


def sweep(now: datetime) -> list[Due]:
    """Empty and delete what is due, in the surrounding unit of work; returns what was done."""
    done = []
    for step in _steps(now):
        found = step.due()
        if found.rows:
            step.go()
            done.append(found)
    return done


@dataclass(frozen=True, slots=True)
class _Step:
    table: Table
    columns: tuple[str, ...]
    months: int
    before: datetime
    deletes: bool

    @property
    def params(self) -> dict[str, Any]:
        return {"before": self.before}

    @property
    def where(self) -> sql.Composable:
        old = sql.SQL("t.{} < %(before)s").format(sql.Identifier(self.table.since))
        for further in filter(None, (self.table.rows, self.table.settled)):
            old = sql.SQL("{} AND ({})").format(old, sql.SQL(further))
        return old

    def due(self) -> Due:
        where = self.where
        if not self.deletes:
            empty = empty_of(self.table.name, self.columns)
            full = sql.SQL(" OR ").join(
                sql.SQL("t.{} IS DISTINCT FROM {}").format(sql.Identifier(name), nothing)
                for name, nothing in empty.items()
            )
            where = sql.SQL("{} AND ({})").format(where, full)
        rows = number_of(self.table, where, self.params)
        return Due(self.table.name, self.table.title, self.columns, self.months, self.before, rows, self.deletes)

    def go(self) -> None:
        if self.deletes:
            delete(self.table, self.where, self.params)
        else:
            blank(self.table, self.columns, self.where, self.params)


def _steps(now: datetime) -> Iterator[_Step]:
    for table in tables():
        if not table.since:
            continue
        spans: dict[tuple[int, bool], list[str]] = {}
        for name, column in table.columns.items():
            if column.months is not None:
                ends = table.ends_whole or column.erasure is OnErasure.DELETE
                spans.setdefault((column.months, ends), []).append(name)
        for (months, deletes), columns in sorted(spans.items()):
            yield _Step(table, tuple(columns), months, months_before(now, months), deletes)


def months_before(instant: datetime, months: int) -> datetime:
    """The same day so many months ago, the last of the month where that has no such day."""
    index = instant.year * 12 + instant.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return instant.replace(year=year, month=month, day=min(instant.day, monthrange(year, month)[1]))
