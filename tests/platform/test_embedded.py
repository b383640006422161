"""The embedded server: started, found again, killed, started again; and one line for each thing that may be wrong."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from linehouse.platform import processes
from linehouse.platform.postgres import embedded_errors
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.postgres.embedded_errors import DatabaseRefuses, DiskFull, FolderRefused, PortTaken

AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    found = EmbeddedPostgres.temporary()
    yield found
    found.destroy()


def ask(dsn: Dsn, question: str) -> str:
    with psycopg.connect(dsn.conninfo("postgres"), connect_timeout=5) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return str(row[0])


def test_it_starts_answers_and_leaves_nothing() -> None:
    server = EmbeddedPostgres.temporary()
    dsn = server.start()
    assert int(ask(dsn, "show server_version_num")) >= 180000
    assert ask(dsn, "show listen_addresses") == "127.0.0.1"
    assert ask(dsn, "show timezone") == "UTC"
    with psycopg.connect(dsn.url("postgres"), connect_timeout=5) as connection:
        assert connection.info.user == dsn.user
    status = server.status()
    assert status.running
    assert status.port == dsn.port
    server.destroy()
    assert not status.data.exists()
    assert not server.status().running
    server.destroy()


def test_asking_makes_nothing(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "home")
    assert not server.status().running
    server.stop()
    assert not (tmp_path / "home").exists()


def test_started_twice_it_is_found(server: EmbeddedPostgres) -> None:
    first = server.start()
    pid = server.status().pid
    assert server.start() == first
    assert server.status().pid == pid


def test_only_the_password_opens_it(server: EmbeddedPostgres) -> None:
    dsn = server.start()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(Dsn(dsn.host, dsn.port, dsn.user, "guessed"), "select 1")
    password = server.status().data.parent / "password"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert dsn.password not in repr(dsn)
    assert dsn.password not in str(dsn)


def test_it_never_runs_as_root(server: EmbeddedPostgres) -> None:
    server.start()
    pid = server.status().pid
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0
    assert stat.S_IMODE(server.status().data.stat().st_mode) == 0o700


def test_killed_it_recovers_what_was_committed(server: EmbeddedPostgres) -> None:
    dsn = server.start()
    with psycopg.connect(dsn.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("set synchronous_commit = on")
        connection.execute("create table kept as select 42 as answer")
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    again = server.start()
    assert ask(again, "select answer from kept") == "42"
    assert server.status().pid != pid


def test_a_stranger_with_the_number_of_a_dead_server_is_not_taken_for_it(server: EmbeddedPostgres) -> None:
    server.start()
    data = server.status().data
    old = (data / "postmaster.pid").read_text().splitlines()
    server.stop()
    (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *old[1:]]) + "\n")
    assert not server.status().running
    server.start()
    assert server.status().pid != os.getpid()


def test_what_a_killed_beginning_left_is_cleared(server: EmbeddedPostgres) -> None:
    server.start()
    root = server.status().data.parent
    server.stop()
    shutil.rmtree(root / "data")
    (root / "data.new-0000").mkdir()
    dsn = server.start()
    assert ask(dsn, "select 1") == "1"
    assert not list(root.glob("data.new-*"))


def test_a_taken_port_is_one_line_that_names_the_setting(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        server = EmbeddedPostgres(tmp_path, port, profile="tests")
        try:
            with pytest.raises(PortTaken, match=f"port {port} .*LINEHOUSE_POSTGRES_PORT"):
                server.start()
        finally:
            server.destroy()


def test_a_path_with_blanks_and_quotes(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "it's a long home, really", profile="tests")
    try:
        assert ask(server.start(), "select 1") == "1"
    finally:
        server.destroy()


def test_a_lost_password_is_told(server: EmbeddedPostgres) -> None:
    server.start()
    password = server.status().data.parent / "password"
    aside = password.rename(password.with_suffix(".aside"))
    with pytest.raises(DatabaseRefuses, match="password is missing"):
        server.start()
    aside.rename(password)


def test_folders_of_others_are_never_opened(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "home", profile="tests")
    try:
        assert ask(server.start(), "select 1") == "1"
        # Root's server runs under an account that cannot come in here; an ordinary user's is at home.
        assert server.status().data.is_relative_to(closed) is not AS_ROOT
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert EmbeddedPostgres(closed / "home").status().data == server.status().data
    finally:
        server.destroy()


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderRefused, match="LINEHOUSE_HOME"):
        EmbeddedPostgres(tmp_path / "file" / "home").start()


def test_a_temporary_server_ends_with_its_maker() -> None:
    maker = (
        "import sys, time\n"
        "from linehouse.platform.postgres.embedded import EmbeddedPostgres\n"
        "server = EmbeddedPostgres.temporary()\n"
        "server.start()\n"
        "print(server.status().pid, server.status().data, flush=True)\n"
        "time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", maker], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    pid, _, data = process.stdout.readline().strip().partition(" ")
    mark = processes.mark(int(pid))
    assert mark is not None
    process.kill()
    process.wait()
    process.stdout.close()
    assert processes.wait_for_end(mark, 10)
    deadline = time.monotonic() + 10
    while Path(data).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(data).exists()


@pytest.mark.parametrize(
    ("log", "kind", "words"),
    [
        ("FATAL:  could not write lock file: No space left on device", DiskFull, "no space is left"),
        ("LOG:  could not bind IPv4 address: Address already in use", PortTaken, "port 5432"),
        ("2026 UTC [1] FATAL:  data directory has wrong ownership", DatabaseRefuses, "wrong ownership"),
        ("", DatabaseRefuses, "no reason"),
    ],
)
def test_the_servers_last_words_become_one_line(log: str, kind: type[Exception], words: str) -> None:
    error = embedded_errors.from_server_log(log, Path("/data"), 5432, Path("/data/log"))
    assert type(error) is kind
    assert words in str(error)
    assert "\n" not in str(error)
