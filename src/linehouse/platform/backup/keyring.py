"""The key file: it seals backups and lies outside of them. Whoever has a backup but no key has nothing.

One line for each key, ``<id> <base64 of 32 bytes>``; the first seals, all of them open. A new first line rotates.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from linehouse.platform.backup.errors import BackupDamaged, KeyMissing
from linehouse.platform.backup.sealed import open_private

_SIZE = 32
_BUNDLE = b"LHKEYS1\n"
_COST = 2**15
"""Scrypt's work factor (RFC 7914): about a tenth of a second and 32 MB for each guess."""


def key_id(key: bytes) -> str:
    """The id of a key: what it is called in headers and manifests; says nothing of the key."""
    return hashlib.sha256(b"linehouse backup key\n" + key).hexdigest()[:12]


class Keyring:
    """The keys of one file."""

    def __init__(self, path: Path, keys: Mapping[str, bytes]) -> None:
        """Keys by id, the newest first."""
        self.path = path
        self._keys = dict(keys)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The keys of the file; none where there is no file. Raises BackupDamaged."""
        keys: dict[str, bytes] = {}
        lines = path.read_text().splitlines() if path.exists() else []
        for line in lines:
            if not line.strip() or line.startswith("#"):
                continue
            name, _, text = line.strip().partition(" ")
            try:
                key = base64.b64decode(text, validate=True)
            except ValueError:
                key = b""
            if len(key) != _SIZE or key_id(key) != name:
                raise BackupDamaged(
                    "a line of the key file is damaged", field="key_file", value=str(path), expected="<id> <base64>"
                )
            keys[name] = key
        return cls(path, keys)

    @classmethod
    def read_or_make(cls, path: Path) -> Self:
        """The keys of the file, which is made with a first key where it is missing."""
        found = cls.read(path)
        if not found.ids():
            found.rotate()
        return found

    def rotate(self) -> str:
        """Add a key that seals from now on; returns its id. Older keys stay, for older backups."""
        key = secrets.token_bytes(_SIZE)
        self._keys = {key_id(key): key, **self._keys}
        self.write()
        return key_id(key)

    def write(self) -> None:
        """Write the file anew, readable by its owner alone."""
        growing = self.path.with_name(f"{self.path.name}.growing")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = ["# Opens the backups of this installation. Keep a copy elsewhere: `linehouse backup keys FILE`."]
        lines += [f"{name} {base64.b64encode(key).decode()}" for name, key in self._keys.items()]
        with open_private(growing) as file:
            file.write(("\n".join(lines) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())
        growing.replace(self.path)

    def newest(self) -> tuple[str, bytes]:
        """The key that seals. Raises KeyMissing."""
        for name, key in self._keys.items():
            return name, key
        raise KeyMissing("there is no key for backups", field="key_file", value=str(self.path), expected="a key file")

    def by_id(self, wanted: str) -> bytes:
        """The key of that id. Raises KeyMissing."""
        if wanted not in self._keys:
            raise KeyMissing(
                f"the key {wanted} is not in the key file",
                field="key_file",
                value=str(self.path),
                expected="the key file, or `--keys` with the bundle that `linehouse backup keys` made",
            )
        return self._keys[wanted]

    def joined(self, other: Keyring) -> Keyring:
        """These keys and those of another file behind them, in the place of these."""
        return Keyring(self.path, {**self._keys, **{name: other.by_id(name) for name in other.ids()}})

    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, the newest first."""
        return tuple(self._keys)


class _Bundle(msgspec.Struct, frozen=True):
    salt: bytes
    nonce: bytes
    sealed: bytes


def make_bundle(files: Mapping[str, bytes], passphrase: str) -> bytes:
    """Files by name, sealed by a passphrase (scrypt, AES-256-GCM), to be kept away from the backups."""
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_from_passphrase(passphrase, salt)).encrypt(nonce, msgspec.json.encode(dict(files)), _BUNDLE)
    return _BUNDLE + msgspec.json.encode(_Bundle(salt, nonce, sealed))


def open_bundle(data: bytes, passphrase: str) -> dict[str, bytes]:
    """The files of a bundle. Raises BackupDamaged: not a bundle, changed, or another passphrase."""
    try:
        if not data.startswith(_BUNDLE):
            raise ValueError("no bundle")
        bundle = msgspec.json.decode(data[len(_BUNDLE) :], type=_Bundle)
        content = AESGCM(_from_passphrase(passphrase, bundle.salt)).decrypt(bundle.nonce, bundle.sealed, _BUNDLE)
    except (ValueError, msgspec.DecodeError, InvalidTag):
        raise BackupDamaged(
            "the bundle of keys does not open", field="keys", expected="the bundle as it was made, and its passphrase"
        ) from None
    return msgspec.json.decode(content, type=dict[str, bytes])


def _from_passphrase(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=_SIZE, n=_COST, r=8, p=1).derive(passphrase.encode())
