"""Reading and changing a person's rows of declared tables, from the declaration alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.apps import apps
from psycopg import sql

from linehouse.platform.personal.cipher import head_of, is_sealed
from linehouse.platform.personal.declare import Table
from linehouse.platform.personal.keys import want
from linehouse.platform.personal.seal import unseal
from linehouse.platform.sql import brand_cursor, dict_rows

_EMPTY = {"jsonb": "'{}'::jsonb", "ARRAY": "'{}'"}
_NOTHING = {"date", "timestamp with time zone", "uuid", "inet"}


@cache
def history_of(table: str) -> tuple[str, ...]:
    """The table that holds the history of another, where there is one; it has the other's columns and more."""
    return tuple(
        model._meta.db_table
        for model in apps.get_models()
        if (past := getattr(model, "pgh_tracked_model", None)) is not None and past._meta.db_table == table
    )


def condition(table: Table) -> sql.Composable:
    """Whose rows: the declared condition, over the table's alias ``t``."""
    mine = sql.SQL("({})").format(sql.SQL(table.of))
    return sql.SQL("{} AND ({})").format(mine, sql.SQL(table.rows)) if table.rows else mine


def person_rows(table: Table, keys: Mapping[str, Any], *, limit: int | None = None) -> list[dict[str, Any]]:
    """The person's rows with their personal columns and what is shown beside them, values opened."""
    # The content of files is told by the files themselves.
    columns = [name for name in dict.fromkeys([*table.shown, *table.columns]) if name != "content"]
    statement = sql.SQL("SELECT {} FROM {} t WHERE {}{}{}").format(
        sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(name)) for name in columns),
        sql.Identifier(table.name),
        condition(table),
        sql.SQL(" ORDER BY t.{}").format(sql.Identifier(table.since)) if table.since else sql.SQL(""),
        sql.SQL(" LIMIT {}").format(sql.Literal(limit)) if limit else sql.SQL(""),
    )
    with brand_cursor() as cursor:
        cursor.execute(statement, keys)
        rows = dict_rows(cursor)
    for row in rows:
        for value in row.values():
            if is_sealed(value):
                head = head_of(value)
                want(head.owner, head.purpose)
    return [{name: _opened(table.name, name, value) for name, value in row.items()} for row in rows]


def _opened(table: str, column: str, value: Any) -> Any:
    if not is_sealed(value):
        return value
    text = unseal(value, f"{table}.{column}")
    if text[:1] in "{[":
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def empty_of(table: str, columns: Iterable[str]) -> dict[str, sql.Composable]:
    """Each column with the SQL of its empty value."""
    wanted = list(columns)
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND column_name = ANY(%s)",
            [table, wanted],
        )
        kinds = {name: (kind, nullable) for name, kind, nullable in cursor.fetchall()}
    found: dict[str, sql.Composable] = {}
    for name in wanted:
        kind, nullable = kinds[name]
        if kind in _NOTHING or (nullable == "YES" and kind not in ("text", "character varying")):
            found[name] = sql.SQL("NULL")
        else:
            found[name] = sql.SQL(_EMPTY.get(kind, "''"))
    return found


def blank(table: Table, columns: Sequence[str], where: sql.Composable, params: Mapping[str, Any]) -> int:
    """Empty the columns of rows that are not empty yet, and of their history; returns how many rows were changed."""
    count = 0
    for name in (table.name, *history_of(table.name)):
        empty = empty_of(table.name, columns)
        full = sql.SQL(" OR ").join(
            sql.SQL("t.{} IS DISTINCT FROM {}").format(sql.Identifier(column), nothing)
            for column, nothing in empty.items()
        )
        statement = sql.SQL("UPDATE {} t SET {} WHERE {} AND ({})").format(
            sql.Identifier(name),
            sql.SQL(", ").join(
                sql.SQL("{} = {}").format(sql.Identifier(column), nothing) for column, nothing in empty.items()
            ),
            where,
            full,
        )
        with brand_cursor() as cursor:
            cursor.execute(statement, params)
            count += cursor.rowcount if name == table.name else 0
    return count


def delete(table: Table, where: sql.Composable, params: Mapping[str, Any]) -> int:
    """Delete rows and their history; returns how many rows."""
    count = 0
    for name in (table.name, *history_of(table.name)):
        with brand_cursor() as cursor:
            cursor.execute(sql.SQL("DELETE FROM {} t WHERE {}").format(sql.Identifier(name), where), params)
            count += cursor.rowcount if name == table.name else 0
    return count


def number_of(table: Table, where: sql.Composable, params: Mapping[str, Any]) -> int:
    """How many rows there are."""
    with brand_cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM {} t WHERE {}").format(sql.Identifier(table.name), where), params)
        row = cursor.fetchone()
    return int(row[0]) if row else 0
