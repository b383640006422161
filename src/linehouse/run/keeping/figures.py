"""What a brand holds, in figures: rows by table and the ledger hash, to compare before and after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction
from psycopg import sql

from linehouse.ledger.service import ledger_hash
from linehouse.platform.backup.manifest import BrandFigures
from linehouse.platform.control.models import Brand
from linehouse.platform.scope import brand_scope

_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
"""
_SMALL = 5_000_000
_ESTIMATE = "SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint FROM pg_class WHERE relkind = 'r'"


@contextmanager
def one_instant(brand: str) -> Iterator[None]:
    """A transaction in which everything read of the brand is of one instant."""
    with brand_scope(brand), transaction.atomic(using=brand):
        with connections[brand].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def figures_of(brand: Brand, *, thorough: bool = True) -> BrandFigures:
    """The brand's figures; call it within ``one_instant``.

    Without ``thorough`` a brand of many million rows is not counted: its hash and counts stay empty.
    """
    with connections[brand.key].cursor() as cursor:
        cursor.execute(_ESTIMATE)
        large = not thorough and int(cursor.fetchone()[0]) > _SMALL
        rows: dict[str, int] = {}
        cursor.execute(_TABLES)
        for (table,) in () if large else cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            rows[table] = int(cursor.fetchone()[0])
    return BrandFigures(
        key=brand.key,
        name=brand.name,
        database=brand.database,
        schema_version=brand.schema_version,
        ledger_hash="" if large else ledger_hash(),
        rows=rows,
    )


def differences(wanted: BrandFigures, found: BrandFigures) -> list[str]:
    """Where two sets of figures of one brand differ, as lines for people; what was not counted is not compared."""
    told = []
    if wanted.ledger_hash and wanted.ledger_hash != found.ledger_hash:
        told.append(f"ledger hash: expected {wanted.ledger_hash}, found {found.ledger_hash}")
    counted = sorted(wanted.rows.keys() & found.rows.keys())
    unequal = [table for table in counted if wanted.rows[table] != found.rows[table]]
    return told + [f"{t}: expected {wanted.rows[t]} rows, found {found.rows[t]}" for t in unequal]
