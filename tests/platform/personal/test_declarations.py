"""Every column that could tell of a person is declared, one way or the other."""

from __future__ import annotations

import pytest
from django.apps import apps

from linehouse.platform.personal.declare import NEVER_PERSONAL, OnErasure, plain_columns, tables
from linehouse.platform.personal.fields import BlindIndexField, EncryptedTextField
from linehouse.platform.sql import brand_cursor

pytestmark = pytest.mark.usefixtures("brand")

TELLING = ("text", "character varying", "jsonb", "json", "bytea", "date", "inet", "ARRAY")
FRAMEWORK = ("auth_", "django_", "account_", "mfa_")
"""Tables of the frameworks: log-ins and their sessions, of staff alone."""


def columns() -> dict[str, dict[str, str]]:
    """Every table of a brand with those of its columns that could hold words or dates, and their types."""
    found: dict[str, dict[str, str]] = {}
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
            " JOIN pg_class p ON p.relname = c.table_name AND NOT p.relispartition AND p.relkind IN ('r', 'p')"
            " WHERE c.table_schema = 'public' ORDER BY 1, c.ordinal_position"
        )
        for table, column, kind in cursor.fetchall():
            found.setdefault(table, {})[column] = kind
    return found


def histories() -> set[str]:
    """Tables that hold the history of another: their columns are the other's."""
    return {
        model._meta.db_table for model in apps.get_models() if getattr(model, "pgh_tracked_model", None) is not None
    }


def declared() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table in tables():
        found.setdefault(table.name, set()).update(table.columns)
    return found


def test_every_column_that_could_tell_of_a_person_is_declared() -> None:
    personal, past = declared(), histories()
    undeclared = [
        f"{table}.{column}"
        for table, kinds in columns().items()
        if table not in past and not table.startswith(FRAMEWORK)
        for column, kind in kinds.items()
        if kind in TELLING
        and column not in NEVER_PERSONAL
        and column not in personal.get(table, set())
        and column not in plain_columns(table)
    ]
    assert undeclared == [], "declare each in the room's personal.py: personal_table(…) or not_personal(…)"


def test_what_is_declared_is_there() -> None:
    there = columns()
    gone = [
        f"{table.key}.{column}"
        for table in tables()
        for column in (*table.columns, *table.shown, *([table.since] if table.since else []))
        if column not in there.get(table.name, {})
    ]
    assert gone == []


def test_a_column_is_not_both() -> None:
    assert [t.key for t in tables() if set(t.columns) & plain_columns(t.name)] == []


def test_an_encrypted_column_is_bound_to_its_own_place_and_declared() -> None:
    personal, past = declared(), histories()
    for model in apps.get_models():
        table = model._meta.db_table
        for field in model._meta.fields:
            if isinstance(field, EncryptedTextField) and table not in past:
                assert field.of == f"{table}.{field.column}"
                assert field.column in personal[table]
            if isinstance(field, BlindIndexField) and table not in past:
                assert field.of == f"{table}.{field.source}"


def test_every_declaration_says_why_and_what_the_law_keeps_says_how_long() -> None:
    for table in tables():
        for name, column in table.columns.items():
            assert column.why, f"{table.key}.{name}"
            if column.erasure is OnErasure.LAW:
                assert all((column.months, column.basis, table.since)), f"{table.key}.{name}"
            if column.months is not None:
                assert table.since, f"{table.key}.{name}"
