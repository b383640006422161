"""`linehouse client`: programs of a brand at the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result

from linehouse.kernel.error import Invalid
from linehouse.platform.access import oauth
from linehouse.platform.access.changes import changes_of
from linehouse.platform.access.grants import Sight
from linehouse.platform.access.programs import programs
from linehouse.run.commands import client


@pytest.fixture(autouse=True)
def at_home(brand: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works in the brand under test."""

    @contextmanager
    def here(key: str) -> Iterator[str]:
        yield key

    monkeypatch.setattr(client, "brand_at_work", here)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(client.command, arguments)


def made(*options: str) -> tuple[str, str]:
    """The id and the secret of a new program."""
    done = call("create", "Web shop", "--scope", "customer.read", *options)
    assert done.exit_code == 0, done.output
    found = re.search(r"client_id\s+(\S+)\nclient_secret\s+(\S+)", done.output)
    assert found is not None
    return found.group(1), found.group(2)


def test_a_program_is_made_listed_rotated_and_revoked(brand: str) -> None:
    client_id, secret = made("--plain", "customer.personal", "--hidden", "sim.secrets", "--monthly-quota", "5000")
    (one,) = programs(brand)
    assert (one.monthly_quota, one.per_minute) == (5000, 600)
    assert (one.sights["customer.personal"], one.sights["sim.secrets"]) == (Sight.PLAIN, Sight.HIDDEN)
    assert one.sights["payment.account"] is Sight.MASKED
    assert oauth.proved_by_secret(client_id, secret) is not None
    assert "Web shop" in call("list").output
    rotated = call("rotate", client_id, "--overlap-hours", "0", "--reason", "leaked")
    assert rotated.exit_code == 0
    assert oauth.proved_by_secret(client_id, secret) is None
    assert call("revoke", client_id, "--reason", "ended").exit_code == 0
    assert "revoked" in call("list").output
    assert [found.reason for found in changes_of(brand)] == ["ended", "leaked", "at the command line"]


def test_what_cannot_be_made_says_why(brand: str) -> None:
    refused = call("create", "x", "--scope", "customer.eat")
    assert "there is no such permission" in str(refused.exception)
    assert isinstance(call("revoke", "nonsense").exception, Invalid)
    assert programs(brand) == []
