"""Making backups of this installation, checking them, and removing old ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
from django.db import connections

from linehouse.kernel.clock import MachineClock
from linehouse.platform.backup import logical, physical, wal
from linehouse.platform.backup import manifest as manifests
from linehouse.platform.backup.errors import BackupFailed
from linehouse.platform.backup.keyring import Keyring
from linehouse.platform.backup.manifest import BrandFigures, Manifest, Part
from linehouse.platform.backup.sealed import seal
from linehouse.platform.backup.shelf import Shelf, Told, name_for, part_of
from linehouse.platform.control.models import Brand
from linehouse.platform.postgres.databases import Installation, load_all_brands
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.settings import Settings
from linehouse.run.keeping.figures import figures_of, one_instant
from linehouse.run.keeping.keys import KEYS, key_files

_KEYS_FILE = "keys.sealed"


def shelf_of(settings: Settings) -> Shelf:
    """Where this installation's backups lie."""
    return Shelf(settings.backups)


def keys_of(settings: Settings, *, make: bool = False) -> Keyring:
    """The keys of this installation's backups. Raises BackupDamaged."""
    return Keyring.read_or_make(settings.backup_keys) if make else Keyring.read(settings.backup_keys)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be backed up: everything in its usual way, or databases one by one, or one brand."""

    logical: bool = False
    brand: str = ""
    with_keys: bool = False
    figures: bool = True
    """Whether to count what the brands hold; not where the databases belong to another release than this code."""


def make_backup(installation: Installation, settings: Settings, wanted: Wanted, told: Told) -> Manifest:
    """Make a backup and put it on the shelf; call it in the control realm. Raises BackupFailed, NotFound.

    An embedded server is copied as a whole. An external server's files are not ours: its databases are dumped, each
    as of one instant.
    """
    shelf, keys = shelf_of(settings), keys_of(settings, make=True)
    load_all_brands(installation)
    brands = _brands(wanted.brand)
    by_parts = wanted.logical or bool(wanted.brand) or not is_embedded(installation.dsn, settings)
    kind = "logical" if by_parts else "physical"
    began = MachineClock().now()
    backup_id = name_for(began, wanted.brand or kind)
    with shelf.growing(backup_id) as folder:
        parts: list[Part] = []
        first_segment = incarnation = ""
        if by_parts:
            figures = _dump_all(installation, folder, brands, keys, wanted, told, parts)
            exact = wanted.figures
        else:
            incarnation = wal.incarnation_of(installation.dsn, settings.home)
            before = _snapshot(installation)
            figures = _figures(brands, told) if wanted.figures else []
            part, first_segment = physical.take_base(installation.dsn, folder, keys, told)
            exact = wanted.figures and before == _snapshot(installation)
            parts.append(part)
        if wanted.with_keys:
            parts.append(_keep_keys(settings, folder, keys))
        made = Manifest(
            id=backup_id,
            kind=kind,
            began=began,
            ended=MachineClock().now(),
            prefix=installation.prefix,
            release=_release(),
            key=keys.newest()[0],
            parts=tuple(parts),
            brands=tuple(figures),
            exact=exact,
            server_version=_server_version(installation),
            incarnation=incarnation,
            first_segment=first_segment,
            with_keys=wanted.with_keys,
        )
        manifests.write(made, folder, keys)
    return made


def _brands(only: str) -> Sequence[Brand]:
    # Only columns that every release has: before an upgrade the registry is older than this code.
    rows = Brand.objects.only("key", "name", "database", "schema_version").order_by("key")
    return [_the_brand(only)] if only else list(rows)


def _the_brand(key: str) -> Brand:
    from linehouse.kernel.error import NotFound

    row = Brand.objects.filter(key=key).first()
    if row is None:
        raise NotFound(f"there is no brand {key}", field="brand", value=key, expected="one of `linehouse brand list`")
    return row


def _figures(brands: Iterable[Brand], told: Told) -> list[BrandFigures]:
    found = []
    for brand in brands:
        told(f"Counting what {brand.name} holds", 0, 0)
        with one_instant(brand.key):
            found.append(figures_of(brand, thorough=False))
    return found


def _dump_all(
    installation: Installation,
    folder: Path,
    brands: Sequence[Brand],
    keys: Keyring,
    wanted: Wanted,
    told: Told,
    parts: list[Part],
) -> list[BrandFigures]:
    if not wanted.brand:
        name = installation.control_name
        parts.append(logical.dump(installation.dsn, name, folder / "control.sealed", keys, told))
    else:
        parts.append(_registry(folder, brands[0], keys))
    figures = []
    for brand in brands:
        with one_instant(brand.key), connections[brand.key].cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot(), pg_database_size(current_database())")
            snapshot, size = cursor.fetchone()
            if wanted.figures:
                figures.append(figures_of(brand, thorough=False))
            parts.append(
                logical.dump(
                    installation.dsn,
                    brand.database,
                    folder / f"brand-{brand.key}.sealed",
                    keys,
                    told,
                    brand=brand.key,
                    snapshot=snapshot,
                    expected=int(size),
                )
            )
    return figures


REGISTRY = "registry"


def _registry(folder: Path, brand: Brand, keys: Keyring) -> Part:
    """What the control database says of one brand, so that the brand can be put back by itself."""
    from linehouse.run.keeping.registry import rows_of

    content = msgspec.json.encode(rows_of(brand))
    file = folder / "registry.sealed"
    seal([content], file, keys, REGISTRY)
    return part_of(file, REGISTRY, len(content), brand=brand.key)


def _keep_keys(settings: Settings, folder: Path, keys: Keyring) -> Part:
    content = msgspec.json.encode(key_files(settings))
    file = folder / _KEYS_FILE
    seal([content], file, keys, KEYS)
    return part_of(file, KEYS, len(content))


def _snapshot(installation: Installation) -> str:
    with installation.maintenance() as connection:
        row = connection.execute("SELECT pg_current_snapshot()::text").fetchone()
    return str(row[0]) if row else ""


def _server_version(installation: Installation) -> int:
    with installation.maintenance() as connection:
        return connection.info.server_version


def _release() -> str:
    try:
        return version("linehouse")
    except PackageNotFoundError:
        return "0"


def is_embedded(dsn: Dsn, settings: Settings) -> bool:
    """Whether the server at this address is the home's own; processes are told its address like an external's."""
    own = EmbeddedPostgres(settings.home).status()
    return own.running and dsn.host == "127.0.0.1" and dsn.port == own.port


def require_embedded(dsn: Dsn, settings: Settings, what: str) -> None:
    """Raise BackupFailed where the server is somebody else's."""
    if not is_embedded(dsn, settings):
        raise BackupFailed(
            f"{what} needs the embedded PostgreSQL",
            field="LINEHOUSE_DATABASE_URL",
            expected="the means of who runs the external server; see the page on backups",
        )
