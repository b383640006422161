"""What a backup consists of: readable without a key, and signed by it."""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from linehouse.platform.backup.errors import BackupDamaged
from linehouse.platform.backup.sealed import Keys, open_private

NAME = "manifest.json"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One sealed file of a backup."""

    name: str
    kind: str
    size: int
    """Bytes of the sealed file."""
    content: int
    """Bytes before packing and sealing."""
    sha256: str
    """Of the sealed file, so that it can be checked without a key."""
    database: str = ""
    brand: str = ""


class BrandFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What a brand held: to be compared with what a restore gives back."""

    key: str
    name: str
    database: str
    schema_version: str
    ledger_hash: str
    rows: dict[str, int]
    """Rows by table."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A backup, described. Instants are of the machine clock."""

    id: str
    kind: str
    """``physical``: the whole server, with point-in-time recovery; ``logical``: databases one by one."""
    began: datetime
    ended: datetime
    prefix: str
    release: str
    key: str
    parts: tuple[Part, ...]
    brands: tuple[BrandFigures, ...] = ()
    exact: bool = False
    """Whether the figures are of exactly what the backup holds; otherwise of the moment at which it began."""
    server_version: int = 0
    incarnation: str = ""
    """Which life of the server: the log archived under the same name continues this backup."""
    first_segment: str = ""
    """The segment of the log with which recovery begins."""
    with_keys: bool = False

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(part.size for part in self.parts)

    @property
    def seconds(self) -> int:
        """How long it took."""
        return int((self.ended - self.began).total_seconds())


class _Signed(msgspec.Struct, frozen=True):
    manifest: msgspec.Raw
    signature: str


def write(manifest: Manifest, folder: Path, keys: Keys) -> None:
    """Write and sign the manifest of the backup in the folder."""
    raw = msgspec.json.encode(manifest)
    signed = {"manifest": msgspec.Raw(raw), "signature": _signature(keys.by_id(manifest.key), raw)}
    with open_private(folder / NAME) as file:
        file.write(msgspec.json.encode(signed))


def read(folder: Path, keys: Keys | None = None) -> Manifest:
    """The manifest of the backup in the folder; its signature is checked where keys are given. Raises BackupDamaged."""
    file = folder / NAME
    try:
        signed = msgspec.json.decode(file.read_bytes(), type=_Signed)
        manifest = msgspec.json.decode(signed.manifest, type=Manifest)
    except (OSError, msgspec.DecodeError):
        raise BackupDamaged("the manifest cannot be read", field="file", value=str(file)) from None
    if keys is not None and not hmac.compare_digest(
        signed.signature, _signature(keys.by_id(manifest.key), bytes(signed.manifest))
    ):
        raise BackupDamaged("the manifest was changed", field="file", value=str(file))
    return manifest


def _signature(key: bytes, raw: bytes) -> str:
    derived = hmac.new(key, b"linehouse manifest\n", sha256).digest()
    return hmac.new(derived, raw, sha256).hexdigest()
