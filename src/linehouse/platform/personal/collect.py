"""Everything that the brand knows about a person, from the declarations: for whoever asks what is known about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from linehouse.platform.personal.declare import Table, tables
from linehouse.platform.personal.person import keys_of
from linehouse.platform.personal.rows import person_rows


@dataclass(frozen=True, slots=True)
class Section:
    """The person's rows of one table, and what is declared of their columns."""

    table: Table
    rows: list[dict[str, Any]]


def collect(subject: UUID) -> list[Section]:
    """Every declared table in which the person has rows; values are opened, secrets left out."""
    known = keys_of(subject)
    return [Section(table, rows) for table in tables() if (rows := person_rows(table, known))]
