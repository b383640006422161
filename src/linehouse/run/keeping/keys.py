"""The installation's secrets in files: what a backup of the databases does not hold unless it is asked for."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from linehouse.platform.backup.errors import RestoreRefused
from linehouse.platform.backup.keyring import Keyring
from linehouse.platform.backup.manifest import Manifest
from linehouse.platform.backup.sealed import open_private, unsealed
from linehouse.platform.settings import Settings
from linehouse.run.keeping.erasures import add_to_log, is_log

KEYS = "keys"
"""Kind of the sealed file of a backup that holds secrets."""
BACKUP_KEY = "backup-key"
"""Name of the key file of backups in a bundle; it is never inside a backup."""


def key_files(settings: Settings) -> dict[str, bytes]:
    """The secrets by name: the signing key and the folder of master keys."""
    folder = settings.keys_folder
    candidates = [(settings.home / "secret-key", "secret-key")]
    candidates += [(file, f"keys/{file.relative_to(folder)}") for file in sorted(folder.rglob("*")) if file.is_file()]
    return {name: file.read_bytes() for file, name in candidates if file.is_file()}


def kept_keys(manifest: Manifest, folder: Path, keys: Keyring) -> dict[str, bytes]:
    """The secrets that a backup made with its keys holds, by their path below the home; none for others."""
    for part in manifest.parts:
        if part.kind == KEYS:
            content = b"".join(unsealed(folder / part.name, keys, KEYS))
            return msgspec.json.decode(content, type=dict[str, bytes])
    return {}


def put_back(files: dict[str, bytes], settings: Settings, *, force: bool) -> list[str]:
    """Write secrets to their places; keys of backups are added to those there are. Returns what was written.

    One that is there and differs stays, and is refused unless forced; then the old one is kept under another name.
    Raises RestoreRefused.
    """
    written = []
    for name, content in files.items():
        if name == BACKUP_KEY:
            _add_backup_keys(content, settings)
            continue
        place = _place(name, settings)
        if is_log(place):
            # It only grows: an older one must not take the place of what was erased since.
            add_to_log(place, content)
            continue
        if place.exists():
            if place.read_bytes() == content:
                continue
            if not force:
                raise RestoreRefused(
                    f"{place} exists and differs", field="keys", value=name, expected="an empty home, or --force"
                )
            place.replace(place.with_name(f"{place.name}.replaced-{secrets.token_hex(3)}"))
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open_private(place) as file:
            file.write(content)
        written.append(name)
    return written


def _place(name: str, settings: Settings) -> Path:
    if name == "secret-key":
        return settings.home / name
    folder = settings.keys_folder
    place = folder / name.removeprefix("keys/")
    if not name.startswith("keys/") or not place.resolve().is_relative_to(folder.resolve()):
        raise RestoreRefused("a key of the bundle has no place here", field="keys", value=name)
    return place


def _add_backup_keys(content: bytes, settings: Settings) -> None:
    brought = settings.backup_keys.with_name(f"{settings.backup_keys.name}.brought-{secrets.token_hex(3)}")
    brought.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open_private(brought) as file:
        file.write(content)
    try:
        Keyring.read(settings.backup_keys).joined(Keyring.read(brought)).write()
    finally:
        brought.unlink(missing_ok=True)
