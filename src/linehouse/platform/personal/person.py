"""Everything by which the tables know a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linehouse.platform.personal.declare import person_keys
from linehouse.platform.sql import brand_cursor

Keys = dict[str, list[Any]]


def keys_of(subject: UUID) -> Keys:
    """The ids of a subject by kind, for the conditions of declared tables; ``party`` is the subject itself."""
    found: Keys = {"party": [subject]}
    with brand_cursor() as cursor:
        for key in person_keys():
            cursor.execute(key.sql, found)
            found[key.name] = [row[0] for row in cursor.fetchall()]
    return found
