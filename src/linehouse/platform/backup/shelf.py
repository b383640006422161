"""The shelf: the folder of backups. Finding, checking and removing them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from linehouse.platform.backup import manifest as manifests
from linehouse.platform.backup.errors import BackupDamaged, BackupUnknown
from linehouse.platform.backup.manifest import Manifest, Part
from linehouse.platform.backup.sealed import Keys, unsealed

NEWEST = "latest"
_GROWING = ".growing"
_BLOCK = 1024 * 1024

Told = Callable[[str, int, int], None]
"""A step's words, how far it is and of how much."""


class Shelf:
    """The backups in one folder."""

    def __init__(self, root: Path) -> None:
        """Name the folder; nothing is touched."""
        self.root = root

    def open(self) -> None:
        """Make the folder, closed to others."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def folder(self, backup_id: str) -> Path:
        """Where the backup lies."""
        return self.root / backup_id

    def all(self) -> list[Manifest]:
        """Every complete backup, the newest first; what cannot be read is left out."""
        found = []
        for folder in self.root.glob(f"*/{manifests.NAME}"):
            if folder.parent.name.endswith(_GROWING):
                continue
            try:
                found.append(manifests.read(folder.parent))
            except BackupDamaged:
                continue
        return sorted(found, key=lambda each: each.began, reverse=True)

    def find(self, wanted: str, keys: Keys | None = None) -> Manifest:
        """A backup by its id, or the newest by the word `latest`. Raises BackupUnknown, BackupDamaged."""
        known = self.all()
        match = next((each for each in known if wanted in (NEWEST, each.id)), None)
        if match is None:
            raise BackupUnknown(
                f"there is no backup {wanted}",
                field="backup",
                value=str(self.root / wanted),
                expected=", ".join(each.id for each in known[:5]) or "`linehouse backup create` first",
            )
        return manifests.read(self.folder(match.id), keys)

    @contextmanager
    def growing(self, backup_id: str) -> Iterator[Path]:
        """A folder for a backup in the making: it gets its name at the end, and vanishes when something goes wrong."""
        self.open()
        folder = self.root / f"{backup_id}{_GROWING}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
            folder.rename(self.folder(backup_id))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def verify(self, manifest: Manifest, keys: Keys, told: Told) -> None:
        """Read a backup from end to end: every file is there, is what was written, and opens. Raises BackupDamaged."""
        folder = self.folder(manifest.id)
        done, total = 0, manifest.size
        for part in manifest.parts:
            told(f"Reading {part.name}", done, total)
            file = folder / part.name
            if not file.is_file():
                raise BackupDamaged(f"{part.name} is missing", field="file", value=str(file))
            if digest_of(file) != part.sha256:
                raise BackupDamaged(f"{part.name} is damaged: its checksum differs", field="file", value=str(file))
            content = sum(map(len, unsealed(file, keys, part.kind)))
            if content != part.content:
                raise BackupDamaged(f"{part.name} holds {content} bytes, not {part.content}", field="file")
            done += part.size
        told("Reading the manifest", total, total)

    def remove(self, manifest: Manifest) -> None:
        """Remove a backup."""
        shutil.rmtree(self.folder(manifest.id))

    def superfluous(self, keep: int) -> list[Manifest]:
        """The backups of whole installations beyond the newest `keep`; those of single brands are never among them."""
        whole = [each for each in self.all() if each.kind == "physical" or not single_brand(each)]
        return whole[max(keep, 1) :]


def single_brand(manifest: Manifest) -> bool:
    """Whether the backup holds one brand alone."""
    return manifest.kind == "logical" and not any(part.kind == "control" for part in manifest.parts)


def part_of(file: Path, kind: str, content: int, *, database: str = "", brand: str = "") -> Part:
    """The entry of a finished file."""
    return Part(
        name=file.name,
        kind=kind,
        size=file.stat().st_size,
        content=content,
        sha256=digest_of(file),
        database=database,
        brand=brand,
    )


def digest_of(file: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def name_for(instant: datetime, kind: str) -> str:
    """The id of a backup that begins now: sorts by time."""
    return f"{instant:%Y%m%dT%H%M%SZ}-{kind}"
