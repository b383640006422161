"""Making and finding the databases of an installation: control, template and one for each brand."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import ProgrammingError, connections
from psycopg import sql

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import DomainError, Kind, NotFound
from linehouse.platform.postgres import schema
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.external import LEAST_VERSION
from linehouse.platform.postgres.migrating import Phase, on_disk
from linehouse.platform.postgres.routing import TEMPLATE, add_database, forget_database
from linehouse.platform.scope import CONTROL, brand_scope, realm_scope

if TYPE_CHECKING:
    from linehouse.platform.control.models import Brand

_KEY = re.compile(r"^[a-z][a-z0-9_-]{0,30}$")


class DatabaseTooOld(DomainError, code="platform.database_too_old", kind=Kind.UNAVAILABLE):
    """The PostgreSQL server is older than 16."""


class BrandExists(DomainError, code="platform.brand_exists", kind=Kind.CONFLICT):
    """There is a brand of this key already."""


class SchemaBehind(DomainError, code="platform.schema_behind", kind=Kind.UNAVAILABLE):
    """A database has another schema version than this release; run the upgrade first."""


_PREPARED_AFTER = 2
"""So often a connection asks a statement of ``sql.hot_cursor`` before the server keeps its plan."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The databases of one installation on one server; ``prefix`` keeps several apart."""

    dsn: Dsn
    prefix: str = "linehouse"
    pooled: bool = False

    @property
    def control_name(self) -> str:
        """Physical name of the control database."""
        return self.prefix

    @property
    def template_name(self) -> str:
        """Physical name of the database that brands are copied from."""
        return f"{self.prefix}_template"

    def brand_name(self, key: str) -> str:
        """Physical name of a brand's database."""
        return f"{self.prefix}_brand_{key.replace('-', '_')}"

    def conf(self, database: str) -> dict[str, Any]:
        """Django's settings of one database."""
        options: dict[str, Any] = {"prepare_threshold": _PREPARED_AFTER, **dict(self.dsn.options)}
        if self.pooled:
            options["pool"] = {"min_size": 0, "max_size": 8, "timeout": 10}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database,
            "HOST": self.dsn.host,
            "PORT": str(self.dsn.port),
            "USER": self.dsn.user,
            "PASSWORD": self.dsn.password,
            "CONN_MAX_AGE": 0 if self.pooled else None,
            "CONN_HEALTH_CHECKS": not self.pooled,
            "OPTIONS": options,
        }

    def register(self) -> None:
        """Make the control database known to Django; touches no server."""
        add_database(CONTROL, self.conf(self.control_name))

    @contextmanager
    def maintenance(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection outside all of our databases, for creating and dropping them."""
        with psycopg.connect(**self.dsn.psycopg_kwargs(self.dsn.database or "postgres"), autocommit=True) as connection:  # type: ignore[arg-type]  # the stub wants each parameter by itself
            yield connection

    def exists(self, name: str) -> bool:
        """Whether the server has a database of that name."""
        with self.maintenance() as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def create(self, name: str, template: str = "template0") -> None:
        """Make a database as a copy of another. Nobody may be connected to the template."""
        with self.maintenance() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )

    def drop(self, name: str) -> None:
        """Remove a database and end what is connected to it."""
        with self.maintenance() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def require_version(self) -> None:
        """Raise DatabaseTooOld for a server before PostgreSQL 16."""
        with self.maintenance() as connection:
            version = connection.info.server_version
        if version < LEAST_VERSION:
            raise DatabaseTooOld(
                "the PostgreSQL server is too old", field="version", value=version // 10_000, expected="16 or newer"
            )


@cache
def schema_version() -> str:
    """A digest of all migrations that this release knows, names and text: equal digests mean equal schemas."""
    digest = hashlib.sha256()
    for (app, name), migration in on_disk().items():
        digest.update(f"{app}.{name}\n".encode())
        digest.update(Path(str(import_module(type(migration).__module__).__file__)).read_bytes())
    return digest.hexdigest()[:16]


def _registry() -> type[Brand]:
    # Imported late: this module is also used before Django knows its tables.
    from linehouse.platform.control.models import Brand

    return Brand


def serves(brand: Brand) -> bool:
    """Whether this release may serve the brand with the schema that its database has."""
    return schema_version() in (brand.serves.split() or [brand.schema_version])


def require_served(brand: Brand) -> None:
    """Raise SchemaBehind for a brand whose database has another version than this release can serve."""
    if not serves(brand):
        raise SchemaBehind(
            f"the database of {brand.name} belongs to another release of Linehouse",
            field="brand",
            value=brand.key,
            expected="`linehouse upgrade`; a release older than the database serves it no more",
        )


def prepare_control(
    installation: Installation, progress: Callable[[str], None], phases: frozenset[Phase] = frozenset(Phase)
) -> None:
    """Make or bring forward the control database; says what it does. Repeating changes nothing."""
    installation.require_version()
    installation.register()
    if not installation.exists(installation.control_name):
        progress("Making the control database")
        installation.create(installation.control_name)
    with realm_scope(CONTROL):
        schema.bring_forward(CONTROL, installation.dsn, installation.control_name, schema_version(), phases)


def prepare_template(
    installation: Installation, progress: Callable[[str], None], phases: frozenset[Phase] = frozenset(Phase)
) -> None:
    """Make or bring forward the database that brands are copied from; it is closed to connections otherwise."""
    name = installation.template_name
    if not installation.exists(name):
        progress("Making the template of a brand's database")
        installation.create(name)
    with in_template(installation), realm_scope(TEMPLATE), brand_scope(TEMPLATE):
        schema.bring_forward(TEMPLATE, installation.dsn, name, schema_version(), phases)


@contextmanager
def in_template(installation: Installation) -> Iterator[None]:
    """The template, open to connections meanwhile; while it is open no brand can be made."""
    name = installation.template_name
    with installation.maintenance() as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(sql.Identifier(name)))
    add_database(TEMPLATE, installation.conf(name))
    try:
        yield
    finally:
        forget_database(TEMPLATE)
        with installation.maintenance() as connection:
            connection.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(sql.Identifier(name)))


def create_brand(
    installation: Installation, key: str, name: str, hosts: tuple[str, ...] = (), *, frozen: bool = False
) -> None:
    """Make a brand: its database, its entry in the registry and its host names. Raises BrandExists, NotFound."""
    from linehouse.platform.control.models import BrandHost

    if not _KEY.match(key) or key in (CONTROL, TEMPLATE, "default"):
        raise NotFound(
            "that is no key of a brand", field="key", value=key, expected="a to z, 0 to 9, - and _, a letter first"
        )
    if _registry().objects.filter(key=key).exists():
        raise BrandExists(f"the brand {key} exists", field="key", value=key, expected="another key")
    database = installation.brand_name(key)
    if not installation.exists(database):
        installation.create(database, installation.template_name)
    _registry().objects.create(
        key=key,
        name=name,
        database=database,
        schema_version=schema_version(),
        serves=schema_version(),
        created_at=MachineClock().now(),
        frozen=frozen,
    )
    for host in hosts:
        BrandHost.objects.get_or_create(host=host.lower(), defaults={"brand_id": key})
    add_database(key, installation.conf(database))


def drop_brand(installation: Installation, key: str) -> None:
    """Remove a brand with its database; what it held is gone. Raises NotFound."""
    brand = _registry().objects.filter(key=key).first()
    if brand is None:
        raise NotFound(f"there is no brand {key}", field="brand", value=key, expected="one of `linehouse brand list`")
    forget_database(key)
    installation.drop(brand.database)
    brand.delete()


def replace_database(installation: Installation, new: str, name: str) -> str:
    """Give a filled database its final name; what has that name is put aside, and its connections end.

    Returns the name under which the old one stays, or an empty text.
    """
    aside = ""
    with installation.maintenance() as connection:
        if installation.exists(name):
            aside = f"{name[:44]}_old_{secrets.token_hex(3)}"
            connection.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(aside))
            )
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(new), sql.Identifier(name)))
    return aside


def load_brands(installation: Installation) -> list[str]:
    """Make the brands that this release may serve known to Django; returns their keys.

    Called at start and when one is added. Raises SchemaBehind where the registry itself is older than this release.
    """
    try:
        rows = list(_registry().objects.order_by("key"))
    except ProgrammingError as error:
        raise SchemaBehind(
            "the control database belongs to an older release of Linehouse", expected="`linehouse upgrade`"
        ) from error
    return [_known(installation, row.key, row.database) for row in rows if serves(row)]


def load_all_brands(installation: Installation) -> list[str]:
    """Make every brand of the registry known to Django, whatever version it has: for upgrades, not for serving."""
    rows = _registry().objects.order_by("key").values_list("key", "database")
    return [_known(installation, key, database) for key, database in rows]


def _known(installation: Installation, key: str, database: str) -> str:
    if key not in connections.settings:
        add_database(key, installation.conf(database))
    return key


def brands_at_work(installation: Installation) -> list[str]:
    """The brands that workers serve: every one that is not frozen and has this release's schema, known to Django."""
    frozen = set(_registry().objects.filter(frozen=True).values_list("key", flat=True))
    return [key for key in load_brands(installation) if key not in frozen]
