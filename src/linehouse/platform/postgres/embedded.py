"""A PostgreSQL server of our own, for a laptop, a demo and the tests; see the README for what it promises.

The server outlives the process that started it (a restart of Linehouse adopts it) unless it is stopped, and one
started by `temporary()` ends with its maker, however that ends.
"""

import fcntl
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from linehouse.platform import processes
from linehouse.platform.postgres import (
    embedded_config,
    embedded_errors,
    embedded_folders,
    embedded_programs,
)
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.embedded_account import Account, server_account
from linehouse.platform.postgres.embedded_config import Profile
from linehouse.platform.postgres.embedded_errors import (
    DatabaseRefuses,
    EmbeddedPostgresError,
)
from linehouse.platform.postgres.embedded_folders import Folders

__all__ = ["Dsn", "EmbeddedPostgres", "EmbeddedPostgresError", "ServerStatus"]

SUPERUSER = "linehouse"
_START_SECONDS = 300
_STOP_SECONDS = 60
_FREE_BYTES_TO_START = 48 * 1024 * 1024
"""With less than this the server could not even write its next log segments."""
_FREE_BYTES_TO_BEGIN = 250 * 1024 * 1024
"""A new data folder takes 40 MB, the copied programs 30 MB, the first log segments and databases the rest."""


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known of the server without asking it."""

    running: bool
    pid: int | None
    port: int | None
    data: Path


def _silent(_: str) -> None:
    return


class EmbeddedPostgres:
    """One server, whose files live below `home`. Safe to use from several processes at once."""

    def __init__(
        self,
        home: Path,
        port: int | None = None,
        *,
        profile: Profile = "normal",
        account: str | None = None,
        progress: Callable[[str], None] = _silent,
    ) -> None:
        """Name a server; nothing is touched before `start`.

        `port` None takes any free port at each start. `progress` is told of each long step. `account` names the
        operating-system account that root drops to.
        """
        self._home = home
        self._port = port
        self._profile: Profile = profile
        self._wanted_account = account
        self._progress = progress
        self._leash: subprocess.Popen[bytes] | None = None
        self._temporary = False

    @classmethod
    def temporary(cls) -> "EmbeddedPostgres":
        """A fast server for tests in a new folder; it ends, and its files go, when this process ends."""
        server = cls(Path(tempfile.mkdtemp(prefix="linehouse-", dir=_memory())), profile="tests")
        server._temporary = True
        # The account that root drops to must be able to pass through; nothing else is in this folder.
        server._home.chmod(0o711)
        return server

    def start(self) -> Dsn:
        """Start the server, or find it running, and tell its address once it has answered a query.

        Raises EmbeddedPostgresError with one line for the person at the terminal.
        """
        account = server_account(self._wanted_account)
        folders = embedded_folders.prepare(self._home, account)
        with _locked(folders):
            running = _running(folders)
            if running is not None:
                return self._answering(folders, running.port)
            _require_space(folders)
            try:
                binaries = embedded_programs.programs(folders, account, in_place=self._temporary)
                password = self._initialised(folders, account, binaries)
                port = self._port or _free_port()
                _require_free(port)
                self._launch(folders, account, binaries, port)
            except OSError as error:
                raise embedded_errors.from_os_error(error, folders.root) from error
            dsn = Dsn("127.0.0.1", port, SUPERUSER, password)
            _connect(dsn, folders, seconds=_START_SECONDS)
            if self._temporary:
                self._tie(folders, account, binaries)
            return dsn

    def stop(self) -> None:
        """Stop the server: open transactions are rolled back, everything committed is kept. Stopped already is fine."""
        account = server_account(self._wanted_account)
        folders = embedded_folders.find(self._home)
        if folders is None:
            return
        with _locked(folders):
            running = _running(folders)
            if running is not None:
                binaries = embedded_programs.programs(folders, account, in_place=self._temporary)
                for mode, seconds in (("fast", _STOP_SECONDS), ("immediate", 15)):
                    command: list[str | Path] = [
                        binaries / "pg_ctl",
                        "stop",
                        "-D",
                        folders.data,
                        "-m",
                        mode,
                        "-w",
                        "-t",
                        str(seconds),
                    ]
                    answer = account.run(command, cwd=folders.root, seconds=seconds + 15)
                    if answer.returncode == 0 or _running(folders) is None:
                        break
                else:
                    raise DatabaseRefuses(f"PostgreSQL (process {running.mark.pid}) does not stop")
        self._untie()

    def destroy(self) -> None:
        """Stop the server and delete all its files, data included."""
        self.stop()
        folders = embedded_folders.find(self._home)
        if folders is not None:
            shutil.rmtree(folders.root, ignore_errors=True)
            embedded_folders.forget(self._home)
        if self._temporary:
            shutil.rmtree(self._home, ignore_errors=True)

    def status(self) -> ServerStatus:
        """Whether the server runs, by its files and processes; it is not connected to."""
        folders = embedded_folders.find(self._home)
        running = _running(folders) if folders is not None else None
        if folders is None or running is None:
            return ServerStatus(
                running=False, pid=None, port=None, data=(folders or Folders(self._home / "postgres")).data
            )
        return ServerStatus(running=True, pid=running.mark.pid, port=running.port, data=folders.data)

    def _initialised(self, folders: Folders, account: Account, binaries: Path) -> str:
        if (folders.data / "PG_VERSION").exists():
            return _read_password(folders)
        self._progress("making a new PostgreSQL database")
        for abandoned in folders.root.glob("data.new-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        # A name of its own: an initdb whose maker was killed may still be writing into the abandoned one.
        fresh = folders.root / f"data.new-{secrets.token_hex(4)}"
        account.own_folder(fresh)
        password = secrets.token_urlsafe(24)
        embedded_folders.write_private(folders.password, password)
        handed_over = folders.logs / "initial-password"
        embedded_folders.write_private(handed_over, password)
        if account.switch:
            os.chown(handed_over, account.uid, account.gid)
        command: list[str | Path] = [
            binaries / "initdb",
            "-D",
            fresh,
            "-U",
            SUPERUSER,
            "--encoding=UTF8",
        ]
        command += [
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        command += [
            "--auth=scram-sha-256",
            f"--pwfile={handed_over}",
            "--no-instructions",
        ]
        if self._profile == "tests":
            command.append("--no-sync")
        try:
            answer = account.run(command, cwd=folders.root, seconds=_START_SECONDS)
        finally:
            handed_over.unlink(missing_ok=True)
        if answer.returncode != 0:
            text = answer.stderr + answer.stdout
            raise embedded_errors.from_server_log(text, folders.root, self._port or 0, folders.logs)
        if folders.data.exists():
            # An earlier attempt left a data folder without a database in it.
            shutil.rmtree(folders.data)
        fresh.rename(folders.data)
        return password

    def _launch(self, folders: Folders, account: Account, binaries: Path, port: int) -> None:
        sockets = embedded_folders.socket_folder(folders, account)
        settings = folders.configuration / "postgresql.conf"
        access = folders.configuration / "pg_hba.conf"
        settings.write_text(embedded_config.configuration(self._profile, port=port, sockets=sockets, logs=folders.logs))
        access.write_text(embedded_config.HOST_BASED_ACCESS)
        for path in (settings, access):
            path.chmod(0o644)
        _drop_leftovers(folders, sockets)
        self._progress("starting PostgreSQL")
        options = f"-c config_file={shlex.quote(str(settings))} -c hba_file={shlex.quote(str(access))}"
        command: list[str | Path] = [
            binaries / "pg_ctl",
            "start",
            "-D",
            folders.data,
            "-l",
            folders.start_log,
        ]
        command += ["-w", "-t", str(_START_SECONDS), "-o", options]
        for attempt in ("first", "second"):
            folders.start_log.unlink(missing_ok=True)
            answer = account.run(command, cwd=folders.root, seconds=_START_SECONDS + 30)
            if answer.returncode == 0:
                return
            log = _last_words(folders)
            if attempt == "first" and "still in use" in log:
                # Backends of a server that was killed live on for a moment; the data must not be opened beside them.
                _end_orphans(folders)
                continue
            raise embedded_errors.from_server_log(log + answer.stderr, folders.root, port, folders.start_log)

    def _answering(self, folders: Folders, port: int) -> Dsn:
        if self._port is not None and port != self._port:
            raise DatabaseRefuses(
                f"PostgreSQL already runs for this home on port {port}, not {self._port}: stop it first"
            )
        dsn = Dsn("127.0.0.1", port, SUPERUSER, _read_password(folders))
        _connect(dsn, folders, seconds=_START_SECONDS)
        return dsn

    def _tie(self, folders: Folders, account: Account, binaries: Path) -> None:
        """Leave a small process behind that ends the server as soon as this process is gone."""
        self._untie()  # one of an earlier start would end the new server and delete its files
        script = 'read -r line; "$1" stop -D "$2" -m immediate -w -t 30; rm -rf "$3" "$4"'
        if account.switch:
            # The watcher stays root to delete the files; pg_ctl itself refuses root and sends a plain signal instead.
            script = 'read -r line; kill -QUIT "$(head -n 1 "$2/postmaster.pid")"; sleep 1; rm -rf "$3" "$4"'
        self._leash = subprocess.Popen(
            ["/bin/sh", "-c", script, "sh", *map(str, (binaries / "pg_ctl", folders.data, folders.root, self._home))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )

    def _untie(self) -> None:
        if self._leash is not None:
            self._leash.kill()
            self._leash.wait()
            if self._leash.stdin:
                self._leash.stdin.close()
            self._leash = None


@dataclass(frozen=True, slots=True)
class _Running:
    mark: processes.ProcessMark
    port: int


def _running(folders: Folders) -> _Running | None:
    """The server that the pid file names, if that process is indeed a server of this data folder."""
    lines = _text(folders.pid_file).splitlines()
    if len(lines) < 4 or not lines[0].strip().lstrip("-").isdigit():
        return None
    pid = abs(int(lines[0]))
    found = processes.mark(pid)
    if found is None or not _serves(pid, folders):
        return None
    return _Running(found, int(lines[3]))


def _serves(pid: int, folders: Folders) -> bool:
    if not _can_see_folders():
        # Without /proc the id alone must do; PostgreSQL removes its pid file at every orderly end.
        return True
    return pid in processes.working_in(folders.data)


def _drop_leftovers(folders: Folders, sockets: Path) -> None:
    """Remove the pid file and the socket's lock file of a killed server.

    Both name a number that may still or again be in use: by the server's remains, which nobody has collected yet,
    or by a stranger; PostgreSQL would take either for a running server. While any process still works in the data
    folder the files stay, since they guard the shared memory.
    """
    if _can_see_folders():
        _end_orphans(folders)
        folders.pid_file.unlink(missing_ok=True)
        for leftover in sockets.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)


def _last_words(folders: Folders) -> str:
    """What the server wrote since its latest start."""
    text = _text(folders.start_log)
    logs = sorted(folders.logs.glob("postgresql-*.log"), key=lambda log: log.stat().st_mtime_ns)
    if "redirecting log output" in text and logs:
        text += _text(logs[-1]).rpartition("starting PostgreSQL")[2]
    return text


def _can_see_folders() -> bool:
    return Path("/proc/self/cwd").exists()


def _end_orphans(folders: Folders) -> None:
    """End the processes that still work in the data folder after their server was killed."""
    orphans = [found for pid in processes.working_in(folders.data) if (found := processes.mark(pid))]
    for orphan in orphans:
        if not processes.wait_for_end(orphan, 5.0):
            processes.end(orphan, patience=5.0, last=signal.SIGQUIT)
    left = [orphan.pid for orphan in orphans if orphan.alive()]
    if left:
        raise DatabaseRefuses(f"processes {left} of an earlier PostgreSQL still hold {folders.data}: end them first")


def _connect(dsn: Dsn, folders: Folders, *, seconds: float) -> None:
    """Ask the server a question over TCP until it answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with psycopg.connect(dsn.conninfo("postgres"), connect_timeout=10) as connection:
                connection.execute("select 1")
            return
        except psycopg.OperationalError as error:
            words = str(error).strip().splitlines()[-1].rpartition("FATAL: ")[2].strip()
            passing = "starting up" in words or "shutting down" in words or "recovery" in words
            if time.monotonic() >= deadline or not passing:
                raise DatabaseRefuses(f"PostgreSQL at {dsn} refuses: {words} (its logs: {folders.logs})") from error
        time.sleep(0.1)


