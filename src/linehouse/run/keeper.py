"""The keeper: archives the database's log as it is written, and starts backups and drills when they are due.

It stays small: no Django, no brand. What needs them is a command in a process of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from types import FrameType

import psycopg
import structlog

from linehouse.kernel.clock import MachineClock
from linehouse.platform.backup import wal
from linehouse.platform.backup.drills import reports
from linehouse.platform.backup.errors import BackupDamaged, BackupFailed
from linehouse.platform.backup.keyring import Keyring
from linehouse.platform.backup.receiver import Receiver, release_place
from linehouse.platform.backup.shelf import Shelf, single_brand
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.settings import Settings
from linehouse.platform.telemetry import logs
from linehouse.run.home import Home
from linehouse.run.keeping.erasures import keep_copies

_log = structlog.get_logger(__name__)

TURN_SECONDS = 1.0
FIRST_BACKUP_AFTER = timedelta(minutes=2)
"""The first backup waits until a start is over."""
AGAIN_AFTER = timedelta(minutes=15)
"""Pause after a command that failed."""


class Schedule:
    """When a command is due next, by the machine's clock."""

    def __init__(self, arguments: tuple[str, ...], every: timedelta, last: datetime | None, now: datetime) -> None:
        """It ran `last`; never, it is due a little after now."""
        self._arguments = arguments
        self._every = every
        self._process: subprocess.Popen[bytes] | None = None
        self.due = max(last + every, now + FIRST_BACKUP_AFTER) if last else now + FIRST_BACKUP_AFTER

    def turn(self, now: datetime) -> None:
        """Start the command when it is due; when it has ended, decide when it is due again."""
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return
            self._process = None
            self.due = now + (self._every if code == 0 else AGAIN_AFTER)
            _log.info("a scheduled command ended", command=self._arguments[0], code=code)
        elif now >= self.due:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "linehouse.run.cli", *self._arguments], stdin=subprocess.DEVNULL, cwd="/"
            )

    def stop(self) -> None:
        """End a command that is under way; what it has half made, it removes."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def schedules(settings: Settings, now: datetime) -> list[Schedule]:
    """What the settings want to run by itself."""
    shelf = Shelf(settings.backups)
    found = []
    if settings.backup_hours:
        last = next((each.began for each in shelf.all() if not single_brand(each)), None)
        every = timedelta(hours=settings.backup_hours)
        found.append(Schedule(("backup", "create", "--scheduled"), every, last, now))
    if settings.drill_days:
        drilled = next((each.began for each in reports(shelf.root)), None)
        found.append(Schedule(("drill", "--scheduled"), timedelta(days=settings.drill_days), drilled, now))
    return found


def receiver(settings: Settings) -> Receiver | None:
    """The receiver of the embedded server's log; None where it is not archived."""
    dsn = Dsn.parse(settings.database_url)
    own = EmbeddedPostgres(settings.home).status()
    if not (own.running and dsn.port == own.port and dsn.host == "127.0.0.1"):
        return None
    if not settings.wal_archive:
        release_place(dsn)
        return None
    keys = Keyring.read_or_make(settings.backup_keys)
    archive = wal.Archive(settings.backups, wal.incarnation_of(dsn, settings.home))
    return Receiver(dsn, settings.home / "run" / "log-incoming", archive, keys)


def main() -> None:
    """Keep until SIGTERM."""
    settings = Settings.from_env(os.environ)
    logs.configure(settings, "keeper")
    stop = threading.Event()

    def asked_to_stop(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, asked_to_stop)
    signal.signal(signal.SIGINT, asked_to_stop)
    beat = Home(settings.home).beat_file("keeper")
    beat.write_text(str(int(time.monotonic() * 1000)))
    due = schedules(settings, MachineClock().now())
    receiving: Receiver | None = None
    asked = False
    while not stop.is_set():
        try:
            if not asked:
                receiving, asked = receiver(settings), True
            if receiving is not None:
                receiving.turn()
        except (psycopg.OperationalError, BackupFailed) as error:
            _log.warning("the database does not answer", error=type(error).__name__)
        except (OSError, BackupDamaged) as error:
            _log.error("the log cannot be archived", error=str(error))
        try:
            keep_copies(settings, Keyring.read_or_make(settings.backup_keys))
        except (OSError, BackupDamaged) as error:
            _log.error("the log of erasures cannot be copied", error=str(error))
        for each in due:
            each.turn(MachineClock().now())
        beat.write_text(str(int(time.monotonic() * 1000)))
        stop.wait(TURN_SECONDS)
    for each in due:
        each.stop()
    if receiving is not None:
        try:
            receiving.stop()
        except (psycopg.OperationalError, BackupFailed, OSError) as error:
            _log.warning("the rest of the log stays for the next start", error=type(error).__name__)


if __name__ == "__main__":
    main()
