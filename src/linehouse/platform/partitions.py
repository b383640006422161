"""Monthly partitions of hot tables, made ahead of the business clock."""

from __future__ import annotations

from datetime import UTC, datetime

from psycopg import sql

from linehouse.platform.checks import Finding, Verdict, check
from linehouse.platform.sql import brand_cursor

_tables: set[str] = set()
MONTHS_AHEAD = 3


def partitioned(table: str) -> str:
    """Declare a table partitioned by month on a business instant, with a default partition ``<table>_default``."""
    _tables.add(table)
    return table


def _month_after(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def ensure_ahead(now: datetime, until: datetime | None = None) -> int:
    """Make the partitions from the month of ``now`` to three months behind ``until``; returns how many were new."""
    month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last = (until or now).astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(MONTHS_AHEAD):
        last = _month_after(last)
    made = 0
    with brand_cursor() as cursor:
        while month <= last:
            following = _month_after(month)
            for table in sorted(_tables):
                name = f"{table}_{month:%Y_%m}"
                cursor.execute("SELECT to_regclass(%s) IS NULL", [name])
                row = cursor.fetchone()
                if row and row[0]:
                    cursor.execute(
                        sql.SQL("CREATE TABLE {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})").format(
                            sql.Identifier(name),
                            sql.Identifier(table),
                            sql.Literal(month.isoformat()),
                            sql.Literal(following.isoformat()),
                        )
                    )
                    made += 1
            month = following
    return made


@check("platform.partitions", "No row of a monthly table lies in its default partition.")
def default_partitions_are_empty() -> Verdict:
    """A row there means that its month was not made ahead of the clock."""
    findings = []
    with brand_cursor() as cursor:
        for table in sorted(_tables):
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(f"{table}_default")))
            row = cursor.fetchone()
            if row and row[0]:
                findings.append(Finding(f"{table}_default", "0 rows", f"{row[0]} rows"))
    return Verdict(len(_tables), tuple(findings))
