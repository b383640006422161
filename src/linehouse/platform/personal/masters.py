"""Master keys: files of a folder outside every database, which wrap the keys of subjects.

A file ``master-<id>.key`` holds 32 octets in base64; ``current`` names the one that wraps new keys. Several machines
that serve one installation share the folder. Who loses it has lost every personal value.
"""

from __future__ import annotations

import os
import secrets
import stat
import threading
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from linehouse.platform.personal.cipher import KEY_BYTES
from linehouse.platform.personal.errors import KeysFolderRefused, MasterKeyMissing


@dataclass(frozen=True, slots=True)
class Master:
    """A master key with the id by which wrapped keys refer to it."""

    id: str
    key: bytes


class MasterKeys:
    """The keys of one folder. Making a value touches nothing; the first use makes folder and key where both lack."""

    def __init__(self, folder: Path) -> None:
        """Name the folder."""
        self.folder = folder
        self._known: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def current(self) -> Master:
        """The key that wraps new keys. Raises KeysFolderRefused."""
        file = self.folder / "current"
        try:
            if not file.exists():
                self._found()
            name = file.read_text().strip()
        except OSError as error:
            raise self._refused(error) from error
        return Master(name, self.key(name))

    def key(self, name: str) -> bytes:
        """The key of that id. Raises MasterKeyMissing."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._read(name)
        return found

    def ids(self) -> list[str]:
        """The ids of all keys that the folder holds."""
        return sorted(file.stem.removeprefix("master-") for file in self.folder.glob("master-*.key"))

    def renew(self) -> Master:
        """Make a further key; from now on it wraps. The older ones stay until ``retire``."""
        try:
            made = self._make()
            self._write("current", made.id)
        except OSError as error:
            raise self._refused(error) from error
        return made

    def retire(self, name: str) -> None:
        """Destroy a key that wraps nothing any more."""
        self._known.pop(name, None)
        (self.folder / f"master-{name}.key").unlink(missing_ok=True)

    def _found(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.ids():
            # Only `current` is gone; the newest key goes on, ids sort by age.
            self._write("current", self.ids()[-1])
            return
        made = self._make()
        growing = self.folder / f"current.{os.getpid()}.{threading.get_ident()}"
        self._create(growing, made.id)
        try:
            # Two first starts at once: whoever links first decides.
            os.link(growing, self.folder / "current")
        except FileExistsError:
            self.retire(made.id)
        finally:
            growing.unlink()

    def _make(self) -> Master:
        name = f"{len(self.ids()) and int(self.ids()[-1].split('-')[0]) + 1:06d}-{secrets.token_hex(4)}"
        key = secrets.token_bytes(KEY_BYTES)
        self._create(self.folder / f"master-{name}.key", b64encode(key).decode())
        return Master(name, key)

    def _read(self, name: str) -> bytes:
        file = self.folder / f"master-{name}.key"
        try:
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                raise KeysFolderRefused(
                    "others may read a master key", field=str(file), expected="a file that only its owner may read"
                )
            return b64decode(file.read_text().strip(), validate=True)
        except FileNotFoundError:
            raise MasterKeyMissing(
                "a master key is missing", field=str(self.folder), value=name, expected=f"the file {file.name}"
            ) from None
        except (OSError, ValueError) as error:
            raise KeysFolderRefused(f"a master key cannot be read ({error})", field=str(file)) from error

    def _write(self, name: str, text: str) -> None:
        growing = self.folder / f"{name}.{os.getpid()}.{threading.get_ident()}"
        self._create(growing, text)
        growing.replace(self.folder / name)

    def _create(self, file: Path, text: str) -> None:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as written:
            written.write(text + "\n")
            written.flush()
            os.fsync(written.fileno())

    def _refused(self, error: OSError) -> KeysFolderRefused:
        return KeysFolderRefused(
            f"the folder of the master keys cannot be used ({(error.strerror or str(error)).lower()})",
            field="LINEHOUSE_KEYS",
            value=str(error.filename or self.folder),
            expected="a folder that this user may write and nobody else may read",
        )


_used: list[MasterKeys] = []


def use(keys: MasterKeys) -> None:
    """Serve this folder's keys in this process."""
    _used[:] = [keys]


def masters() -> MasterKeys:
    """The keys of this process: those of ``use``, else of the folder that the settings name."""
    if not _used:
        from django.conf import settings

        use(MasterKeys(Path(settings.PERSONAL_KEYS)))
    return _used[0]
