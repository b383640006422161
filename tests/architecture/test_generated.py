"""What is made from the code is what is checked in."""

from __future__ import annotations

import pytest

from linehouse.run.generate import reference, schema
from tests.architecture.test_imports import SOURCE
from tests.conftest import Server


def test_the_reference_is_up_to_date() -> None:
    folder = SOURCE.parents[1] / "docs" / "reference"
    stale = [
        name
        for name, text in reference.pages().items()
        if not (folder / name).is_file() or (folder / name).read_text("utf-8") != text
    ]
    assert stale == [], "run `./linehouse dev docs`"


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
