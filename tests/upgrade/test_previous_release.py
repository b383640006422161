"""While an upgrade goes on, the previous release serves on a schema that it never saw: its own tests pass there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from linehouse.platform.postgres.databases import Installation, in_template
from linehouse.platform.postgres.migrating import Phase, TableBusy, migrate, on_disk, pending
from linehouse.platform.postgres.routing import TEMPLATE, forget_database
from linehouse.platform.scope import CONTROL
from tests.conftest import Server
from tests.upgrade import previous
from tests.upgrade.previous import BOUNDED, DELIBERATE, FOLDER, Release, unpack

BEFORE = frozenset({Phase.BEFORE})
HALVES = (BOUNDED[::2], BOUNDED[1::2])
"""Two processes share the work: most of it is waiting for databases to be made."""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return unpack(tmp_path_factory.mktemp("previous"))


@pytest.fixture(scope="module")
def old(server: Server, release: Release) -> Iterator[Installation]:
    """Control and template as the previous release made them."""
    found = Installation(server.dsn, "previous")
    release.fill(found, found.control_name, "control.sql")
    release.fill(found, found.template_name, "brand.sql")
    found.register()
    yield found
    forget_database(CONTROL)
    for name in (found.control_name, found.template_name):
        found.drop(name)


def hold(installation: Installation, table: str, held: threading.Event, release: threading.Event) -> None:
    """A transaction that has read a table and does not end."""
    with psycopg.connect(installation.dsn.conninfo(installation.template_name)) as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
        held.set()
        release.wait(60)


def test_its_tests_pass_on_the_schema_of_this_release(old: Installation, release: Release) -> None:
    migrate(CONTROL, BEFORE, lambda *_: None)
    with in_template(old):
        busy, ended = threading.Event(), threading.Event()
        reader = threading.Thread(target=hold, args=(old, "customer_customer", busy, ended))
        reader.start()
        assert busy.wait(10)
        threading.Timer(3.0, ended.set).start()
        began = time.monotonic()
        left = migrate(TEMPLATE, BEFORE, lambda *_: None)
        assert time.monotonic() - began > 2, "it gave way to the reader and came again"
        reader.join()
        waiting = {(step.app, step.name) for step in left}
        for step in left:
            behind = waiting.intersection(on_disk()[step.app, step.name].dependencies)
            assert step.phase is not Phase.BEFORE or behind, f"{step} waits for nothing and yet did not run"
        assert pending(TEMPLATE) == left
    connections.close_all()
    told = {
        "url": old.dsn.url("postgres"),
        "control": old.control_name,
        "brand": old.template_name,
    }
    with ThreadPoolExecutor(len(HALVES)) as pool:
        runs = list(pool.map(lambda half: run_its_tests(release, half, told), HALVES))
    assert all(run.returncode == 0 for run in runs), "".join(run.stdout[-6000:] + run.stderr[-2000:] for run in runs)
    assert sum(int(count) for run in runs for count in re.findall(r"(\d+) passed", run.stdout)) > 150


def run_its_tests(release: Release, files: Sequence[str], told: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Some of the previous release's tests, by its code, on the databases that they are told."""
    left_out = [f"--deselect={name}" for name in DELIBERATE]
    plugins = ("-p", "no:xdist", "-p", "no:cacheprovider", "-p", "new_schema")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *left_out, *files],
        cwd=release.root,
        env=release.environment(NEW_SCHEMA=json.dumps(told), PYTHONPATH=f"{release.root / 'src'}:{FOLDER / 'plugin'}"),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_a_table_that_is_never_free_ends_the_attempts(
    old: Installation, monkeypatch: pytest.MonkeyPatch, release: Release
) -> None:
    del release
    monkeypatch.setattr("linehouse.platform.postgres.migrating.ATTEMPTS", 2)
    monkeypatch.setattr("linehouse.platform.postgres.migrating.LOCK_TIMEOUT", "50ms")
    with in_template(old):
        lacking = pending(TEMPLATE)
        busy, ended = threading.Event(), threading.Event()
        reader = threading.Thread(target=hold, args=(old, "party_individual, customer_customer", busy, ended))
        reader.start()
        assert busy.wait(10)
        try:
            with pytest.raises(TableBusy):
                migrate(TEMPLATE, frozenset(Phase), lambda *_: None)
        finally:
            ended.set()
            reader.join()
        assert len(pending(TEMPLATE)) <= len(lacking), "what was done before stays, what was not is still to do"
    connections.close_all()


def test_what_was_broken_on_purpose_is_a_short_list_with_reasons() -> None:
    assert len(DELIBERATE) <= 5
    assert all(len(reason) > 20 for reason in DELIBERATE.values())


def test_the_archive_is_this_projects_own_and_small() -> None:
    assert previous.ARCHIVE.stat().st_size < 1_000_000
    assert {name.split("/")[0] for name in previous.members()} == {"src", "tests", "brands", "pyproject.toml"}
    assert sorted(Path(FOLDER / "releases").iterdir()) == [previous.ARCHIVE]
