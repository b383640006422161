"""What is made from the code is what is checked in."""

from __future__ import annotations

import json
import subprocess
import sys
from difflib import ndiff

import pytest

from linehouse.run.generate import schema
from tests.architecture.test_imports import SOURCE
from tests.conftest import Server

PAGES = """
import json, sys
from linehouse.run.house import set_up_django
set_up_django()
from linehouse.run.generate.reference import pages
json.dump(pages(), sys.stdout)
"""


def test_the_reference_is_up_to_date() -> None:
    """Made in a process of its own, as the command does it: tests declare jobs and events of theirs in this one."""
    folder = SOURCE.parents[1] / "docs" / "reference"
    made = subprocess.run(
        [sys.executable, "-c", PAGES],
        env={"PYTHONPATH": str(SOURCE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    for name, text in json.loads(made.stdout).items():
        kept = (folder / name).read_text("utf-8") if (folder / name).is_file() else ""
        changes = [line for line in ndiff(kept.splitlines(), text.splitlines()) if line[0] in "+-"]
        assert changes == [], f"{name}: run `./linehouse dev docs`"


@pytest.fixture(scope="module")
def made(server: Server) -> dict[str, str]:
    return schema.make(server.dsn)


@pytest.mark.parametrize("name", ["control.sql", "brand.sql"])
def test_the_schema_file_is_what_migrations_make(made: dict[str, str], name: str) -> None:
    file = schema.folder() / name
    assert file.is_file()
    assert file.read_text("utf-8") == made[name], "run `./linehouse dev schema`"


def test_no_migration_is_missing() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
