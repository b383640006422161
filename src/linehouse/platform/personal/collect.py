"""Everything that the brand knows about a person, from the declarations: for whoever asks what is known about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from linehouse.platform.personal.declare import DataClass, Personal, Table, tables
from linehouse.platform.personal.person import keys_of
from linehouse.platform.personal.rows import person_rows


@dataclass(frozen=True, slots=True)
class Section:
    """The person's rows of one table, and what is declared of their columns."""

    table: Table
    rows: list[dict[str, Any]]

    @property
    def told(self) -> dict[str, Personal]:
        """The columns that are told: neither secrets nor what only serves to find."""
        return {name: column for name, column in self.table.columns.items() if _is_told(name, column)}


def collect(subject: UUID) -> list[Section]:
    """Every declared table in which the person has rows; values are opened, secrets left out."""
    known = keys_of(subject)
    return [Section(table, _told(table, rows)) for table in tables() if (rows := person_rows(table, known))]


def _told(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    silent = {name for name, column in table.columns.items() if not _is_told(name, column)}
    return [{name: value for name, value in row.items() if name not in silent} for row in rows]


def _is_told(name: str, column: Personal) -> bool:
    return column.what is not DataClass.SECRET and not name.endswith("_index") and name not in ("content", "initials")
