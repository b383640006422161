"""Putting a backup back: everything into an empty home or server, or one brand beside the others that go on."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Any

import msgspec

from linehouse.platform.backup import logical, physical, wal
from linehouse.platform.backup.errors import BackupDamaged, RestoreRefused
from linehouse.platform.backup.keyring import Keyring
from linehouse.platform.backup.manifest import Manifest, Part
from linehouse.platform.backup.sealed import Unsealing, unsealed
from linehouse.platform.backup.shelf import Shelf
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.postgres.embedded_recovery import Target, TargetNotReached, rebuild
from linehouse.platform.settings import Settings

Said = Callable[[str], None]


@dataclass(slots=True)
class Restored:
    """What a restore came to."""

    manifest: Manifest
    brands: list[str]
    reached: str = ""
    """The last archived segment that went in; empty where the backup alone was put back."""
    left_out: list[str] = field(default_factory=list)
    erased: int = 0
    """Erasures that were carried out again."""


def target_of(to: datetime | None, name: str = "") -> Target:
    """How far to recover."""
    return Target(time=to.isoformat() if to else "", name=name)


def rebuild_server(
    home: Path, manifest: Manifest, shelf: Shelf, keys: Keyring, target: Target, said: Said, *, account: str | None
) -> str:
    """Make the embedded server of a home from a physical backup and the archived log; returns the last segment used.

    The home must hold no server. Raises RestoreRefused, BackupDamaged, KeyMissing, EmbeddedPostgresError.
    """
    archive = wal.Archive(shelf.root, manifest.incarnation)
    stretch = archive.stretch(manifest.first_segment)
    if stretch.gap_after and stretch.segments and not (target.time or target.name):
        raise RestoreRefused(
            f"the archived log has a gap after {stretch.gap_after}",
            field="archive",
            value=str(archive.folder),
            expected="`--to` with an instant before the gap",
        )
    if (target.time or target.name) and not stretch.segments:
        raise RestoreRefused(
            "there is no archived log that continues this backup",
            field="to",
            value=target.time or target.name,
            expected=f"no `--to`: the backup by itself is of {manifest.ended:%Y-%m-%d %H:%M:%S} UTC",
        )
    _require_whole(manifest, shelf)
    part = next(each for each in manifest.parts if each.kind == physical.BASE)
    stream = BufferedReader(Unsealing(unsealed(shelf.folder(manifest.id) / part.name, keys, part.kind)), 1024 * 1024)

    def log() -> Iterator[tuple[str, Iterator[bytes]]]:
        for name in (*archive.histories(), *stretch.segments):
            yield name.removesuffix(".partial"), archive.read(name, keys)

    try:
        rebuild(home, stream, log(), target, account=account, progress=said)
    except TargetNotReached:
        raise RestoreRefused(
            "the archived log ends before the instant asked for",
            field="to",
            value=target.time or target.name,
            expected=_ends(archive),
        ) from None
    return stretch.segments[-1] if stretch.segments else ""


def _ends(archive: wal.Archive) -> str:
    status = archive.status()
    return f"not after {status.sealed_at:%Y-%m-%dT%H:%M:%S}Z" if status else "an earlier instant"


def _require_whole(manifest: Manifest, shelf: Shelf) -> None:
    for part in manifest.parts:
        file = shelf.folder(manifest.id) / part.name
        if not file.is_file() or file.stat().st_size != part.size:
            raise BackupDamaged(f"{part.name} is missing or cut", field="file", value=str(file))


def move_server_aside(settings: Settings) -> Path | None:
    """Move the embedded server's data of the home to another name; None where there is none."""
    data = EmbeddedPostgres(settings.home).status().data
    if not data.exists():
        return None
    aside = data.with_name(f"data.replaced-{secrets.token_hex(3)}")
    data.rename(aside)
    return aside


def load_everything(installation: Installation, manifest: Manifest, shelf: Shelf, keys: Keyring, said: Said) -> None:
    """Fill a server with the databases of a logical backup. Raises RestoreRefused when one of them exists."""
    _require_whole(manifest, shelf)
    parts = [each for each in manifest.parts if each.kind in (logical.CONTROL_PART, logical.BRAND_PART)]
    for part in parts:
        if installation.exists(part.database):
            raise RestoreRefused(
                f"the database {part.database} exists",
                field="database",
                value=part.database,
                expected="an empty server",
            )
    for part in parts:
        said(f"Filling {part.database}")
        fill(installation, part.database, shelf.folder(manifest.id), part, keys)


