"""The home folder: what an installation keeps in files, and who serves it."""

import fcntl
import os
import secrets
from pathlib import Path

import msgspec

from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.postgres.embedded_folders import make_home
from linehouse.platform.processes import ProcessMark
from linehouse.platform.settings import Settings


class HomeRefused(DomainError, code="run.home_refused", kind=Kind.UNAVAILABLE):
    """The home folder cannot be made or written, or its disk is full."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Who serves this home: kept in a file so that the next start, `stop` and `status` find it."""

    supervisor: ProcessMark
    web_url: str
    children: dict[str, ProcessMark] = msgspec.field(default_factory=dict)


class Home:
    """The folder that LINEHOUSE_HOME names. Making a value touches nothing; `open` makes the folders."""

    def __init__(self, root: Path) -> None:
        """Name the folder."""
        self.root = root
        self.logs = root / "log"
        self._state = root / "run"
        self.metrics = self._state / "metrics"
        self._lock_file = self._state / "supervisor.lock"
        self._record_file = self._state / "processes.json"
        self._lock: int | None = None

    def open(self) -> None:
        """Make what is missing. Raises HomeRefused."""
        try:
            make_home(self.root)
            for folder in (self.logs, self._state, self.metrics):
                folder.mkdir(mode=0o700, exist_ok=True)
            self._lock_file.touch(mode=0o600)
        except OSError as error:
            raise refused(self.root, error) from error

    def lock(self) -> bool:
        """Become the one supervisor of this home until `unlock` or the end of this process; False if there is one."""
        handle = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._lock = handle
        return True

    def unlock(self) -> None:
        """Give the home free."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def record(self) -> Record | None:
        """What the last supervisor wrote; None when it ended in order or nothing ever ran."""
        try:
            return msgspec.json.decode(self._record_file.read_bytes(), type=Record)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def write_record(self, record: Record) -> None:
        """Replace the record; a reader never sees half of it."""
        growing = self._record_file.with_suffix(".new")
        growing.write_bytes(msgspec.json.encode(record))
        growing.chmod(0o600)
        growing.replace(self._record_file)

    def forget_record(self) -> None:
        """Everything has ended in order."""
        self._record_file.unlink(missing_ok=True)

    def beat_file(self, process: str) -> Path:
        """The file that a process without a port touches to show that it is at work."""
        return self._state / f"{process}.beat"


def with_secret_key(settings: Settings) -> Settings:
    """The settings with a key for signing: the given one, else the one kept in the home, made when missing."""
    if settings.secret_key:
        return settings
    file = settings.home / "secret-key"
    try:
        make_home(settings.home)
        if not file.exists():
            # Two first starts at once: whoever links first decides, both read the same afterwards.
            growing = file.with_name(f"secret-key.{os.getpid()}")
            handle = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as written:
                written.write(secrets.token_urlsafe(48))
            try:
                os.link(growing, file)
            except FileExistsError:
                pass
            finally:
                growing.unlink()
        key = file.read_text().strip()
    except OSError as error:
        raise refused(settings.home, error) from error
    return msgspec.structs.replace(settings, secret_key=key)


def refused(folder: Path, error: OSError) -> HomeRefused:
    """The error for a file operation below the home that failed."""
    reason = (error.strerror or str(error)).lower()
    return HomeRefused(
        f"the home folder cannot be used ({reason})",
        field="LINEHOUSE_HOME",
        value=str(error.filename or folder),
        expected="a folder that this user may write, on a disk with space",
    )
