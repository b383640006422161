"""A PostgreSQL server that others run: whether it can be used, said before anything is begun."""

import psycopg

from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.postgres.dsn import Dsn

LEAST_VERSION = 160_000
_VARIABLE = "LINEHOUSE_DATABASE_URL"


class ExternalDatabaseRefused(DomainError, code="platform.external_database_refused", kind=Kind.UNAVAILABLE):
    """The external server does not answer, refuses the log-in, is too old, or lets its user make no databases."""


def require_usable(dsn: Dsn) -> None:
    """Connect once and look. Raises ExternalDatabaseRefused."""
    try:
        with psycopg.connect(dsn.conninfo(dsn.database or "postgres"), connect_timeout=10) as connection:
            version = connection.info.server_version
            row = connection.execute(
                "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        raise ExternalDatabaseRefused(
            f"the database does not let us in: {_reason(error)}", field=_VARIABLE, value=str(dsn)
        ) from None
    if version < LEAST_VERSION:
        raise ExternalDatabaseRefused(
            f"the database is PostgreSQL {version // 10_000}", field=_VARIABLE, value=str(dsn), expected="16 or newer"
        )
    if not (row and row[0]):
        raise ExternalDatabaseRefused(
            "the database's user may make no databases",
            field=_VARIABLE,
            value=str(dsn),
            expected=f"a user with CREATEDB, as by: alter role {dsn.user} createdb",
        )


def _reason(error: psycopg.OperationalError) -> str:
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), "it does not answer")
    return first.rpartition("failed: ")[2].removeprefix("FATAL:").strip()
