"""The supervisor: database, preparation, processes; starts them in order, keeps them alive, stops them in reverse."""

import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Protocol

import msgspec
import structlog

from linehouse.kernel.error import DomainError, Kind
from linehouse.platform import processes
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.postgres.embedded_errors import EmbeddedPostgresError
from linehouse.platform.postgres.external import require_usable
from linehouse.platform.processes import ProcessMark
from linehouse.platform.settings import Settings
from linehouse.platform.telemetry import metrics
from linehouse.run import prepare
from linehouse.run.children import PRIVATE, Child, ChildSpec, port_free, reachable, shorten
from linehouse.run.environment import child_environment
from linehouse.run.home import Home, Record
from linehouse.run.lineup import lineup
from linehouse.run.welcome import Progress, Welcome

_log = structlog.get_logger(__name__)

READY_SECONDS = 90.0
"""How long a process may take to answer for the first time."""
_DEATHS_AT_START = 3
_LOOK_SECONDS = 0.2
_LOGS_SECONDS = 60.0
_LEAST_FREE_BYTES = 20_000_000
_LONGEST_DATABASE_PAUSE = 30.0


class AlreadyRunning(DomainError, code="run.already_running", kind=Kind.CONFLICT):
    """Another supervisor serves this home."""


class PortTaken(DomainError, code="run.port_taken", kind=Kind.UNAVAILABLE):
    """Another program listens on a port that this installation needs."""


class StartFailed(DomainError, code="run.start_failed", kind=Kind.UNAVAILABLE):
    """A part of the installation does not come up."""


class StopRequested(Exception):
    """Ctrl-C or SIGTERM came."""


class Database(Protocol):
    """The server that everything stands on."""

    def start(self) -> Dsn:
        """Start or find it; its address."""
        ...

    def stop(self) -> None:
        """Stop it, if it is ours."""
        ...


class ExternalPostgres:
    """A server that others run."""

    def __init__(self, url: str) -> None:
        """Name it."""
        self._dsn = Dsn.parse(url)

    def start(self) -> Dsn:
        """Its address, once it has answered. Raises ExternalDatabaseRefused."""
        require_usable(self._dsn)
        return self._dsn

    def stop(self) -> None:
        """It stays."""


def database_of(settings: Settings) -> Database:
    """The server that the settings choose."""
    if settings.database_url:
        return ExternalPostgres(settings.database_url)
    return EmbeddedPostgres(settings.home, settings.postgres_port, account=settings.postgres_account or None)


