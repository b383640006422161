"""What the JSON door is asked and answers is kept for the network's engineers, without a personal value."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from linehouse.charging.node.observing import forget
from linehouse.charging.service import observed
from linehouse.edge.network.charging_json import charge
from linehouse.kernel.clock import MachineClock
from linehouse.platform.access.service import create_client
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.sql import brand_cursor
from tests.conftest import in_own_thread
from tests.edge.network.charging_json.test_sessions import VOICE, Node, line

__all__ = ["line"]


@pytest.fixture
def watched(installation, line):
    """Asks the door and writes what was seen; returns the statuses."""
    with realm_scope(CONTROL):
        gateway = create_client("gateway", "robin", frozenset({"charging.write"}))

    def put(*asked, days=None):
        async def run():
            node = Node(installation.dsn)
            try:
                statuses = []
                for operation, body in asked:
                    raw = json.dumps(body).encode()
                    said = await charge(node, operation, raw, f"Bearer {gateway}", "", installation.control_name)
                    statuses.append(said[0])
                for charger in node.chargers.values():
                    charger.observer.peer(door="diameter", peer="pgw1", state="open", realm="epc.example")
                    await asyncio.gather(charger.observer.flush(charger.pool))
                    await charger.observer.flush(charger.pool)
                    if days is not None:
                        await forget(charger.pool, days)
                return statuses
            finally:
                await node.close()

        return in_own_thread(run)

    return put


def rows(sql):
    with brand_cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_a_session_is_traced_counted_and_masked(watched, line):
    body = {"session": "s1", "key": "1", "msisdn": line.msisdn.e164, "services": [VOICE]}
    nobody = {**body, "session": "s2", "msisdn": "+31600000000"}
    assert watched(("start", body), ("start", nobody)) == [200, 404]
    kept = rows("SELECT way, name, result, refused, micros, detail::text, session FROM charging_trace ORDER BY id")
    assert [row[:4] for row in kept] == [
        ("in", "start", "", ""),
        ("out", "start", "200", ""),
        ("in", "start", "", ""),
        ("out", "start", "404", "charging.subscriber_unknown"),
    ]
    assert kept[1][4] > 0
    assert kept[0][6].startswith("json:")
    assert kept[0][6].endswith(":s1")
    for row in kept:
        assert line.msisdn.digits not in row[5]
        assert "2125550123" not in row[5]
    counted = rows("SELECT result, requests, slowest > 0, latency FROM charging_rate ORDER BY result")
    assert [(result, number, slow, sum(latency)) for result, number, slow, latency in counted] == [
        ("200", 1, True, 1),
        ("404", 1, True, 1),
    ]
    assert rows("SELECT door, peer, state FROM charging_peer") == [("diameter", "pgw1", "open")]
    assert rows("SELECT kept, dropped FROM charging_node") == [(4, 0)]
    assert rows("SELECT count(*) FROM charging_trace WHERE subscription_id IS NOT NULL") == [(1,)]


def test_what_is_old_goes(watched, line):
    watched(("start", {"session": "s1", "key": "1", "msisdn": line.msisdn.e164, "services": [VOICE]}))
    old = MachineClock().now() - timedelta(days=8)
    with brand_cursor() as cursor:
        cursor.execute("UPDATE charging_trace SET at = %s WHERE way = 'in'", [old])
    observed.forget()
    assert rows("SELECT way FROM charging_trace") == [("out",)]
    assert watched(days=0) == []
    assert rows("SELECT count(*) FROM charging_trace") == [(1,)]
    with brand_cursor() as cursor:
        cursor.execute("UPDATE charging_trace SET at = %s", [old])
    watched(("start", {"session": "s2", "key": "1", "msisdn": line.msisdn.e164, "services": [VOICE]}), days=3)
    assert rows("SELECT count(*), min(way) FROM charging_trace WHERE session LIKE '%:s1'") == [(0, None)]
