"""The database goes away in the middle of a 5G session: it goes on, on trust, and is charged once when it is back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import psycopg
from django.db import connections

from linehouse.edge.network.nchf import BASE
from tests.edge.network.nchf.bodies import call, container
from tests.faults.checker import disagreements
from tests.faults.conftest import PATIENCE, Killable, NodeProcess
from tests.faults.test_charging_crashes import lines, settled, token
from tests.faults.test_degraded import no_files_left

__all__ = ["lines", "token"]


def test_a_session_goes_on_without_the_database(installation, lines, token, node, advance, killable: Killable):
    one: NodeProcess = node(trust="2.00/9.00")
    headers = {"authorization": f"Bearer {token}"}
    who = {"subscriberIdentifier": f"msisdn-{lines[0].msisdn.digits}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{one.port}", headers=headers, timeout=15) as http:
        begun = http.post(f"{BASE}/chargingdata", json=call(0, want=60) | who)
        assert begun.status_code == 201
        place = begun.headers["location"]
        killable.take_away()
        try:
            used = call(1, container(1, time=60), want=60) | who
            on_trust = _until_answered(http, f"{place}/update", used)
            # 0.50 a minute: one more is trusted.
            assert on_trust["multipleUnitInformation"][0]["grantedUnit"] == {"time": 60}
            again = http.post(f"{place}/update", json=used | {"retransmissionIndicator": True})
            assert (again.status_code, again.json()) == (200, on_trust)
            ended = http.post(f"{place}/release", json=call(2, container(2, time=30), ask=False) | who)
            assert ended.status_code == 204
        finally:
            killable.bring_back()
        no_files_left([one])
        # The database is back, and the same request is answered as it was.
        assert _until_answered(http, f"{place}/update", used) == on_trust
    connections.close_all()
    settled(advance)
    dsn = installation.dsn.url(installation.brand_name("robin"))
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT sum(quantity)::bigint, sum(amount)::bigint FROM charging_rated_usage"
        ).fetchone()
    assert row == (90_000, 1_000_000)
    assert disagreements(dsn) == []
    assert not list(Path(one.environment["LINEHOUSE_HOME"]).glob("charging/*"))


def _until_answered(http: httpx.Client, url: str, body: dict[str, Any]) -> dict[str, Any]:
    """While it is found out that the database is away, or back, a function asks again."""
    deadline = time.monotonic() + PATIENCE
    while (answer := http.post(url, json=body)).status_code == 503:
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.2)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
