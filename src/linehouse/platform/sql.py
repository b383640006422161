"""Plain SQL on the current brand's database, for set-based work and hot tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from psycopg import Cursor
from psycopg.pq import Format

from linehouse.platform.scope import current_brand


@contextmanager
def brand_cursor() -> Iterator[CursorWrapper]:
    """A cursor on the brand's connection; inside a unit of work it belongs to that transaction."""
    with connections[current_brand()].cursor() as cursor:
        yield cursor


@contextmanager
def hot_cursor() -> Iterator[CursorWrapper]:
    """The same for statements that are asked all the time: the server keeps their plans, which for a table of many
    partitions take longer to make than to follow, and rows come in binary form.

    One statement at a time, its text always the same. JSON comes as Python objects, instants as aware of any zone.
    """
    connection = connections[current_brand()]
    connection.ensure_connection()
    planned: Any = Cursor(connection.connection)
    planned.format = Format.BINARY
    with connection.make_debug_cursor(planned) if connection.queries_logged else connection.make_cursor(planned) as own:
        yield own


@contextmanager
def together() -> Iterator[None]:
    """What is sent in the block goes to the server at once, until an answer is read: BEGIN with the first statement.

    Statements of ``hot_cursor`` only. What one of them is refused for is raised at the end of the block.
    """
    connection = connections[current_brand()]
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def insert_row(row: Model) -> None:
    """Insert a new row by a statement whose plan the server keeps: what ``save(force_insert=True)`` does, without
    signals and several times as fast. For rows that requests make; its columns are those of the model.
    """
    statement, fields = _insertion(type(row))
    connection = connections[current_brand()]
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with hot_cursor() as cursor:
        cursor.execute(statement, values)
    row._state.adding, row._state.db = False, current_brand()  # as Django leaves a row that it has saved


@lru_cache(maxsize=256)
def _insertion(model: type[Model]) -> tuple[str, tuple[Any, ...]]:
    fields = tuple(model._meta.concrete_fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})', fields  # noqa: S608  # names of models


def dict_rows(cursor: CursorWrapper) -> list[dict[str, Any]]:
    """The rows of the last query as dictionaries by column name."""
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
