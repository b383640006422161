"""One database after the other by `pg_dump`: for servers that others run, and for a single brand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from linehouse.platform.backup.manifest import Part
from linehouse.platform.backup.sealed import Keys, seal, unsealed
from linehouse.platform.backup.shelf import Told, part_of
from linehouse.platform.backup.tools import feed, output_of
from linehouse.platform.postgres.dsn import Dsn

CONTROL_PART = "control"
BRAND_PART = "brand"


def dump(
    dsn: Dsn,
    database: str,
    file: Path,
    keys: Keys,
    told: Told,
    *,
    brand: str = "",
    snapshot: str = "",
    expected: int = 0,
) -> Part:
    """Dump a database into a sealed file; with a `snapshot` that another connection exported, exactly what it sees.

    Without `brand` it is the control database. Raises BackupFailed.
    """
    kind = BRAND_PART if brand else CONTROL_PART
    arguments = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--no-password"]
    arguments += [f"--snapshot={snapshot}"] if snapshot else []
    content = 0

    def counted() -> Iterator[bytes]:
        nonlocal content
        for block in output_of(dsn, "pg_dump", [*arguments, f"--dbname={database}"]):
            content += len(block)
            told(f"Dumping and sealing {brand or 'the control database'}", min(content, expected), expected)
            yield block

    seal(counted(), file, keys, kind)
    return part_of(file, kind, content, database=database, brand=brand)


def load(dsn: Dsn, database: str, file: Path, part: Part, keys: Keys) -> None:
    """Fill an empty database from a sealed dump. Raises BackupDamaged, BackupFailed."""
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--no-password", f"--dbname={database}"]
    feed(dsn, "pg_restore", arguments, unsealed(file, keys, part.kind))


def copy(source: Dsn, database: str, target: Dsn, new: str) -> None:
    """Copy one database from a server into an empty one of another. Raises BackupFailed."""
    dumped = output_of(
        source, "pg_dump", ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", database]
    )
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--no-password", f"--dbname={new}"]
    feed(target, "pg_restore", arguments, dumped)
