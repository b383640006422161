"""Plain SQL on the current brand's database, for set-based work and hot tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.utils import CursorWrapper
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


def dict_rows(cursor: CursorWrapper) -> list[dict[str, Any]]:
    """The rows of the last query as dictionaries by column name."""
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
