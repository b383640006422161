"""The whole server as it stands: `pg_basebackup` while everybody goes on working, sealed as it comes.

The log that makes the copy consistent is inside, so that a backup is good by itself; with the archive of the log
it can be brought to any later instant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg

from linehouse.platform.backup.errors import BackupDamaged
from linehouse.platform.backup.manifest import Part
from linehouse.platform.backup.sealed import Keys, seal
from linehouse.platform.backup.shelf import Told, part_of
from linehouse.platform.backup.tools import output_of
from linehouse.platform.postgres.dsn import Dsn

BASE = "base"
FILE = "base.sealed"
_LABEL = re.compile(rb"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)")
_ARGUMENTS = ("--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--no-password")
_SEARCHED = 256 * 1024
"""The label is the first file of the copy."""


def take_base(dsn: Dsn, folder: Path, keys: Keys, told: Told) -> tuple[Part, str]:
    """Copy the server into the folder; returns the part and the segment of the log with which its recovery begins.

    Raises BackupFailed.
    """
    expected = _size_of_server(dsn)
    beginning = bytearray()
    content = 0

    def counted() -> Iterator[bytes]:
        nonlocal content
        for block in output_of(dsn, "pg_basebackup", [*_ARGUMENTS, "--label=linehouse"]):
            if len(beginning) < _SEARCHED:
                beginning.extend(block)
            content += len(block)
            told("Copying and sealing the server", min(content, expected), expected)
            yield block

    seal(counted(), folder / FILE, keys, BASE)
    label = _LABEL.search(bytes(beginning[:_SEARCHED]))
    if label is None:
        raise BackupDamaged("the copy of the server does not say where it begins", field="file", value=FILE)
    return part_of(folder / FILE, BASE, content), label.group(1).decode()


def _size_of_server(dsn: Dsn) -> int:
    with psycopg.connect(dsn.conninfo("postgres")) as connection:
        row = connection.execute("SELECT sum(pg_database_size(oid))::bigint FROM pg_database").fetchone()
    return int(row[0]) if row else 0
