"""Why the embedded PostgreSQL does not start: one sentence each, fit to be shown alone."""

import errno
from pathlib import Path


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot do what was asked; the text is one line for the person at the terminal."""


class PortTaken(EmbeddedPostgresError):
    """Another program listens on the port that PostgreSQL should use."""


class DiskFull(EmbeddedPostgresError):
    """No space is left where the database keeps its files."""


class FolderRefused(EmbeddedPostgresError):
    """The data folder cannot be made, entered or written."""


class DatabaseRefuses(EmbeddedPostgresError):
    """The server does not start, or does not let us in."""


def port_taken(port: int) -> PortTaken:
    """The error for a port that is in use; it names the setting that changes it."""
    return PortTaken(
        f"port {port} on 127.0.0.1, wanted for PostgreSQL, is taken by another program: "
        "set LINEHOUSE_POSTGRES_PORT to a free port"
    )


def disk_full(folder: Path) -> DiskFull:
    """The error for a disk without space."""
    return DiskFull(f"no space is left on the disk that holds {folder}: free some, or set LINEHOUSE_HOME elsewhere")


def from_os_error(error: OSError, folder: Path) -> EmbeddedPostgresError:
    """The error for a file operation that failed below `folder`."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full(folder)
    reason = error.strerror or str(error)
    return FolderRefused(
        f"{error.filename or folder} cannot be used ({reason.lower()}): "
        "give this user the right to write there, or set LINEHOUSE_HOME elsewhere"
    )


def from_server_log(log: str, folder: Path, port: int, log_file: Path) -> EmbeddedPostgresError:
    """The error that the server's own last words point to."""
    if "No space left on device" in log or "Disk quota exceeded" in log:
        return disk_full(folder)
    if "could not bind" in log and ("already in use" in log or "Is another postmaster" in log):
        return port_taken(port)
    fatal = [line for line in log.splitlines() if "FATAL:" in line or "PANIC:" in line or "error:" in line]
    words = fatal[-1].partition(": ")[2].strip() if fatal else "it gave no reason"
    return DatabaseRefuses(f"PostgreSQL refuses to start: {words} (its log: {log_file})")
