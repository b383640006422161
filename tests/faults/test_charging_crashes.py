"""Charging nodes and PostgreSQL are killed under load: no answered debit is lost or doubled."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connections

from linehouse.charging.node.faults import Point
from linehouse.inventory.values import ProductView
from linehouse.platform.access.service import create_client
from linehouse.platform.checks import verify
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.sql import brand_cursor
from tests.balance.house import activate, open_shop, register
from tests.conftest import START
from tests.faults.checker import check
from tests.faults.client import Client
from tests.faults.conftest import PATIENCE, Killable, NodeProcess

LINES = 6
CREDIT = 5_000_000
CONVERSATIONS = 8


@pytest.fixture
def lines(brand, actor, drain, monkeypatch) -> list[ProductView]:
    """Prepaid lines with a credit of 5.00."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    made = [activate(actor, register(actor, f"Sanne{n}"), "robin-prepaid-start") for n in range(LINES)]
    drain()
    return made


@pytest.fixture
def token(installation, lines) -> str:
    with realm_scope(CONTROL):
        return create_client("gateway", "robin", frozenset({"charging.write"}))


def numbers(lines: list[ProductView]) -> list[str]:
    return [line.msisdn.e164 for line in lines if line.msisdn is not None]


def talk(client: Client, lines: list[ProductView], calls: int) -> None:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(client.talk(numbers(lines), CONVERSATIONS, calls))).result()


@contextmanager
def meanwhile(act: Callable[[], None], every: float) -> Iterator[list[int]]:
    """Do something again and again until the block ends; how often stands in the list."""
    over, done = threading.Event(), [0]

    def again() -> None:
        while not over.wait(every):
            act()
            done[0] += 1

    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(again)
        try:
            yield done
        finally:
            over.set()
            running.result()


def settled(advance) -> None:
    """The clock moves beyond every reservation; the nodes sweep."""
    advance(START + timedelta(hours=3))
    deadline = time.monotonic() + PATIENCE
    while True:
        with brand_cursor() as cursor:
            cursor.execute("SELECT count(*) FROM charging_session WHERE lapses_at IS NOT NULL")
            left = cursor.fetchone()
        if left == (0,):
            return
        assert time.monotonic() < deadline, f"{left} sessions still keep something"
        time.sleep(0.1)


def proved(installation, client: Client) -> None:
    dsn = installation.dsn.url(installation.brand_name("robin"))
    assert len(client.heard) > CONVERSATIONS
    assert check(dsn, client.heard, CREDIT) == []
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []


@pytest.mark.parametrize("point", list(Point))
def test_a_node_that_dies_at_a_commit_point(point, installation, lines, token, node, advance):
    dying: NodeProcess = node(f"{point}:9")
    healthy: NodeProcess = node()
    first = dying.worker
    client = Client([dying.port, healthy.port], token, seed=len(point))
    talk(client, lines, 6)
    assert client.lost > 0, "no answer was lost: the point was never reached"
    assert dying.worker != first
    settled(advance)
    proved(installation, client)


def test_nodes_that_die_at_any_instant(installation, lines, token, node, advance):
    both: list[NodeProcess] = [node(), node()]
    client = Client([one.port for one in both], token, seed=77)
    turn = [0]

    def kill_one() -> None:
        turn[0] += 1
        both[turn[0] % 2].kill()

    with meanwhile(kill_one, 0.4) as kills:
        talk(client, lines, 12)
    assert kills[0] >= 2
    assert client.lost > 0
    settled(advance)
    proved(installation, client)


def test_a_database_that_dies(installation, lines, token, node, advance, killable: Killable):
    both: list[NodeProcess] = [node(), node()]
    client = Client([one.port for one in both], token, seed=5)
    with meanwhile(killable.kill, 0.8) as kills:
        talk(client, lines, 12)
    assert kills[0] >= 1
    assert client.lost > 0
    connections.close_all()
    settled(advance)
    proved(installation, client)


def test_the_checker_sees_what_is_wrong(installation, lines, token, node, advance):
    one: NodeProcess = node()
    client = Client([one.port], token, seed=3)
    talk(client, lines, 2)
    settled(advance)
    proved(installation, client)
    dsn = installation.dsn.url(installation.brand_name("robin"))
    paid = next(heard for heard in client.heard if any("charged" in s for s in heard.answer.get("services", ())))
    lost = [heard for heard in client.heard if (heard.session, heard.key) != (paid.session, paid.key)]
    assert any("the balance lost" in wrong for wrong in check(dsn, lost, CREDIT))
    other = type(paid)(**{**{n: getattr(paid, n) for n in paid.__slots__}, "answer": {"refusal": "other"}})
    assert any("was answered" in wrong for wrong in check(dsn, [*client.heard, other], CREDIT))
