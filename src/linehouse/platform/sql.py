"""Plain SQL on the current brand's database, for set-based work and hot tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.utils import CursorWrapper

from linehouse.platform.scope import current_brand


@contextmanager
def brand_cursor() -> Iterator[CursorWrapper]:
    """A cursor on the brand's connection; inside a unit of work it belongs to that transaction."""
    with connections[current_brand()].cursor() as cursor:
        yield cursor


def dict_rows(cursor: CursorWrapper) -> list[dict[str, Any]]:
    """The rows of the last query as dictionaries by column name."""
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
