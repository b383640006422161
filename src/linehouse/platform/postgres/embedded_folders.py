"""Where the embedded server keeps its files.

Normally `<home>/postgres`. When root starts the server and the account it drops to cannot reach that folder (a home
below /root, say), the rights of other folders are never loosened; the database goes to
`/var/lib/linehouse/<name>`, or where that cannot be made to `<temporary folder>/linehouse-<uid>/<name>`. The name is
derived from the home, and `<home>/postgres.location` keeps the choice.
"""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from linehouse.platform.postgres.embedded_account import Account
from linehouse.platform.postgres.embedded_errors import FolderRefused, from_os_error

_NOTE = "postgres.location"
_LONGEST_SOCKET_FOLDER = 85
"""A socket's whole path may have 107 bytes; PostgreSQL adds `/.s.PGSQL.<port>.lock`."""


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders and files of one embedded server."""

    root: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.root / "data"

    @property
    def logs(self) -> Path:
        """The server's log files."""
        return self.root / "log"

    @property
    def start_log(self) -> Path:
        """What the server says before its log files are open."""
        return self.logs / "start.log"

    @property
    def configuration(self) -> Path:
        """Our configuration files; the server reads but cannot change them."""
        return self.root / "conf"

    @property
    def programs(self) -> Path:
        """Copies of the server's programs, where it cannot reach the installed ones."""
        return self.root / "programs"

    @property
    def password(self) -> Path:
        """The generated password of the database's superuser."""
        return self.root / "password"

    @property
    def lock(self) -> Path:
        """Held while the server is being started or stopped."""
        return self.root / "lock"

    @property
    def pid_file(self) -> Path:
        """PostgreSQL's own record of the running server."""
        return self.data / "postmaster.pid"


def prepare(home: Path, account: Account) -> Folders:
    """Find or make the folders below `home` (or at the fallback place). Raises EmbeddedPostgresError."""
    try:
        root = _root(home, account)
        folders = Folders(root)
        _make(folders.configuration, 0o755)
        account.own_folder(folders.logs)
        if folders.data.exists():
            account.own_folder(folders.data)
    except OSError as error:
        raise from_os_error(error, home) from error
    return folders


def make_home(home: Path) -> None:
    """Make the home of an installation where there is none; others cannot look into it. Raises OSError.

    Root's database runs under another account, which must be able to pass through to its own folder.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    _make(home, 0o711 if os.geteuid() == 0 else 0o700)


def _make(folder: Path, mode: int) -> None:
    """Make a folder with exactly these rights, whatever the process's mask; one that exists keeps its own."""
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        folder.chmod(mode)


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner may read, in place of what was there."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)


def find(home: Path) -> Folders | None:
    """The folders of a server that has been started before; touches nothing."""
    note = home / _NOTE
    root = Path(note.read_text().strip()) if note.exists() else home / "postgres"
    return Folders(root) if root.is_dir() else None


def forget(home: Path) -> None:
    """Choose the place anew at the next start."""
    (home / _NOTE).unlink(missing_ok=True)


def socket_folder(folders: Folders, account: Account) -> Path:
    """A folder for the server's unix socket that is short enough and closed to others."""
    wanted = folders.root / "run"
    if len(os.fsencode(wanted)) > _LONGEST_SOCKET_FOLDER:
        wanted = Path(tempfile.gettempdir()) / f"linehouse-{account.uid}-{_short_name(folders.root)}"
    try:
        account.own_folder(wanted)
    except OSError as error:
        raise from_os_error(error, wanted) from error
    state = wanted.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != account.uid:
        raise FolderRefused(f"{wanted} belongs to somebody else: remove it, or set LINEHOUSE_HOME to a shorter path")
    return wanted


def _root(home: Path, account: Account) -> Path:
    make_home(home)
    home = home.resolve()
    note = home / _NOTE
    if note.exists():
        return _open_to_account(Path(note.read_text().strip()), account)
    if account.reaches(home):
        return _open_to_account(home / "postgres", account)
    for place in (
        Path("/var/lib/linehouse"),
        Path(tempfile.gettempdir()) / f"linehouse-{os.geteuid()}",
    ):
        try:
            _make(place, 0o711)
            state = place.lstat()
        except OSError:
            continue
        if stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid() and account.reaches(place):
            root = _open_to_account(place / _short_name(home), account)
            note.write_text(f"{root}\n")
            return root
    raise FolderRefused(
        f"the account {account.name!r}, which PostgreSQL runs as, can reach neither {home} nor /var/lib/linehouse: "
        "set LINEHOUSE_HOME to a folder that it may enter"
    )


def _open_to_account(root: Path, account: Account) -> Path:
    _make(root, 0o711 if account.switch else 0o700)
    if not account.reaches(root):
        raise FolderRefused(
            f"the account {account.name!r}, which PostgreSQL runs as, cannot enter {root}: "
            "set LINEHOUSE_HOME to a folder that it may enter"
        )
    return root


def _short_name(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
