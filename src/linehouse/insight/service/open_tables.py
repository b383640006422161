"""Tables of the brand in open forms: what each column means, and rows as JSON values."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections, models
from psycopg import sql

from linehouse.platform.models import MicrosField
from linehouse.platform.personal.cipher import PREFIX
from linehouse.platform.personal.fields import BlindIndexField, EncryptedTextField
from linehouse.platform.personal.seal import unseal_many
from linehouse.platform.scope import current_brand
from linehouse.platform.sql import brand_cursor

_BATCH = 2_000
_TABLES = """
SELECT c.oid, c.relname, coalesce(obj_description(c.oid), '') FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
"""
_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull, coalesce(col_description(attrelid, attnum), '')
FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
NOT_BUSINESS = (
    "django_",
    "auth_",
    "account_",
    "mfa_",
    "personal_subjectkey",
    "personal_nameword",
    "access_",
)
"""Beginnings of tables of machinery and log-ins: they mean nothing outside of this installation."""
SECRET = ("password", "token_hash", "secret", "wrapped")
"""Parts of names of columns that are never exported."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its meaning."""

    name: str
    kind: str
    nullable: bool
    meaning: str
    unit: str = ""
    sealed_at: str = ""
    """The place to which its ciphertext is bound, where it is encrypted."""
    left_out: str = ""
    """Why it is not exported; empty where it is."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns."""

    name: str
    meaning: str
    columns: tuple[Column, ...] = field(default_factory=tuple)

    @property
    def exported(self) -> tuple[Column, ...]:
        """The columns that leave the house."""
        return tuple(column for column in self.columns if not column.left_out)


def tables() -> list[Table]:
    """Every business table of the current brand, by name."""
    known = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    found = []
    with brand_cursor() as cursor:
        cursor.execute(_TABLES)
        for oid, name, comment in cursor.fetchall():
            if name.startswith(NOT_BUSINESS):
                continue
            model = known.get(name)
            cursor.execute(_COLUMNS, [oid])
            fields = {f.column: f for f in model._meta.concrete_fields} if model is not None else {}
            columns = tuple(_column(name, fields.get(row[0]), *row) for row in cursor.fetchall())
            found.append(Table(name, comment or _doc(model), columns))
    return found


def _doc(model: type[models.Model] | None) -> str:
    text = (model.__doc__ or "") if model is not None else ""
    return "" if model is None or text.startswith(f"{model.__name__}(") else " ".join(text.split())


def _column(
    table: str, known: models.Field[Any, Any] | None, name: str, kind: str, nullable: bool, comment: str
) -> Column:
    left_out = ""
    if any(part in name for part in SECRET):
        left_out = "a secret"
    elif isinstance(known, BlindIndexField):
        left_out = "an index for the search, without meaning elsewhere"
    elif kind == "bytea" and table == "documents_storeddocument":
        left_out = "the files lie in the folder documents"
    sealed = known.of if isinstance(known, EncryptedTextField) else ""
    unit = "micro-units: a millionth of the currency's unit" if isinstance(known, MicrosField) else ""
    meaning = comment or (str(known.help_text) if known is not None else "")
    return Column(name, kind, nullable, meaning, unit, sealed, left_out)


def rows(table: Table, *, personal: bool) -> Iterator[dict[str, Any]]:
    """The rows of a table as JSON values, read in portions. What is encrypted is opened, or left as null."""
    columns = table.exported
    if not columns:
        return
    query = sql.SQL("SELECT {} FROM {} ORDER BY 1").format(
        sql.SQL(", ").join(sql.Identifier(column.name) for column in columns), sql.Identifier(table.name)
    )
    connection = connections[current_brand()]
    connection.ensure_connection()
    with connection.connection.cursor(name=f"export_{table.name}"[:60]) as cursor:
        cursor.execute(query)
        while batch := cursor.fetchmany(_BATCH):
            yield from _opened(columns, batch, personal=personal)


def _opened(columns: Sequence[Column], batch: list[tuple[Any, ...]], *, personal: bool) -> Iterator[dict[str, Any]]:
    values = [list(row) for row in batch]
    for place, column in enumerate(columns):
        if not column.sealed_at:
            continue
        sealed = [row for row in values if isinstance(row[place], str) and row[place].startswith(PREFIX)]
        texts = unseal_many([(row[place], column.sealed_at) for row in sealed]) if personal else [None] * len(sealed)
        for row, text in zip(sealed, texts, strict=True):
            row[place] = text
    for row in values:
        yield {column.name: plain(value) for column, value in zip(columns, row, strict=True)}


def plain(value: Any) -> Any:
    """A value as JSON has it: instants in ISO 8601 with their offset, numbers exact, octets in base64."""
    if value is None or isinstance(value, str | bool | int | list | dict):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(bytes(value)).decode()
    if isinstance(value, UUID | Decimal | timedelta):
        return str(value)
    return str(value)
