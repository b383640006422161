"""A server of its own, which these tests may kill, and charging nodes as processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connections

from linehouse.platform.postgres import databases
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.postgres.routing import forget_database
from linehouse.platform.scope import CONTROL
from linehouse.run.house import open_house
from tests.conftest import Server

PATIENCE = 30


@dataclass
class Killable:
    """A PostgreSQL server that can be killed and comes up again where it was."""

    server: EmbeddedPostgres
    port: int

    def kill(self) -> None:
        """As the kernel does: the postmaster and all its processes at once; then the same files are served again."""
        self.take_away()
        self.bring_back()

    def take_away(self) -> None:
        """Kill it, and leave it so."""
        pid = self.server.status().pid
        assert pid is not None
        children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        for one in (pid, *children):
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + PATIENCE
        while self.server.status().running:
            assert time.monotonic() < deadline, "PostgreSQL does not die"
            time.sleep(0.05)

    def bring_back(self) -> None:
        """Serve the same files again."""
        self.server._port = self.port
        self.server.start()


@pytest.fixture(scope="module")
def killable() -> Iterator[Killable]:
    """The server of this module."""
    open_house()
    server = EmbeddedPostgres.temporary()
    dsn = server.start()
    assert dsn.port is not None
    try:
        yield Killable(server, dsn.port)
    finally:
        server.destroy()


@pytest.fixture(scope="module")
def server(killable: Killable) -> Server:
    """Instead of the run's server: one that may die."""
    dsn = killable.server.start()
    pattern = Installation(dsn, "pattern")
    databases.prepare_control(pattern, lambda _: None)
    databases.prepare_template(pattern, lambda _: None)
    connections.close_all()
    forget_database(CONTROL)
    return Server(dsn, pattern.control_name, pattern.template_name)


@dataclass
class NodeProcess:
    """One charging node. It starts its worker again by itself when that dies, as in earnest."""

    environment: dict[str, str]
    port: int
    module: str = "charging_node"
    process: subprocess.Popen[bytes] | None = None
    deaths: int = field(default=0)

    def start(self) -> None:
        """Start, and wait until it is ready."""
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", f"linehouse.run.{self.module}"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE
        while not self._ready():
            assert self.process.poll() is None, "the node ended"
            assert time.monotonic() < deadline, "the node does not come up"
            time.sleep(0.05)

    def _ready(self) -> bool:
        if self.module != "charging_node":
            # Nobody is let in without a certificate: that it listens must do.
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    @property
    def diameter_port(self) -> int:
        """Where it speaks Diameter."""
        return int(self.environment["LINEHOUSE_DIAMETER_PORT"])

    @property
    def worker(self) -> int | None:
        """The process that answers."""
        if self.process is None or self.process.poll() is not None:
            return None
        pid = self.process.pid
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            return None
        return int(children[-1]) if children else None

    def kill(self) -> None:
        """Kill all of it with -9, and start it again."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.start()

    def end(self) -> None:
        """It is not needed any more."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def node(installation: Installation, tmp_path: Path) -> Iterator[Callable[..., NodeProcess]]:
    """Starts charging nodes. ``fault``: where its workers die; ``trust``: its limits without a database."""
    started: list[NodeProcess] = []

    def start(fault: str = "", trust: str = "") -> NodeProcess:
        port = free_port()
        environment = {
            **os.environ,
            "LINEHOUSE_HOME": str(tmp_path / f"node{len(started)}"),
            "LINEHOUSE_DATABASE_URL": installation.dsn.url("postgres"),
            "LINEHOUSE_DATABASE_PREFIX": installation.control_name,
            "LINEHOUSE_CHARGING_PORT": str(port),
            "LINEHOUSE_CHARGING_FAULT": fault,
            "LINEHOUSE_CHARGING_TRUST": trust,
            "LINEHOUSE_DIAMETER_PORT": str(free_port()),
            "LINEHOUSE_DIAMETER_HOST": f"ocs{len(started) + 1}.robin.example",
        }
        one = NodeProcess(environment, port)
        started.append(one)
        one.start()
        return one

    yield start
    for one in started:
        one.end()