@contextmanager
def _locked(folders: Folders) -> Iterator[None]:
    """Only one process at a time starts or stops the server of one home; the lock goes with its holder."""
    try:
        handle = os.open(folders.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise embedded_errors.from_os_error(error, folders.root) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _require_space(folders: Folders) -> None:
    exists = (folders.data / "PG_VERSION").exists()
    if shutil.disk_usage(folders.root).free < (_FREE_BYTES_TO_START if exists else _FREE_BYTES_TO_BEGIN):
        raise embedded_errors.disk_full(folders.root)


def _require_free(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise embedded_errors.port_taken(port) from error


_ROOM_IN_MEMORY = 4 * 1024**3
"""Bytes that must be free in memory before a test server's files go there."""


def _memory() -> Path | None:
    """A folder in memory with room for a test server, where there is one: making files there costs a tenth."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of random name and our own is made in it
    if not (shared.is_dir() and os.access(shared, os.W_OK | os.X_OK)):
        return None
    return shared if shutil.disk_usage(shared).free > _ROOM_IN_MEMORY else None


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _read_password(folders: Folders) -> str:
    try:
        return folders.password.read_text().strip()
    except FileNotFoundError as error:
        raise DatabaseRefuses(
            f"the file {folders.password} with the database's password is missing: put it back, "
            f"or move {folders.root} away to begin with an empty database"
        ) from error
    except OSError as error:
        raise embedded_errors.from_os_error(error, folders.password) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
