"""The clock and the laws over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from linehouse.platform.access.service import create_client
from linehouse.platform.scope import CONTROL, realm_scope

CLOCK = "/house/v1/clock"
ADVANCE = "/house/v1/clock/advance"


@pytest.fixture
def ask(brand: str) -> Any:
    """Calls with a client that has these permissions: ``ask(permission)(method, path, body)``."""

    def client(*permissions: str) -> Any:
        with realm_scope(CONTROL):
            token = create_client("Rehearsal", brand, frozenset(permissions))
        web = Client(headers={"host": f"{brand}.localhost", "authorization": f"Bearer {token}"})

        def call(method: str, path: str, body: object = None) -> Any:
            return web.generic(method, path, "" if body is None else str(body), content_type="application/json")

        return call

    return client


def test_the_clock_is_read_and_moved(ask: Any) -> None:
    call = ask("clock.read", "clock.advance")
    assert call("GET", CLOCK).json() == {
        "now": "2026-11-01T08:00:00+00:00",
        "mode": "manual",
        "generation": 1,
        "target": None,
    }
    moved = call("POST", ADVANCE, '{"to": "2026-11-02T09:30:00+01:00"}')
    assert (moved.status_code, moved.json()["now"], moved.json()["jobs"]) == (200, "2026-11-02T08:30:00+00:00", 0)
    back = call("POST", ADVANCE, '{"to": "2026-11-01T00:00:00Z"}')
    assert (back.status_code, back.json()["code"]) == (422, "clock.backwards")


@pytest.mark.parametrize(
    "body", ["nonsense", "{}", '{"to": "tomorrow"}', '{"to": "2026-12-01T00:00:00Z", "fast": true}', "[]"]
)
def test_a_wrong_body_is_refused_by_name(ask: Any, body: str) -> None:
    answer = ask("clock.advance")("POST", ADVANCE, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "house.bad_body")


def test_what_a_client_may_not_is_refused(ask: Any, brand: str) -> None:
    call = ask("clock.read")
    assert call("POST", ADVANCE, '{"to": "2026-12-01T00:00:00Z"}').status_code == 403
    assert call("GET", "/house/v1/verification").status_code == 403
    assert call("PUT", CLOCK).status_code == 405
    assert Client(headers={"host": f"{brand}.localhost"}).get(CLOCK).status_code == 401


def test_the_laws_are_told_with_the_ledger_hash(ask: Any) -> None:
    told = ask("ledger.read")("GET", "/house/v1/verification").json()
    assert told["holds"]
    assert len(told["ledgerHash"]) == 64
    assert {law["name"] for law in told["laws"]} >= {"ledger.trial_balance", "ledger.causes", "usage.records"}
