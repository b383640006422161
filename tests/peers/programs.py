"""Foreign programs under test: started in a folder of their own, on free ports of this machine, and ended by us."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest


def program(*places: str) -> str:
    """The program, wherever Debian puts it; a missing one is a failure and no skipped test."""
    for place in places:
        if found := shutil.which(place) or (place if Path(place).is_file() else None):
            return found
    pytest.fail(f"{places[0]} is not installed; .ci/run installs it")


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], log: Path, ready: Callable[[], bool]) -> Iterator[subprocess.Popen[bytes]]:
    """The program, from when it is ready until it was ended; what it says goes to the log."""
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent) as done:
        try:
            deadline = time.monotonic() + 20
            while not ready():
                if done.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"{command[0]} did not come up:\n{log.read_text(errors='replace')[-3000:]}")
                time.sleep(0.05)
            yield done
        finally:
            done.terminate()
            try:
                done.wait(10)
            except subprocess.TimeoutExpired:
                done.kill()


def listens(port: int) -> bool:
    """Whether somebody listens there; asked of the system, since some programs take a first caller for their peer."""
    wanted = f":{port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return any(fields[1].endswith(wanted) and fields[3] == "0A" for line in lines if (fields := line.split()))


def until(true: Callable[[], object], seconds: float = 15.0, why: Callable[[], str] = lambda: "") -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"it did not happen in time\n{why()}"
        time.sleep(0.05)
