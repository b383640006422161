"""The archive of the write-ahead log: what PostgreSQL writes, received as it is written, sealed and put away.

`pg_receivewal` holds a place in the server's log (a replication slot), so that nothing is forgotten while nobody
receives. A finished segment is sealed at once, the one that grows every few seconds: what can be lost with the whole
machine is what the last few seconds wrote.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import psycopg

from linehouse.platform.backup.errors import BackupDamaged
from linehouse.platform.backup.sealed import Keys, open_private, seal, unsealed
from linehouse.platform.postgres.dsn import Dsn

KIND = "wal"
SLOT = "linehouse_archive"
SEGMENT_BYTES = 16 * 1024 * 1024
_SEGMENT = re.compile(r"^[0-9A-F]{24}$")
_HISTORY = re.compile(r"^[0-9A-F]{8}\.history$")
_GROWS = ".partial"
_SEALED = ".sealed"
_STATUS = "status.json"
_LAST_OF_FILE = 0xFF
"""With segments of 16 MB the last eight digits of a name run from 00 to FF."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How far the archive is; instants of the machine clock."""

    sealed_at: datetime
    """When something was last put away."""
    reached: str
    """Position in the log up to which everything is sealed (LSN)."""
    seen_at: datetime
    """When the receiver last looked; much earlier than now: it does not work."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Segments of the log without a gap."""

    segments: tuple[str, ...]
    gap_after: str
    """The last segment before the first gap; empty where there is none."""


class Archive:
    """The archived log of one life of a server."""

    def __init__(self, backups: Path, incarnation: str) -> None:
        """Name it; nothing is touched."""
        self.folder = backups / "wal" / incarnation

    def open(self) -> None:
        """Make the folder, closed to others."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, incoming: Path, name: str, keys: Keys) -> None:
        """Seal one received file; a finished segment takes the place of its unfinished self."""
        seal(_blocks(incoming), self.folder / f"{name}{_SEALED}", keys, KIND)
        if not name.endswith(_GROWS):
            (self.folder / f"{name}{_GROWS}{_SEALED}").unlink(missing_ok=True)

    def names(self) -> list[str]:
        """What is archived, in order; an unfinished segment only where the finished one is missing."""
        found = {file.name.removesuffix(_SEALED) for file in self.folder.glob(f"*{_SEALED}")}
        return sorted(name for name in found if name.removesuffix(_GROWS) == name or name[:24] not in found)

    def stretch(self, first: str) -> Stretch:
        """The segments from `first` on, up to the first gap."""
        segments = [name for name in self.names() if _SEGMENT.match(name[:24]) and name[:24] >= first]
        found: list[str] = []
        for name in segments:
            if found and not _follows(found[-1][:24], name[:24]):
                return Stretch(tuple(found), found[-1][:24])
            if not found and name[:24] != first:
                return Stretch((), first)
            found.append(name)
        return Stretch(tuple(found), "")

    def histories(self) -> list[str]:
        """The archived histories of timelines."""
        return [name for name in self.names() if _HISTORY.match(name)]

    def read(self, name: str, keys: Keys) -> Iterator[bytes]:
        """The content of an archived file. Raises BackupDamaged, KeyMissing."""
        try:
            yield from unsealed(self.folder / f"{name}{_SEALED}", keys, KIND)
        except FileNotFoundError:
            if not name.endswith(_GROWS):
                raise
            # Whoever receives has finished the segment since it was looked for.
            yield from unsealed(self.folder / f"{name.removesuffix(_GROWS)}{_SEALED}", keys, KIND)

    def forget_before(self, first: str) -> int:
        """Remove segments that no backup needs any more; returns how many."""
        old = [name for name in self.names() if _SEGMENT.match(name[:24]) and name[8:24] < first[8:24]]
        for name in old:
            (self.folder / f"{name}{_SEALED}").unlink(missing_ok=True)
        return len(old)

    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.stat().st_size for file in self.folder.glob(f"*{_SEALED}"))

    def status(self) -> Status | None:
        """How far it is; None where nothing was ever received."""
        try:
            return msgspec.json.decode((self.folder / _STATUS).read_bytes(), type=Status)
        except (OSError, msgspec.DecodeError):
            return None

    def write_status(self, status: Status) -> None:
        """Say how far it is."""
        growing = self.folder / f"{_STATUS}.growing"
        with open_private(growing) as file:
            file.write(msgspec.json.encode(status))
        growing.replace(self.folder / _STATUS)


def incarnation_of(dsn: Dsn, home: Path) -> str:
    """The name of this life of the embedded server: another one after each restore and each new beginning."""
    with psycopg.connect(dsn.conninfo("postgres")) as connection:
        row = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
    if row is None:
        raise BackupDamaged("the server does not tell its identifier")
    file = home / "incarnation"
    known = file.read_text().strip() if file.exists() else ""
    if known.partition("-")[0] == str(row[0]):
        return known
    fresh = f"{row[0]}-{secrets.token_hex(4)}"
    with open_private(file) as written:
        written.write(fresh.encode())
    return fresh


def begin_new_life(home: Path) -> None:
    """What is archived from now on no longer continues what was archived before."""
    (home / "incarnation").unlink(missing_ok=True)


def received(folder: Path) -> list[Path]:
    """The files that the receiver has written, finished ones first."""
    files = [f for f in folder.iterdir() if _SEGMENT.match(f.name[:24]) or _HISTORY.match(f.name)]
    return sorted(files, key=lambda f: (f.name.endswith(_GROWS), f.name))


def is_growing(file: Path) -> bool:
    """Whether the receiver still writes into it."""
    return file.name.endswith(_GROWS)


def _follows(one: str, other: str) -> bool:
    if other[:8] > one[:8]:
        # A new timeline goes on in the segment in which the old one ended, or in the next.
        return other[8:] in (one[8:], _next(one)[8:])
    return _next(one) == other


def _next(segment: str) -> str:
    high, low = int(segment[8:16], 16), int(segment[16:], 16)
    high, low = (high + 1, 0) if low == _LAST_OF_FILE else (high, low + 1)
    return f"{segment[:8]}{high:08X}{low:08X}"


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while block := opened.read(1024 * 1024):
            yield block
