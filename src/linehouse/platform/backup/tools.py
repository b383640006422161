"""PostgreSQL's client programs, run against a server: what they write is a stream, their complaint one line."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from linehouse.platform.backup.errors import BackupFailed
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.embedded_programs import client_program

_BLOCK = 1024 * 1024


def environment(dsn: Dsn) -> dict[str, str]:
    """What a client program needs to log in; the password never stands among the arguments."""
    return {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C",
        "TZ": "UTC",
        "PGHOST": dsn.host,
        "PGPORT": str(dsn.port),
        "PGUSER": dsn.user,
        "PGPASSWORD": dsn.password,
        "PGCONNECT_TIMEOUT": "10",
        "PGAPPNAME": "linehouse backup",
        **{f"PG{name.upper()}": value for name, value in dsn.options if name in {"sslmode", "sslrootcert"}},
    }


def output_of(dsn: Dsn, program: str, arguments: Sequence[str]) -> Iterator[bytes]:
    """What the program writes, as it comes. Raises BackupFailed with its last words; ends it when one stops reading."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [str(client_program(program)), *arguments],
            env=environment(dsn),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd="/",
        )
        try:
            if process.stdout is None:
                raise BackupFailed(f"{program} cannot be heard")
            while block := process.stdout.read(_BLOCK):
                yield block
            process.wait()
        finally:
            if process.stdout is not None:
                process.stdout.close()
            if process.poll() is None:
                process.kill()
                process.wait()
        _require_success(program, process.returncode, complaints)


def feed(dsn: Dsn, program: str, arguments: Sequence[str], content: Iterable[bytes]) -> None:
    """Give the program its input. Raises BackupFailed with its last words."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [str(client_program(program)), *arguments],
            env=environment(dsn),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            cwd="/",
        )
        try:
            if process.stdin is None:
                raise BackupFailed(f"{program} cannot be told anything")
            try:
                for block in content:
                    process.stdin.write(block)
                process.stdin.close()
            except BrokenPipeError:
                # It has ended already: its last words say why.
                process.stdin = None
            process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        _require_success(program, process.returncode, complaints)


def _require_success(program: str, code: int, complaints: IO[bytes]) -> None:
    if code == 0:
        return
    complaints.seek(0)
    lines = [line.strip() for line in complaints.read().decode(errors="replace").splitlines() if line.strip()]
    told = [line for line in lines if "error:" in line or "FATAL" in line] or lines[-1:]
    words = told[0].partition("error: ")[2] or told[0] if told else f"exit code {code}"
    raise BackupFailed(f"{program} failed: {words}", expected=_advice(words))


def _advice(words: str) -> str:
    if "server version" in words:
        return "client programs at least as new as the server"
    if "SSL" in words or "sslmode" in words:
        return "a server that is reached without TLS from here, for the bundled programs speak none"
    if "permission denied" in words or "must be superuser" in words or "REPLICATION" in words:
        return "a user who may do this"
    return ""


def installed(program: str) -> Path:
    """Where a client program lies, for a process that is kept running."""
    return client_program(program)
