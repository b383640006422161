"""A command's way into the house: the database of the settings, Django, one brand."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import msgspec

from linehouse.kernel.error import NotFound
from linehouse.platform.settings import Settings
from linehouse.run import environment
from linehouse.run.welcome import Progress

if TYPE_CHECKING:
    from linehouse.platform.postgres.databases import Installation
    from linehouse.platform.work import Actor

brand_option = click.option("--brand", "brand", default="robin", show_default=True, help="Key of the brand.")
"""The option of every command that concerns one brand."""


@contextmanager
def installation(
    settings: Settings | None = None, *, prepare: Progress | None = None, any_version: bool = False
) -> Iterator[Installation]:
    """The installation's databases, in the control realm; the embedded server is started when it does not run.

    With ``prepare`` an installation that does not exist yet is made, and its steps are told. Raises NotFound without,
    and SchemaBehind where it belongs to another release, unless ``any_version``: then no brand is made known.

    The server stays when a supervisor runs it, and stops with the command when the command started it.
    """
    from linehouse.run.supervisor import database_of

    os.umask(0o077)
    chosen = settings or environment.settings()
    database = database_of(chosen)
    was_running = database.status().running if hasattr(database, "status") else True
    dsn = database.start()
    environment.adopt(msgspec.structs.replace(chosen, database_url=dsn.url(chosen.database_prefix)))
    from linehouse.platform.telemetry import logs
    from linehouse.run.house import open_databases, open_house, wire

    # A person reads the terminal: only what went wrong beyond expectation belongs there.
    logs.configure(msgspec.structs.replace(chosen, log_level="error"), "cli")
    open_house()
    from django.db import connections

    from linehouse.platform.postgres.databases import Installation
    from linehouse.platform.scope import CONTROL, realm_scope

    wire(chosen)
    try:
        if prepare is not None:
            from linehouse.run.bootstrap import prepare as make_ready

            make_ready(chosen, dsn, prepare)
        with realm_scope(CONTROL):
            if not Installation(dsn, chosen.database_prefix).exists(chosen.database_prefix):
                raise NotFound(
                    "this home has no installation yet",
                    field="LINEHOUSE_HOME",
                    value=str(chosen.home),
                    expected="`linehouse run` first",
                )
            if any_version:
                yield Installation(dsn, chosen.database_prefix)
            else:
                yield open_databases(dsn, prefix=chosen.database_prefix)
    finally:
        connections.close_all()
        if not was_running:
            database.stop()


@contextmanager
def brand_at_work(key: str, *, reading: bool = False) -> Iterator[str]:
    """One brand of the installation, ready for its services.

    Raises NotFound, SchemaBehind, and BrandFrozen for a frozen brand unless nothing but `reading` is meant.
    """
    from linehouse.platform.postgres.routing import brand_aliases
    from linehouse.platform.scope import brand_scope

    with installation():
        from linehouse.platform.control.models import Brand
        from linehouse.platform.postgres.databases import require_served
        from linehouse.platform.postgres.doors import require_open

        if (known := Brand.objects.filter(key=key).first()) is not None:
            (require_served if reading else require_open)(known)
        if key not in brand_aliases():
            raise NotFound(
                f"there is no brand {key}",
                field="brand",
                value=key,
                expected=", ".join(brand_aliases()) or "`linehouse brand create`",
            )
        with brand_scope(key):
            yield key


def operator() -> Actor:
    """The person at the command line, by the name of their account."""
    from linehouse.platform.work import Actor

    name = getpass.getuser()
    return Actor("staff", f"cli:{name}", name)
