"""Imports as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Field:
    """A field that rows of a kind can have. ``aliases`` are headings by which columns are recognised."""

    name: str
    label: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as a table of texts: its heading, and its rows as long as the heading."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Where each field comes from: a column of the file, or one text for all rows."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Field → heading of the column."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Field → text for every row in which the column is absent or empty."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What a row has become. ``ref`` is the business key of the object; ``before`` is what an undo needs."""

    ref: str
    known: bool = False
    before: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is refused: each wrong field with what would be right."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """An import. ``done`` of ``rows`` rows have been gone through by the try, run or undo that goes on."""

    id: UUID
    number: str
    kind: str
    file_name: str
    document_id: UUID
    state: str
    rows: int
    done: int
    taken: int
    known: int
    refused: int
    undone: int
    kept: int
    columns: dict[str, str]
    constants: dict[str, str]
    started_by: str
    created_at: datetime
    changed_at: datetime
    cleared: bool

    @property
    def working(self) -> bool:
        """Whether something goes on."""
        return self.state in {"trying", "running", "undoing"}


@dataclass(frozen=True, slots=True)
class RowView:
    """What came of a row; ``position`` counts from 1, without the heading."""

    position: int
    state: str
    ref: str
    faults: tuple[Fault, ...]
