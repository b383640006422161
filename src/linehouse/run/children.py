"""Child processes: what to start, whether it answers, and starting it again when it dies."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from linehouse.platform import processes
from linehouse.platform.processes import ProcessMark

FIRST_PAUSE = 0.5
"""Seconds before a child that died is started again; doubled each time it dies young."""
LONGEST_PAUSE = 30.0
_OLD_ENOUGH = 60.0
PRIVATE = 0o077
"""Mask of all processes: what they write below the home, mails and statements too, is for their user alone."""
_STOP_PATIENCE = 10.0
_LARGEST_LOG = 20_000_000
_EXCEPTION = re.compile(r"[a-z_.A-Z]*[A-Z][A-Za-z]+: \S")


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One kind of process."""

    name: str
    module: str
    environment: Mapping[str, str] = field(repr=False)
    log: Path
    ready: Callable[[float], bool]
    """Whether the process does its work; told when it was started (monotonic seconds), asked only while it runs."""


class Child:
    """One running process of a kind, replaced when it dies. It leads a session of its own."""

    def __init__(self, spec: ChildSpec) -> None:
        """Describe; nothing is started."""
        self.spec = spec
        self.deaths = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.mark: ProcessMark | None = None
        self._began = 0.0
        self._pause = FIRST_PAUSE
        self._next_start = 0.0

    def start(self) -> None:
        """Start the process; its output goes to its log."""
        _turn_over(self.spec.log)
        with self.spec.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", self.spec.module],
                env=dict(self.spec.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=PRIVATE,
                cwd="/",
            )
        self.mark = processes.mark(self._process.pid)
        self._began = time.monotonic()

    @property
    def running(self) -> bool:
        """Whether the process exists."""
        return self._process is not None and self._process.poll() is None

    def ready(self) -> bool:
        """Whether the process exists and does its work."""
        return self.running and self.spec.ready(self._began)

    def tend(self) -> str:
        """Look after the process once: when it died, start it again after a pause. Says what happened, if anything."""
        if self.running:
            return ""
        now = time.monotonic()
        if self._process is not None:
            code, self._process = self._process.returncode, None
            self._sweep()
            self.deaths += 1
            self._pause = FIRST_PAUSE if now - self._began > _OLD_ENOUGH else min(self._pause * 2, LONGEST_PAUSE)
            self._next_start = now + self._pause / 2
            return f"{self.spec.name} ended ({_how(code)}); starting it again"
        if now >= self._next_start:
            self.start()
        return ""

    def stop(self, *, hurry: Callable[[], bool]) -> None:
        """End the process and all that it started: asked first, made after some seconds or when `hurry` says so."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            deadline = time.monotonic() + _STOP_PATIENCE
            while self._process.poll() is None and time.monotonic() < deadline and not hurry():
                time.sleep(0.05)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
        self._process = None
        self._sweep()

    def last_words(self) -> str:
        """The line of the log's end that most likely says why: an exception's, else the very last."""
        try:
            with self.spec.log.open("rb") as log:
                log.seek(0, os.SEEK_END)
                log.seek(max(0, log.tell() - 8000))
                text = log.read().decode(errors="replace")
        except OSError:
            return ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        exceptions = [line for line in lines if _EXCEPTION.match(line)]
        return next(reversed(exceptions or lines), "")

    def _sweep(self) -> None:
        """End what a dead child left running, so that its ports are free."""
        if self.mark is not None:
            processes.end_session(self.mark, patience=1.0)


def _turn_over(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))


def shorten(log: Path) -> None:
    """Move a running process's log aside when it has grown large; the process goes on writing at its new beginning."""
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def answers(host: str, port: int, path: str) -> bool:
    """Whether an HTTP server answers 200."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=2)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def accepts(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def port_free(host: str, port: int) -> bool:
    """Whether we could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Connections of an earlier server that are closing do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def reachable(host: str) -> str:
    """An address by which this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound


def beats(file: Path, since: float) -> bool:
    """Whether a process without a port has touched its file after it was started (monotonic seconds)."""
    try:
        touched = int(file.read_text())
    except (OSError, ValueError):
        return False
    return touched >= since * 1000