def fill(installation: Installation, database: str, folder: Path, part: Part, keys: Keyring) -> None:
    """Make a database from a sealed dump; nothing stays of one that fails."""
    installation.create(database)
    try:
        logical.load(installation.dsn, database, folder / part.name, part, keys)
    except BaseException:
        installation.drop(database)
        raise


@contextmanager
def scratch_server(settings: Settings) -> Iterator[Path]:
    """A home for a server beside the running one; it and all its files go at the end."""
    place = settings.home / "run"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="scratch-", dir=place))
    try:
        yield home
    finally:
        EmbeddedPostgres(home, account=settings.postgres_account or None).destroy()
        shutil.rmtree(home, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class FoundBrand:
    """A brand as a backup has it: its rows of the control database, and how its own database is filled."""

    rows: list[dict[str, Any]]
    copy_into: Callable[[Installation, str], None]


@contextmanager
def brand_from(
    manifest: Manifest, shelf: Shelf, keys: Keyring, key: str, settings: Settings, target: Target, said: Said
) -> Iterator[FoundBrand]:
    """Reach one brand of a backup. A physical backup is first brought to life beside the running server."""
    if manifest.kind == "physical":
        with scratch_server(settings) as home:
            account = settings.postgres_account or None
            rebuild_server(home, manifest, shelf, keys, target, said, account=account)
            dsn = EmbeddedPostgres(home, account=account).start()
            yield _brand_of_server(dsn, manifest.prefix, key)
        return
    if target.time or target.name:
        raise RestoreRefused("a dump is of one instant", field="to", value=target.time, expected="no `--to`")
    _require_whole(manifest, shelf)
    part = next((each for each in manifest.parts if each.kind == logical.BRAND_PART and each.brand == key), None)
    if part is None:
        raise _no_such_brand(key, [each.brand for each in manifest.parts if each.brand])
    folder, chosen = shelf.folder(manifest.id), part
    registry = next((each for each in manifest.parts if each.kind == "registry" and each.brand == key), None)
    if registry is not None:
        content = b"".join(unsealed(folder / registry.name, keys, registry.kind))
        yield FoundBrand(msgspec.json.decode(content), lambda to, name: fill(to, name, folder, chosen, keys))
        return
    # The registry stands in the dump of the control database, which only a server can read.
    with scratch_server(settings) as home:
        dsn = EmbeddedPostgres(home, account=settings.postgres_account or None).start()
        beside = Installation(dsn, manifest.prefix)
        control = next(each for each in manifest.parts if each.kind == logical.CONTROL_PART)
        fill(beside, beside.control_name, folder, control, keys)
        rows = _rows_beside(dsn, manifest.prefix, key)
        yield FoundBrand(rows, lambda to, name: fill(to, name, folder, chosen, keys))


def _brand_of_server(dsn: Dsn, prefix: str, key: str) -> FoundBrand:
    rows = _rows_beside(dsn, prefix, key)
    database = str(next(row["fields"]["database"] for row in rows if row["model"] == "control.brand"))

    def copy_into(to: Installation, name: str) -> None:
        to.create(name)
        try:
            logical.copy(dsn, database, to.dsn, name)
        except BaseException:
            to.drop(name)
            raise

    return FoundBrand(rows, copy_into)


def _rows_beside(dsn: Dsn, prefix: str, key: str) -> list[dict[str, Any]]:
    """What another server's control database says of a brand."""
    from linehouse.platform.control.models import Brand
    from linehouse.run.keeping.beside import control_of
    from linehouse.run.keeping.registry import rows_of

    with control_of(Installation(dsn, prefix)):
        brand = Brand.objects.filter(key=key).first()
        if brand is None:
            raise _no_such_brand(key, list(Brand.objects.values_list("key", flat=True)))
        return rows_of(brand)


def _no_such_brand(key: str, known: list[str]) -> RestoreRefused:
    return RestoreRefused(
        f"the backup holds no brand {key}", field="brand", value=key, expected=", ".join(known) or "another backup"
    )
