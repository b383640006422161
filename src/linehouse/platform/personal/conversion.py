"""Encrypting what lies in a table already: for migrations that make a column an encrypted one.

It runs in the migration's own transaction, on the brand that is served, and can be repeated: what is sealed is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from linehouse.platform.personal.blind import blind
from linehouse.platform.personal.cipher import PREFIX, Purpose
from linehouse.platform.personal.seal import seal

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A table whose columns are still plain text.

    ``columns``: column → place of its values. ``subject``: an SQL expression over the table's row ``t`` that tells
    whose they are. ``indexes``: column of a blind index → (column that it finds, place). ``history``: whether the
    table of its history holds the same columns.
    """

    table: str
    columns: Mapping[str, str]
    subject: str
    purpose: Purpose = Purpose.PERSONAL
    indexes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    history: bool = True


def encrypt_table(connection: BaseDatabaseWrapper, plain: Plain) -> int:
    """Seal every plain value of the table, then of its history; returns how many rows were changed."""
    count = _encrypt(connection, plain, plain.table, "id")
    if plain.history:
        count += _encrypt(connection, plain, f"{plain.table}event", "pgh_id")
    return count


def _encrypt(connection: BaseDatabaseWrapper, plain: Plain, table: str, key: str) -> int:
    columns = list(plain.columns)
    unsealed = sql.SQL(" OR ").join(
        sql.SQL("(t.{0} <> '' AND t.{0} NOT LIKE {1})").format(sql.Identifier(name), sql.Literal(f"{PREFIX}%"))
        for name in columns
    )
    read = sql.SQL("SELECT t.{}, {}, {} FROM {} t WHERE {} ORDER BY 1 LIMIT {}").format(
        sql.Identifier(key),
        sql.SQL(plain.subject),
        sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(name)) for name in columns),
        sql.Identifier(table),
        unsealed,
        sql.Literal(_BATCH),
    )
    write = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(n)) for n in (*columns, *plain.indexes)),
        sql.Identifier(key),
    )
    count = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(read)
            rows = cursor.fetchall()
            if not rows:
                return count
            cursor.executemany(write, [_sealed(plain, row) for row in rows])
            count += len(rows)


def _sealed(plain: Plain, row: tuple[Any, ...]) -> list[Any]:
    key, subject, *values = row
    found = dict(zip(plain.columns, values, strict=True))
    sealed: list[Any] = []
    for name, place in plain.columns.items():
        value = found[name]
        done = not value or value.startswith(PREFIX)
        sealed.append(value if done else seal(value, place, subject, plain.purpose))
    for name, place in plain.indexes.values():
        value = found[name]
        sealed.append(blind(place, value) if value and not value.startswith(PREFIX) else "")
    return [*sealed, key]
