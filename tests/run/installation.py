"""A whole installation in processes of its own, in a home and on ports of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from linehouse.platform import processes
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.processes import ProcessMark
from linehouse.run.home import Home, Record

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Poll until it is true; fail the test after a while."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.1)


def free_ports() -> int:
    """A port that is free like the eight after it."""
    for base in range(20000 + os.getpid() * 7 % 10000, 40000, 9):
        try:
            for port in range(base, base + 9):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise AssertionError("no ports are free")


class Installation:
    """Starts, looks at, hurts and stops one installation."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.home = folder / "a home"
        self.port = free_ports()
        self.output = folder / "output"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LINEHOUSE_")}
        self.environment = {
            **kept,
            "PYTHONPATH": str(ROOT / "src"),
            "LINEHOUSE_HOME": str(self.home),
            "LINEHOUSE_PORT": str(self.port),
            **settings,
        }
        self._supervisors: list[subprocess.Popen[bytes]] = []

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "linehouse.run.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self) -> subprocess.Popen[bytes]:
        """`linehouse run`, up to the panel."""
        with self.output.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "linehouse.run.cli", "run"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._supervisors.append(process)
        wait_until(lambda: "Linehouse is up" in self.said() or process.poll() is not None, "a start")
        assert process.poll() is None, self.said()
        return process

    def said(self) -> str:
        """What the latest start has printed."""
        return self.output.read_text(errors="replace")

    def record(self) -> Record:
        """Who runs now."""
        record = Home(self.home).record()
        assert record is not None
        return record

    def child(self, name: str) -> ProcessMark:
        """The process of a kind that runs now."""
        return self.record().children[name]

    def ready(self, port: int | None = None) -> bool:
        """Whether the web process (or that of another port) can serve."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def get(self, port: int, path: str) -> str:
        """The body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def kill(self, mark: ProcessMark) -> None:
        """As the kernel does when memory runs out."""
        assert mark.alive()
        os.kill(mark.pid, signal.SIGKILL)
        assert processes.wait_for_end(mark, 10)

    def end(self) -> None:
        """Whatever the test left, ends."""
        self.command("stop")
        for process in self._supervisors:
            if process.poll() is None:
                process.kill()
            process.wait()
        # Root's database may lie outside the home.
        EmbeddedPostgres(self.home).destroy()
