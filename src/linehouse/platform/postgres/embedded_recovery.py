"""An embedded server from a copy of its files and its log: unpacked, recovered to the instant asked for, and at rest.

The copy brings its own passwords, which are nobody's business here: the superuser gets a new one through a socket
that only the server's account reaches.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from linehouse.platform.postgres import embedded_config, embedded_errors, embedded_folders, embedded_programs
from linehouse.platform.postgres.embedded_account import Account, server_account
from linehouse.platform.postgres.embedded_errors import DatabaseRefuses
from linehouse.platform.postgres.embedded_folders import Folders

SUPERUSER = "linehouse"
_TRUSTING = "local all all trust\n"
"""For the short time of a recovery: reachable through the folder of the server's account alone, not over TCP."""
_PORT = 5432
"""Names the socket only; nothing listens on it."""
_PATIENCE_SECONDS = 24 * 3600
_NOTES = 20


class TargetNotReached(DatabaseRefuses):
    """The log ended before the instant that was asked for."""


@dataclass(frozen=True, slots=True)
class Target:
    """How far to recover: to the end of the log by default, else to an instant (ISO 8601) or a named point."""

    time: str = ""
    name: str = ""

    def options(self) -> dict[str, str]:
        """PostgreSQL's settings for it."""
        if self.time:
            return {"recovery_target_time": self.time, "recovery_target_action": "promote"}
        if self.name:
            return {"recovery_target_name": self.name, "recovery_target_action": "promote"}
        return {}


def rebuild(
    home: Path,
    base: IO[bytes],
    log: Iterable[tuple[str, Iterator[bytes]]],
    target: Target,
    *,
    account: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Make the server of a home from a base copy (tar) and segments of its log by name.

    The home must have no server's data. Afterwards the server is at rest and starts as any other. Raises
    EmbeddedPostgresError, TargetNotReached, and whatever reading `base` or `log` raises; nothing stays then.
    """
    user = server_account(account)
    folders = embedded_folders.prepare(home, user)
    if folders.data.exists():
        raise DatabaseRefuses(f"{folders.data} exists: a restore overwrites nothing")
    binaries = embedded_programs.programs(folders, user, in_place=True)
    fresh = folders.root / f"data.restored-{secrets.token_hex(4)}"
    segments = folders.root / f"log.restored-{secrets.token_hex(4)}"
    try:
        progress("Unpacking the server's files")
        _unpack(base, fresh, user)
        progress("Unpacking the log")
        count = _lay_out(log, segments, user)
        progress("Recovering the server")
        _recover(folders, user, binaries, fresh, segments if count else None, target)
        fresh.rename(folders.data)
    except OSError as error:
        raise embedded_errors.from_os_error(error, folders.root) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(segments, ignore_errors=True)


def _unpack(base: IO[bytes], target: Path, account: Account) -> None:
    account.own_folder(target)
    with tarfile.open(fileobj=base, mode="r|") as archive:
        for member in archive:
            place = target / member.name
            if not place.resolve().is_relative_to(target.resolve()) or not (member.isfile() or member.isdir()):
                raise DatabaseRefuses(f"the copy of the server holds {member.name!r}, which belongs to no server")
            if member.isdir():
                place.mkdir(mode=0o700, exist_ok=True)
            else:
                source = archive.extractfile(member)
                if source is None:
                    continue
                with place.open("wb") as file:
                    shutil.copyfileobj(source, file, 1024 * 1024)
                place.chmod(0o600)
            if account.switch:
                os.chown(place, account.uid, account.gid)
    for needed in ("pg_wal", "pg_wal/archive_status", "pg_tblspc", "pg_replslot"):
        account.own_folder(target / needed)


def _lay_out(log: Iterable[tuple[str, Iterator[bytes]]], target: Path, account: Account) -> int:
    account.own_folder(target)
    count = 0
    for name, content in log:
        place = target / name
        with place.open("wb") as file:
            for block in content:
                file.write(block)
        place.chmod(0o600)
        if account.switch:
            os.chown(place, account.uid, account.gid)
        count += 1
    return count


def _recover(
    folders: Folders, account: Account, binaries: Path, data: Path, segments: Path | None, target: Target
) -> None:
    sockets = embedded_folders.socket_folder(folders, account)
    settings = folders.configuration / "recovery.conf"
    access = folders.configuration / "recovery_hba.conf"
    settings.write_text(embedded_config.configuration("normal", port=_PORT, sockets=sockets, logs=folders.logs))
    access.write_text(_TRUSTING)
    for path in (settings, access):
        path.chmod(0o644)
    wanted = {"config_file": str(settings), "hba_file": str(access), "listen_addresses": "", "logging_collector": "off"}
    if segments is not None:
        signal = data / "recovery.signal"
        signal.touch(mode=0o600)
        if account.switch:
            os.chown(signal, account.uid, account.gid)
        wanted["restore_command"] = f'cp "{segments}/%f" "%p"'
        wanted |= target.options()
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in wanted.items())
    words = folders.logs / "recovery.log"
    words.unlink(missing_ok=True)
    start: list[str | Path] = [
        binaries / "pg_ctl",
        "start",
        "-D",
        data,
        "-l",
        words,
        "-w",
        "-t",
        str(_PATIENCE_SECONDS),
    ]
    answer = account.run([*start, "-o", options], cwd=folders.root, seconds=_PATIENCE_SECONDS + 60)
    try:
        if answer.returncode != 0:
            raise _refusal(words, answer.stderr)
        _settle(folders, sockets, words)
    finally:
        stop: list[str | Path] = [binaries / "pg_ctl", "stop", "-D", data, "-m", "fast", "-w", "-t", "300"]
        account.run(stop, cwd=folders.root, seconds=330)
        settings.unlink(missing_ok=True)
        access.unlink(missing_ok=True)


def _settle(folders: Folders, sockets: Path, words: Path) -> None:
    """Wait until the server has become one that writes, and give its superuser the password of the home."""
    password = secrets.token_urlsafe(24)
    while True:
        try:
            with psycopg.connect(
                host=str(sockets), port=_PORT, user=SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=10
            ) as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
                if row is not None and not row[0]:
                    connection.execute(
                        sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(SUPERUSER), sql.Literal(password))
                    )
                    connection.execute("CHECKPOINT")
                    break
        except psycopg.OperationalError as error:
            text = _text(words)
            if "recovery ended before" in text or "PANIC" in text or "shutting down" in text:
                raise _refusal(words, str(error)) from None
        time.sleep(0.1)
    embedded_folders.write_private(folders.password, password)


def _refusal(words: Path, otherwise: str) -> DatabaseRefuses:
    text = _text(words)
    if "recovery ended before configured recovery target was reached" in text:
        return TargetNotReached("the archived log ends before the instant asked for")
    lines = [line for line in text.splitlines() if "FATAL" in line or "PANIC" in line][-_NOTES:]
    told = lines[-1].partition(": ")[2].strip() if lines else " ".join(otherwise.split())[-200:]
    return DatabaseRefuses(f"the server cannot be recovered: {told}")


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