class Supervisor:
    """One installation's processes. `run` returns when somebody asked it to stop."""

    def __init__(
        self,
        settings: Settings,
        home: Home,
        progress: Progress,
        say: Callable[[str], None],
        find_specs: Callable[[Settings, Home], tuple[ChildSpec, ...]] = lineup,
    ) -> None:
        """`progress` is told the steps of start and stop, `say` what happens in between."""
        self._settings = settings
        self._home = home
        self._progress = progress
        self._say = say
        self._find_specs = find_specs
        self._database = database_of(settings)
        self._database_mark: ProcessMark | None = None
        self._children: list[Child] = []
        self._database_pause = 0.0
        self._database_due = 0.0
        self._signals = 0

    def run(self, up: Callable[[Welcome], None]) -> None:
        """Start everything, call `up`, and look after it until SIGINT or SIGTERM; then stop everything.

        Raises AlreadyRunning, PortTaken, StartFailed, EmbeddedPostgresError.
        """
        self._home.open()
        if not self._home.lock():
            raise AlreadyRunning(already_running(self._home))
        with self._listening():
            try:
                welcome = self._start()
                up(welcome)
                self._look_after()
            except StopRequested:
                pass
            finally:
                self._stop()
                self._home.unlock()

    def _start(self) -> Welcome:
        end_leftovers(self._home)
        metrics.clear(self._home.metrics)
        self._require_ports()
        self._progress("Starting PostgreSQL" if not self._settings.database_url else "Finding the database")
        self._write_record()
        dsn = self._database.start()
        self._note_database()
        self._check()
        settings = msgspec.structs.replace(self._settings, database_url=dsn.url(dsn.database or "postgres"))
        welcome = self._prepare(settings)
        self._children = [Child(spec) for spec in self._find_specs(settings, self._home)]
        names = ", ".join(child.spec.name for child in self._children)
        for child in self._children:
            child.start()
            self._write_record()
        self._wait_until_ready(f"Starting {names}")
        return welcome

    def _require_ports(self) -> None:
        database = "LINEHOUSE_POSTGRES_PORT"
        for variable, port in self._settings.ports().items():
            host = self._settings.host if variable in {"LINEHOUSE_PORT", "LINEHOUSE_CHARGING_PORT"} else "127.0.0.1"
            # The embedded server may still run from before; its own start tells a stranger from itself.
            if variable != database and not port_free(host, port):
                raise PortTaken(
                    f"port {port} on {host} is taken by another program",
                    field=variable,
                    value=port,
                    expected="a free port",
                )

    def _prepare(self, settings: Settings) -> Welcome:
        log = self._home.logs / "prepare.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", prepare.__name__],
                env=child_environment(settings, {}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                umask=PRIVATE,
                cwd="/",
            )
        self._write_record(preparation=processes.mark(process.pid))
        welcome: Welcome | None = None
        try:
            for message in self._messages(process):
                match message:
                    case prepare.Step(text, done, total):
                        self._progress(text, done, total)
                    case prepare.Prepared(found):
                        welcome = found
                    case prepare.Failed(reason):
                        raise StartFailed(reason)
        finally:
            if process.stdout is not None:
                process.stdout.close()
            _conclude(process, by_itself=welcome is not None)
        if welcome is not None:
            return welcome
        if shutil.disk_usage(self._home.root).free < _LEAST_FREE_BYTES:
            raise StartFailed("the disk is full", field="LINEHOUSE_HOME", value=str(self._home.root))
        words = last_line(log.read_text(errors="replace"))
        raise StartFailed(f"the preparation of the databases failed: {words} (see {log})")

    def _messages(self, process: "subprocess.Popen[bytes]") -> Iterator[prepare.Message]:
        if process.stdout is None:
            return
        rest = b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                self._check()
                if not selector.select(timeout=_LOOK_SECONDS):
                    continue
                piece = os.read(process.stdout.fileno(), 65536)
                if not piece:
                    return
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    yield prepare.hear(line)

    def _wait_until_ready(self, text: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        total = len(self._children)
        while True:
            waiting = [child for child in self._children if not child.ready()]
            self._progress(text, total - len(waiting), total)
            if not waiting:
                return
            self._check()
            self._tend()
            given_up = [child for child in waiting if child.deaths >= _DEATHS_AT_START]
            if given_up or time.monotonic() > deadline:
                child = (given_up or waiting)[0]
                words = child.last_words() or "it says nothing"
                raise StartFailed(f"{child.spec.name} does not come up: {words[:300]} (see {child.spec.log})")
            time.sleep(_LOOK_SECONDS)

    def _look_after(self) -> None:
        logs_due = time.monotonic() + _LOGS_SECONDS
        while True:
            self._check()
            self._tend()
            if time.monotonic() >= logs_due:
                logs_due = time.monotonic() + _LOGS_SECONDS
                for child in self._children:
                    shorten(child.spec.log)
            time.sleep(_LOOK_SECONDS)

    def _tend(self) -> None:
        if self._database_mark is not None and not self._database_mark.alive():
            self._restart_database()
        marks = [child.mark for child in self._children]
        for child in self._children:
            if event := child.tend():
                self._tell(event)
        if marks != [child.mark for child in self._children]:
            self._write_record()

    def _restart_database(self) -> None:
        if time.monotonic() < self._database_due:
            return
        self._tell("PostgreSQL ended; starting it again")
        try:
            self._database.start()
            self._database_pause = 0.0
        except EmbeddedPostgresError as error:
            self._tell(str(error))
            self._database_pause = min(self._database_pause * 2 + 1, _LONGEST_DATABASE_PAUSE)
        self._database_due = time.monotonic() + self._database_pause
        self._note_database()

    def _stop(self) -> None:
        hurry = self._signals + 1
        for child in reversed(self._children):
            self._progress(f"Stopping {child.spec.name}")
            child.stop(hurry=lambda: self._signals > hurry)
        if self._database_mark is not None:
            self._progress("Stopping PostgreSQL")
            with suppress(EmbeddedPostgresError):
                self._database.stop()
        self._home.forget_record()

    def _note_database(self) -> None:
        if isinstance(self._database, EmbeddedPostgres):
            pid = self._database.status().pid
            self._database_mark = processes.mark(pid) if pid else self._database_mark

    def _write_record(self, preparation: ProcessMark | None = None) -> None:
        children = {child.spec.name: child.mark for child in self._children if child.mark is not None}
        if preparation is not None:
            children["preparation"] = preparation
        url = f"http://{reachable(self._settings.host)}:{self._settings.web_port}/"
        self._home.write_record(Record(supervisor=processes.own_mark(), web_url=url, children=children))

    def _tell(self, text: str) -> None:
        _log.warning(text)
        self._say(text)

    def _check(self) -> None:
        if self._signals:
            raise StopRequested

    @contextmanager
    def _listening(self) -> Iterator[None]:
        def note(_: int, __: FrameType | None) -> None:
            self._signals += 1

        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {each: signal.signal(each, note) for each in wanted}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def _conclude(process: "subprocess.Popen[bytes]", *, by_itself: bool) -> None:
    """Wait for a process that is ending by itself, or end it."""
    if not by_itself:
        process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def end_leftovers(home: Home) -> None:
    """End processes that a supervisor which was killed left behind; recognised by number and start time."""
    record = home.record()
    for child in reversed(tuple(record.children.values()) if record else ()):
        processes.end_session(child, patience=5.0)


def already_running(home: Home) -> str:
    """One line for the person who starts a second time."""
    record = home.record()
    if record is None:
        return f"Linehouse already starts or stops for {home.root}"
    return f"Linehouse already runs for {home.root} (process {record.supervisor.pid}): {record.web_url}"


def last_line(text: str) -> str:
    """The last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it says nothing")
