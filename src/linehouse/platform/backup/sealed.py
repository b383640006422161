"""Sealed files: compressed, encrypted in pieces, and refused as a whole when one bit or one piece is not as written.

A file is ``LHSEAL1\\n``, the length of the header (4 bytes), the header (JSON), then pieces, each with its length
(4 bytes) before it. Every file has a key of its own, derived (HKDF, RFC 5869) from the key file's by a random salt.
A piece is sealed with AES-256-GCM (NIST SP 800-38D); its nonce is its number and whether it is the last, the header is
authenticated with each. So pieces cannot be left out, repeated, moved, or taken from another file.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from linehouse.platform.backup.errors import BackupDamaged

MAGIC = b"LHSEAL1\n"
PIECE = 1024 * 1024
"""Bytes of a piece before it is sealed."""
_TAG = 16
_LONGEST_HEADER = 4096
_LENGTH = struct.Struct(">I")
_NONCE = struct.Struct(">3xQB")


class Keys(Protocol):
    """Where keys are found."""

    def newest(self) -> tuple[str, bytes]:
        """The key for new files, with its id."""
        ...

    def by_id(self, key_id: str) -> bytes:
        """The key of that id. Raises KeyMissing."""
        ...


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What stands readable before the sealed pieces. It is authenticated with each of them."""

    kind: str
    """What the file is, such as ``base`` or ``wal``: one kind never passes for another."""
    key: str
    """Id of the key in the key file."""
    salt: bytes
    compression: str = "zlib"
    piece: int = PIECE


def _cipher(master: bytes, header: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"linehouse sealed file\n" + header).derive(master))


class Sealer:
    """Writes one sealed file. Close it: without its last piece the file is refused."""

    def __init__(self, target: BinaryIO, keys: Keys, kind: str, *, level: int = 1) -> None:
        """Write the header."""
        key_id, master = keys.newest()
        header = msgspec.json.encode(Header(kind=kind, key=key_id, salt=os.urandom(32)))
        salt = msgspec.json.decode(header, type=Header).salt
        self._target = target
        self._header = header
        self._cipher = _cipher(master, header, salt)
        self._packer = zlib.compressobj(level)
        self._waiting = bytearray()
        self._number = 0
        target.write(MAGIC + _LENGTH.pack(len(header)) + header)

    def write(self, data: bytes) -> int:
        """Take more of the content."""
        self._waiting += self._packer.compress(data)
        while len(self._waiting) > PIECE:
            self._piece(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def close(self) -> None:
        """Write the last piece; the target stays open."""
        self._waiting += self._packer.flush()
        while len(self._waiting) > PIECE:
            self._piece(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        self._piece(bytes(self._waiting), last=True)

    def _piece(self, content: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_NONCE.pack(self._number, last), content, self._header)
        self._target.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


def seal(content: Iterable[bytes], target: Path, keys: Keys, kind: str) -> None:
    """Write a sealed file of the content; it appears under its name when it is complete and on the disk."""
    growing = target.with_name(f"{target.name}.growing")
    with open_private(growing) as file:
        sealer = Sealer(file, keys, kind)
        for data in content:
            sealer.write(data)
        sealer.close()
        file.flush()
        os.fsync(file.fileno())
    growing.replace(target)


def open_private(path: Path) -> BinaryIO:
    """A new file that only its owner may read, in place of what was there."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def unsealed(path: Path, keys: Keys, kind: str) -> Iterator[bytes]:
    """The content of a sealed file, piece by piece. Raises BackupDamaged, KeyMissing.

    What was yielded before a refusal must be thrown away.
    """
    with path.open("rb") as file:
        raw, header = _read_header(file, path)
        if header.kind != kind:
            raise _damaged(path, f"it is a file of kind {header.kind}, not {kind}")
        cipher = _cipher(keys.by_id(header.key), raw, header.salt)
        unpacker = zlib.decompressobj()
        number, last = 0, False
        while not last:
            length = _exactly(file, _LENGTH.size, path)
            size = _LENGTH.unpack(length)[0]
            if not _TAG <= size <= header.piece + _TAG:
                raise _damaged(path, f"piece {number} cannot be as long as it says")
            sealed = _exactly(file, size, path)
            content, last = _open_piece(cipher, sealed, number, raw, path)
            number += 1
            yield from _unpacked(unpacker, content, path)
        if file.read(1):
            raise _damaged(path, "something stands behind its last piece")
        yield unpacker.flush()


def _unpacked(unpacker: zlib._Decompress, content: bytes, path: Path) -> Iterator[bytes]:
    while content:
        try:
            # In bounded portions: a piece of zeros unpacks to a thousand times its size.
            yield unpacker.decompress(content, 4 * PIECE)
        except zlib.error as error:
            raise _damaged(path, str(error)) from None
        content = unpacker.unconsumed_tail


def _open_piece(cipher: AESGCM, sealed: bytes, number: int, header: bytes, path: Path) -> tuple[bytes, bool]:
    for last in (False, True):
        try:
            return cipher.decrypt(_NONCE.pack(number, last), sealed, header), last
        except InvalidTag:
            continue
    raise _damaged(path, f"piece {number} was changed, or another key sealed it")


def _read_header(file: BinaryIO, path: Path) -> tuple[bytes, Header]:
    if file.read(len(MAGIC)) != MAGIC:
        raise _damaged(path, "it is no sealed file")
    size = _LENGTH.unpack(_exactly(file, _LENGTH.size, path))[0]
    if size > _LONGEST_HEADER:
        raise _damaged(path, "its header is too long")
    raw = _exactly(file, size, path)
    try:
        header = msgspec.json.decode(raw, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _damaged(path, "its header cannot be read") from None
    if header.compression != "zlib" or not 0 < header.piece <= 64 * PIECE:
        raise _damaged(path, "its header names a form that this release does not know")
    return raw, header


def _exactly(file: BinaryIO, size: int, path: Path) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise _damaged(path, "it ends too early")
    return data


def _damaged(path: Path, why: str) -> BackupDamaged:
    return BackupDamaged(f"{path.name} is damaged: {why}", field="file", value=str(path))


class Unsealing(io.RawIOBase):
    """The content of a sealed file as a stream to read from, for libraries that want one."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        """Read these pieces."""
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer with what comes next; 0 at the end."""
        view = memoryview(buffer)  # type: ignore[arg-type]  # whatever the caller reads into is a buffer
        while not self._rest:
            try:
                self._rest = next(self._pieces)
            except StopIteration:
                return 0
        taken = self._rest[: len(view)]
        view[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)
