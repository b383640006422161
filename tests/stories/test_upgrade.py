"""Databases of the previous release, filled by its own story, follow this release; one that cannot stops no other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from linehouse.platform.postgres.embedded import EmbeddedPostgres
from tests.run.installation import ROOT, free_ports
from tests.upgrade.previous import unpack

IN_THE_WAY = "worklist_task"
"""A table that this release makes."""


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Of both releases: one home, one server that others run."""
    ports = free_ports()
    return {
        "LINEHOUSE_HOME": str(tmp_path / "home"),
        "LINEHOUSE_PORT": str(ports),
        "LINEHOUSE_DEMO": "false",
    }


def new(settings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of this release."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINEHOUSE_")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "linehouse.run.cli", *arguments],
        env={**kept, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "200", **settings},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def hash_in(text: str) -> str:
    found = re.search(r"Ledger hash: ([0-9a-f]{64})", text)
    assert found is not None, text
    return found.group(1)


def test_the_previous_release_s_books_come_along(tmp_path: Path, settings: dict[str, str]) -> None:
    release = unpack(tmp_path / "previous")
    server = EmbeddedPostgres.temporary()
    try:
        dsn = server.start()
        settings["LINEHOUSE_DATABASE_URL"] = dsn.url("postgres")
        story = release.command("demo", "story", **settings)
        assert story.returncode == 0, story.stdout + story.stderr
        books = hash_in(story.stdout)
        second = release.command("brand", "create", "wren", str(release.root / "brands" / "robin"), **settings)
        assert second.returncode == 0, second.stderr
        with psycopg.connect(dsn.conninfo("linehouse_brand_wren"), autocommit=True) as sabotage:
            sabotage.execute(f"CREATE TABLE {IN_THE_WAY} (stands_in_the_way int)")

        refused = new(settings, "verify", "--brand", "story")
        assert refused.returncode == 2
        assert "linehouse upgrade" in refused.stderr

        plan = new(settings, "upgrade", "--plan")
        assert plan.returncode == 0, plan.stderr
        assert "switch" in plan.stdout
        assert "worklist.0001_initial" in plan.stdout

        first = new(settings, "upgrade")
        assert first.returncode == 1, first.stdout + first.stderr
        assert "Backup" in first.stdout
        assert re.search(r"story\s.*is there", first.stdout)
        assert re.search(r"wren\s.*stays on its version.*DuplicateTable|wren\s.*stays on its version", first.stdout)
        verified = new(settings, "verify", "--brand", "story")
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert hash_in(verified.stdout) == books
        closed = new(settings, "verify", "--brand", "wren")
        assert closed.returncode == 2
        assert "belongs to another release" in closed.stderr

        with psycopg.connect(dsn.conninfo("linehouse_brand_wren"), autocommit=True) as mended:
            mended.execute(f"DROP TABLE {IN_THE_WAY}")
        again = new(settings, "upgrade", "--no-backup", "--brand", "wren")
        assert again.returncode == 0, again.stdout + again.stderr
        assert new(settings, "verify", "--brand", "wren").returncode == 0
        listed = new(settings, "backup", "list")
        assert "logical" in listed.stdout

        # Another house that would take these databases for its own is refused before anything happens.
        stranger = {**settings, "LINEHOUSE_SECRET_KEY": "the key of another house"}
        new(settings, "adopt", "--yes")
        taken = new(stranger, "demo", "story")
        assert taken.returncode == 2
        assert "LINEHOUSE_DATABASE_PREFIX" in taken.stderr
    finally:
        server.destroy()
