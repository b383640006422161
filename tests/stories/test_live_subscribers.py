"""Phones are let be used at the page of the outside world: subscribers are charged live, through every door."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from linehouse.platform.postgres.databases import Installation as Databases
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.simulators.gateway.target import Folder
from tests.run.installation import Installation, wait_until


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.end()


def press(installation: Installation, wish: str) -> str:
    """The button; returns where the page goes on."""
    connection = http.client.HTTPConnection("127.0.0.1", installation.port + 4, timeout=10)
    connection.request("POST", "/phones", f"wish={wish}", {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    connection.close()
    assert answer.status == 303
    return answer.headers["Location"]


def test_phones_are_used_and_put_away(installation: Installation) -> None:
    installation.start()
    page = installation.get(installation.port + 4, "/")
    assert "They lie on the table." in page
    assert "being%20founded" in press(installation, "on")
    folder = Folder(installation.home)

    def asked(door: str) -> int:
        return folder.tally().asked.get(door, 0)

    wait_until(lambda: all(asked(door) > 1 for door in ("diameter", "nchf", "json")), "requests over every door")
    assert "In use. Charging requests so far:" in installation.get(installation.port + 4, "/")
    assert folder.tally().failed == 0, folder.tally().last_failure
    databases = Databases(EmbeddedPostgres(installation.home).start())

    def told(brand: str, text: str) -> int:
        with psycopg.connect(databases.dsn.url(databases.brand_name(brand))) as connection:
            row = connection.execute(text).fetchone()
        assert row is not None
        return int(row[0])

    wait_until(lambda: told("live", "SELECT count(*) FROM charging_rated_usage") > 2, "usage that was charged")
    doors = "SELECT count(DISTINCT door) FROM charging_session"
    wait_until(lambda: told("live", doors) == 3, "sessions of every door")
    press(installation, "off")
    # What was begun is ended, and keeps nothing.
    wait_until(
        lambda: told("live", "SELECT count(*) FROM charging_session WHERE closed_at IS NULL") == 0, "ended sessions"
    )
    assert told("live", "SELECT coalesce(sum(reserved), 0) FROM balance_bucket") == 0
    # Robin's own figures are as before.
    assert told("robin", "SELECT count(*) FROM charging_line") == 0
    assert told("robin", "SELECT count(*) FROM charging_rated_usage") == 0
