"""The operating-system account that the database server runs as.

PostgreSQL refuses to run as root. Started by an ordinary user, the server runs as that user. Started by root, it
runs as the account `linehouse` where there is one, else as `nobody`; LINEHOUSE_POSTGRES_ACCOUNT names another.
A dedicated account is the better choice on a machine where other services run as `nobody`.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from linehouse.platform.postgres.embedded_errors import (
    DatabaseRefuses,
    EmbeddedPostgresError,
)

_CANDIDATES = ("linehouse", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """Who the server's processes are, and whether we must become it first."""

    name: str
    uid: int
    gid: int
    switch: bool
    """True when this process is root and drops to the account."""

    def run(self, command: Sequence[str | Path], *, cwd: Path, seconds: float) -> subprocess.CompletedProcess[str]:
        """Run a program of the server as this account, with a bare environment and no access by others.

        Raises EmbeddedPostgresError when it cannot be started or takes longer than `seconds`.
        """
        try:
            return subprocess.run(
                [str(part) for part in command],
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
                umask=0o077,
                start_new_session=True,
                env={
                    "PATH": "/usr/bin:/bin",
                    "LC_ALL": "C",
                    "TZ": "UTC",
                    "HOME": str(cwd),
                },
                user=self.uid if self.switch else None,
                group=self.gid if self.switch else None,
                extra_groups=[] if self.switch else None,
            )
        except subprocess.TimeoutExpired as error:
            raise DatabaseRefuses(f"{Path(command[0]).name} gave no answer within {seconds:.0f} seconds") from error
        except PermissionError as error:
            raise DatabaseRefuses(
                f"the account {self.name!r} cannot run {command[0]} ({error.strerror or error}): "
                "start Linehouse as an ordinary user instead of root"
            ) from error
        except OSError as error:
            raise EmbeddedPostgresError(f"{command[0]} cannot be run: {error.strerror or error}") from error

    def reaches(self, folder: Path) -> bool:
        """Whether the account may enter the folder, judged by trying it."""
        if not folder.is_dir():
            return False
        if not self.switch:
            return os.access(folder, os.X_OK)
        answer = self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder], cwd=Path("/"), seconds=10)
        return answer.returncode == 0

    def own_folder(self, folder: Path) -> None:
        """Make a folder that only this account may use."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.switch:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def server_account(wanted: str | None = None) -> Account:
    """The account for a server started by this process.

    Raises EmbeddedPostgresError when root finds no account to drop to.
    """
    if os.geteuid() != 0:
        entry = pwd.getpwuid(os.geteuid()) if _known(os.geteuid()) else None
        name = entry.pw_name if entry else str(os.geteuid())
        return Account(name, os.geteuid(), os.getegid(), switch=False)
    for name in (wanted,) if wanted else _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid, switch=True)
    missing = wanted or "nobody"
    raise EmbeddedPostgresError(
        f"PostgreSQL does not run as root and there is no ordinary account {missing!r}: "
        "create one, or name one in LINEHOUSE_POSTGRES_ACCOUNT"
    )


def _known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
