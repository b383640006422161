"""Receiving the log: keeps `pg_receivewal` running and seals what it brings."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psycopg
import structlog

from linehouse.kernel.clock import MachineClock
from linehouse.platform.backup import wal
from linehouse.platform.backup.errors import BackupFailed
from linehouse.platform.backup.sealed import Keys
from linehouse.platform.backup.tools import environment, installed
from linehouse.platform.postgres.dsn import Dsn

_log = structlog.get_logger(__name__)

GROWING_SECONDS = 10.0
"""How often the unfinished segment is sealed anew: what a lost machine loses at most, apart from the copying."""
_PAUSE_SECONDS = 5.0


class Receiver:
    """One server's log on its way into the archive. `turn` is called again and again; `stop` at the end."""

    def __init__(self, dsn: Dsn, incoming: Path, archive: wal.Archive, keys: Keys) -> None:
        """Name what goes where; `incoming` is a private folder on the machine's own disk."""
        self._dsn = dsn
        self._incoming = incoming
        self._archive = archive
        self._keys = keys
        self._process: subprocess.Popen[bytes] | None = None
        self._start_due = 0.0
        self._growing_due = 0.0
        self._growing_seen: tuple[str, int, str] = ("", 0, "")
        self._sealed_at = MachineClock().now()
        self._reached = ""

    def turn(self) -> int:
        """Look once: keep the program running, seal what has come. Returns how many files were sealed."""
        self._keep_running()
        return self._seal_received()

    def stop(self) -> None:
        """End the program and seal the rest."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None
        self._growing_due = 0.0
        if self._incoming.is_dir():
            self._seal_received()

    def _keep_running(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        if time.monotonic() < self._start_due:
            return
        if self._process is not None:
            _log.warning("the receiver of the log ended", code=self._process.returncode)
        self._start_due = time.monotonic() + _PAUSE_SECONDS
        self._archive.open()
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        hold_place(self._dsn)
        self._process = subprocess.Popen(
            [
                str(installed("pg_receivewal")),
                f"--directory={self._incoming}",
                f"--slot={wal.SLOT}",
                "--no-loop",
                "--no-password",
                "--synchronous",
                "--status-interval=1",
            ],
            env=environment(self._dsn),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )

    def _seal_received(self) -> int:
        sealed = 0
        files = wal.received(self._incoming)
        look_at_growing = time.monotonic() >= self._growing_due
        if look_at_growing:
            self._growing_due = time.monotonic() + GROWING_SECONDS
        else:
            files = [file for file in files if not wal.is_growing(file)]
        # Asked before the files are read: whatever the server counts as received by then is in them.
        reached = position_of(self._dsn) if files else ""
        for file in files:
            try:
                if wal.is_growing(file):
                    seen = (file.name, file.stat().st_mtime_ns, reached)
                    if seen == self._growing_seen:
                        continue
                    self._growing_seen = seen
                self._archive.put(file, file.name, self._keys)
            except FileNotFoundError:
                # It was finished and renamed while we looked; the next turn finds it under its new name.
                continue
            if not wal.is_growing(file):
                file.unlink()
            elif reached:
                self._reached = reached
            self._sealed_at = MachineClock().now()
            sealed += 1
        self._archive.write_status(
            wal.Status(sealed_at=self._sealed_at, reached=self._reached, seen_at=MachineClock().now())
        )
        return sealed


def hold_place(dsn: Dsn) -> None:
    """Make the slot where it is missing, or anew where the server has given up the log that it held."""
    with psycopg.connect(dsn.conninfo("postgres"), autocommit=True) as connection:
        row = connection.execute(
            "SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", [wal.SLOT]
        ).fetchone()
        if row is not None and row[0] == "lost":
            _log.error("the server has given up log that was not archived: there is a gap, make a backup")
            connection.execute("SELECT pg_drop_replication_slot(%s)", [wal.SLOT])
            row = None
        if row is None:
            connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [wal.SLOT])


def release_place(dsn: Dsn) -> None:
    """Give the slot up: the server keeps no log for an archive any more."""
    with psycopg.connect(dsn.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s AND NOT active",
            [wal.SLOT],
        )


def position_of(dsn: Dsn) -> str:
    """How far the receiver has told the server that it has written, as text (LSN); empty when it does not receive."""
    try:
        with psycopg.connect(dsn.conninfo("postgres"), autocommit=True, connect_timeout=5) as connection:
            row = connection.execute(
                "SELECT restart_lsn::text FROM pg_replication_slots WHERE slot_name = %s", [wal.SLOT]
            ).fetchone()
    except psycopg.OperationalError as error:
        raise BackupFailed(f"the database does not answer: {type(error).__name__}") from None
    return str(row[0]) if row and row[0] else ""
