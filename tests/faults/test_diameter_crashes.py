"""The same deaths under a Diameter gateway that repeats with the T flag at any node: every octet is debited once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from linehouse.balance import service as balance
from linehouse.charging.node.faults import Point
from linehouse.inventory.values import ProductView
from linehouse.platform.access.diameter import PeerView, allow_peer, serve_realm
from linehouse.platform.checks import verify
from linehouse.platform.scope import CONTROL, realm_scope
from tests.faults.checker import check
from tests.faults.conftest import Killable, NodeProcess
from tests.faults.diameter_client import HOST, DiameterClient
from tests.faults.test_charging_crashes import CONVERSATIONS, CREDIT, lines, meanwhile, settled

__all__ = ["lines"]


@pytest.fixture
def realm(lines: list[ProductView], actor) -> list[str]:
    """The gateway may connect, and the realm is Robin's; returns the numbers of the lines."""
    with realm_scope(CONTROL):
        allow_peer(PeerView(host=HOST), actor=actor, reason="a gateway comes")
        serve_realm("robin.example", "robin", {}, actor=actor, reason="a gateway comes")
    return [line.msisdn.digits for line in lines if line.msisdn is not None]


def talk(client: DiameterClient, numbers: list[str], sessions: int) -> None:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(client.talk(numbers, CONVERSATIONS, sessions))).result()


def proved(installation, client: DiameterClient, lines: list[ProductView]) -> None:
    """What the gateway reported and was answered left the allowances, once; and the books agree."""
    assert len(client.heard) > CONVERSATIONS
    assert {one.status for one in client.heard} == {200}
    dsn = installation.dsn.url(installation.brand_name("robin"))
    assert check(dsn, client.heard, CREDIT) == []
    buckets = {line.msisdn.digits: balance.bucket(f"{line.number}/data") for line in lines if line.msisdn}
    assert {number: bucket.used for number, bucket in buckets.items()} == {n: client.used.get(n, 0) for n in buckets}
    assert {bucket.reserved for bucket in buckets.values()} == {0}
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []


@pytest.mark.parametrize("point", list(Point))
def test_a_node_that_dies_at_a_commit_point(point, installation, lines, realm, node, advance):
    dying: NodeProcess = node(f"{point}:9")
    healthy: NodeProcess = node()
    first = dying.worker
    client = DiameterClient([dying.diameter_port, healthy.diameter_port], seed=len(point))
    talk(client, realm, 6)
    assert client.lost > 0, "no answer was lost: the point was never reached"
    assert dying.worker != first
    settled(advance)
    proved(installation, client, lines)


def test_nodes_that_die_at_any_instant(installation, lines, realm, node, advance):
    both: list[NodeProcess] = [node(), node()]
    client = DiameterClient([one.diameter_port for one in both], seed=77)
    turn = [0]

    def kill_one() -> None:
        turn[0] += 1
        both[turn[0] % 2].kill()

    with meanwhile(kill_one, 0.4) as kills:
        talk(client, realm, 12)
    assert kills[0] >= 2
    assert client.lost > 0
    settled(advance)
    proved(installation, client, lines)


def test_a_database_that_dies(installation, lines, realm, node, advance, killable: Killable):
    both: list[NodeProcess] = [node(), node()]
    client = DiameterClient([one.diameter_port for one in both], seed=5)
    with meanwhile(killable.kill, 0.8) as kills:
        talk(client, realm, 12)
    assert kills[0] >= 1
    assert client.lost > 0
    connections.close_all()
    settled(advance)
    proved(installation, client, lines)
