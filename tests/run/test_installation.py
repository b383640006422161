"""A whole installation: starts, serves, heals when something is killed, and stops without a trace."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from linehouse.platform import processes
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.run.children import port_free
from tests.run.installation import Installation, wait_until


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    found = Installation(tmp_path)
    yield found
    found.end()


def test_it_heals_and_stops_in_order(installation: Installation) -> None:
    supervisor = installation.start()
    assert installation.ready()
    assert installation.ready(installation.port + 1)
    assert f"http://localhost:{installation.port}/" in installation.said()
    assert installation.command("status").returncode == 0
    # Whichever process is asked tells the numbers of all.
    measured = installation.get(installation.port + 1, "/metrics")
    assert 'linehouse_jobs_due{brand="robin"}' in measured
    assert "linehouse_request_seconds" in measured

    again = installation.command("run")
    assert again.returncode == 0
    assert f"already runs for {installation.home}" in again.stdout
    assert str(installation.port) in again.stdout

    for name in ("worker", "web"):
        before = installation.child(name)
        installation.kill(before)
        wait_until(lambda name=name, before=before: installation.child(name) != before, f"a new {name}")  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
    wait_until(installation.ready, "the web process again")

    database = processes.mark(EmbeddedPostgres(installation.home).status().pid or 0)
    assert database is not None
    installation.kill(database)
    wait_until(installation.ready, "the database again")

    # Without its supervisor everything goes on; the next start ends what it finds and begins anew.
    orphans = installation.record()
    supervisor.kill()
    supervisor.wait()
    assert installation.ready()
    assert installation.command("status").returncode == 3
    supervisor = installation.start()
    assert not any(child.alive() for child in orphans.children.values())
    assert installation.ready()

    running = installation.record()
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(60) == 0
    assert "Linehouse has stopped" in installation.said()
    assert not any(child.alive() for child in running.children.values())
    assert not EmbeddedPostgres(installation.home).status().running
    assert all(port_free("127.0.0.1", port) for port in range(installation.port, installation.port + 6))
    assert installation.command("status").returncode == 3


@pytest.mark.parametrize(("offset", "variable"), [(0, "LINEHOUSE_PORT"), (5, "LINEHOUSE_POSTGRES_PORT")])
def test_a_taken_port_is_one_line(installation: Installation, offset: int, variable: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port + offset))
        other.listen()
        refused = installation.command("run")
    assert refused.returncode == 2
    (line,) = refused.stderr.splitlines()
    assert f"port {installation.port + offset} " in line
    assert variable in line


def test_an_external_database_is_used_and_left_running(tmp_path: Path) -> None:
    outside = EmbeddedPostgres.temporary()
    try:
        url = outside.start().url("postgres")
        installation = Installation(tmp_path, LINEHOUSE_DATABASE_URL=url, LINEHOUSE_DEMO="false")
        try:
            supervisor = installation.start()
            assert installation.ready()
            assert "simulators" not in installation.record().children
            supervisor.send_signal(signal.SIGTERM)
            assert supervisor.wait(60) == 0
        finally:
            installation.end()
        assert outside.status().running
        assert not (installation.home / "postgres").exists()
    finally:
        outside.destroy()


def test_an_external_database_that_refuses_is_one_line(tmp_path: Path) -> None:
    installation = Installation(tmp_path, LINEHOUSE_DATABASE_URL="postgresql://ada:secret@127.0.0.1:1/x")
    refused = installation.command("run")
    assert refused.returncode == 2
    (line,) = refused.stderr.splitlines()
    assert "LINEHOUSE_DATABASE_URL" in line
    assert "secret" not in line
