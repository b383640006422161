"""Whose databases these are: two installations on one server must not take each other's for their own.

The control database carries, as its comment, a digest of the signing key of its installation; several machines of one
installation share that key.
"""

from __future__ import annotations

import hashlib

from psycopg import sql

from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.settings import Settings

_MARK = "linehouse installation "


class NotOurDatabases(DomainError, code="run.not_our_databases", kind=Kind.CONFLICT):
    """The server has databases of this name that belong to another installation."""


def mark_of(settings: Settings) -> str:
    """What tells this installation from others; says nothing of its key."""
    return _MARK + hashlib.sha256(b"linehouse installation\n" + settings.secret_key.encode()).hexdigest()[:16]


def require_ours(installation: Installation, settings: Settings) -> None:
    """Raise NotOurDatabases where the control database carries another installation's mark. Only looks."""
    found = _comment(installation)
    if found.startswith(_MARK) and found != mark_of(settings):
        raise NotOurDatabases(
            f"the databases {installation.prefix}… belong to another installation",
            field="LINEHOUSE_DATABASE_PREFIX",
            value=installation.prefix,
            expected="another prefix, or the LINEHOUSE_SECRET_KEY of that installation; "
            "`linehouse adopt` when its key is lost",
        )


def make_ours(installation: Installation, settings: Settings) -> None:
    """Put our mark on the control database, whatever it carried."""
    with installation.maintenance() as connection:
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(installation.control_name), sql.Literal(mark_of(settings))
            )
        )


def unmarked(installation: Installation) -> bool:
    """Whether the control database carries no mark yet."""
    return not _comment(installation).startswith(_MARK)


def _comment(installation: Installation) -> str:
    with installation.maintenance() as connection:
        row = connection.execute(
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = %s",
            [installation.control_name],
        ).fetchone()
    return str(row[0]) if row else ""
