"""Sessions that are asked again or ended, since something changed: told once, by the way that they came."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from linehouse.charging.node import Charger
from linehouse.charging.node.asking_again import CLOSED, NOT_REACHABLE, TOLD
from linehouse.kernel.ids import new_id
from linehouse.platform.sql import brand_cursor
from tests.conftest import START, in_own_thread

LINE = new_id()
OPEN = (
    "INSERT INTO charging_session (session, subscription_id, state, began_at, door, door_address, closed_at)"
    ' VALUES (%s, %s, \'{"services": {"10": {}, "20": {}}}\', %s, %s, %s, %s)'
)
WISH = "INSERT INTO charging_wish (subscription_id, session, reason, ends, wanted_at) VALUES (%s, %s, %s, %s, %s)"


class Gateway:
    """A door that writes down what it was to tell."""

    def __init__(self, answers=()):
        self.told = []
        self._answers = list(answers)

    async def __call__(self, session, door, services, *, end):
        self.told.append((session, dict(door.address), list(services), end))
        answer = self._answers.pop(0) if self._answers else True
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def sessions(brand):
    with brand_cursor() as cursor:
        for name, kind, address, closed in (
            ("diameter:gw:1", "diameter", '{"host": "gw"}', None),
            ("diameter:gw:2", "diameter", '{"host": "gw"}', None),
            ("diameter:gw:3", "diameter", "{}", START),
            ("json:me:4", "json", "{}", None),
        ):
            cursor.execute(OPEN, [name, LINE, START, kind, address, closed])


def wish(session=None, ends=False, reason="top-up"):
    with brand_cursor() as cursor:
        cursor.execute(WISH, [LINE, session, reason, ends, START])


def settled():
    with brand_cursor() as cursor:
        cursor.execute("SELECT session, outcome FROM charging_wish WHERE session IS NOT NULL ORDER BY id")
        return cursor.fetchall()


@pytest.fixture
def tell(brand, installation):
    url = installation.dsn.url(_database())

    def go(gateway, rounds=1, nodes=1):
        async def run():
            pools = [await asyncpg.create_pool(url, min_size=0) for _ in range(nodes)]
            try:
                chargers = [Charger(pool, doors={"diameter": gateway}) for pool in pools]
                found = []
                for _ in range(rounds):
                    found += await asyncio.gather(*(charger.ask_again() for charger in chargers))
                    await asyncio.sleep(0.55 if rounds > 1 else 0)
                return found
            finally:
                for pool in pools:
                    await pool.close()

        return in_own_thread(run)

    return go


def _database():
    with brand_cursor() as cursor:
        cursor.execute("SELECT current_database()")
        return cursor.fetchone()[0]


def test_every_open_session_of_the_line_is_told_once(sessions, tell):
    wish()
    wish("diameter:gw:1")
    gateway = Gateway()
    assert sum(tell(gateway, nodes=2)) == 3
    assert sorted(gateway.told) == [
        ("diameter:gw:1", {"host": "gw"}, ["10", "20"], False),
        ("diameter:gw:2", {"host": "gw"}, ["10", "20"], False),
    ]
    assert sorted(settled()) == [
        ("diameter:gw:1", TOLD),
        ("diameter:gw:1", TOLD),
        ("diameter:gw:2", TOLD),
        ("json:me:4", NOT_REACHABLE),
    ]
    assert tell(gateway) == [0]


def test_it_is_tried_again_until_somebody_was_told(sessions, tell):
    wish("diameter:gw:1", ends=True)
    gateway = Gateway([False, OSError("the peer is away"), True])
    assert sum(tell(gateway, rounds=6)) == 1
    assert gateway.told == [("diameter:gw:1", {"host": "gw"}, ["10", "20"], True)] * 3
    assert settled() == [("diameter:gw:1", TOLD)]


def test_a_session_that_was_closed_meanwhile_is_left_alone(sessions, tell):
    wish("diameter:gw:3")
    gateway = Gateway()
    tell(gateway)
    assert (gateway.told, settled()) == ([], [("diameter:gw:3", CLOSED)])
