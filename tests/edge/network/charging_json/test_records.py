"""Files tell of usage that was charged while it happened: it is recognised, and only the difference is settled."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from linehouse.charging.errors import ChargingUnavailable
from linehouse.charging.node import Charger
from linehouse.usage import service as usage
from tests.charging.host import MB, Cdr, send
from tests.conftest import START, in_own_thread
from tests.edge.network.charging_json.test_sessions import DATA, Node, door, lawful, left, line, one, rows

__all__ = ["door", "line", "one"]
FEEDS = Path(__file__).resolve().parents[4] / "brands" / "robin" / "feeds"
CALLED = "0012125550123"
NOW = "2026-11-01 09:00:00"
"""When all tests begin, in Amsterdam."""


@pytest.fixture
def settle(installation, line):
    """The charging process looks for records that tell of sessions which are over; of how many it settled something."""

    def look() -> int:
        async def run() -> int:
            node = Node(installation.dsn)
            try:
                charger: Charger = await node.charger(installation.brand_name("robin"))
                return await charger.settle_records()
            finally:
                await node.close()

        return in_own_thread(run)

    return look


@pytest.fixture
def take(line, actor, drain):
    usage.apply_feeds(FEEDS, actor=actor)
    numbers = iter(range(1, 99))

    def file(*cdrs: Cdr) -> None:
        send(cdrs, actor, next(numbers))
        drain()

    return file


def rated():
    """Quantity, amount and whether it came online, in the order of charging."""
    return rows("SELECT quantity, amount, record_key LIKE 'online:%%' FROM charging_rated_usage ORDER BY sequence")


def matches():
    return rows("SELECT quantity, difference, outcome FROM charging_match ORDER BY quantity, record_key")


def call(one, seconds: int, session: str = "s1") -> None:
    one("start", session, "1", want="2 min")
    one("finish", session, "2", used=[{"quantity": f"{seconds} s"}])


def test_a_record_that_says_the_same_is_not_charged_again(line, one, take, settle):
    call(one, 61)
    assert left(line) == (4_000_000, 0, 1_000_000)
    take(Cdr(line, "VOICE", 61, NOW, CALLED))
    assert settle() == 1
    assert matches() == [(61_000, 0, "same")]
    assert rated() == [(61_000, 1_000_000, True)]
    assert left(line) == (4_000_000, 0, 1_000_000)
    assert settle() == 0
    lawful()


def test_a_record_that_says_more_costs_the_difference(line, one, take, settle):
    call(one, 61)
    take(Cdr(line, "VOICE", 121, NOW, CALLED))
    assert settle() == 1
    assert matches() == [(121_000, 60_000, "settled")]
    assert rated() == [(61_000, 1_000_000, True), (60_000, 500_000, True)]
    assert left(line) == (3_500_000, 0, 1_500_000)
    lawful()


def test_what_cannot_be_settled_now_waits(line, one, take, settle, monkeypatch):
    call(one, 61)
    take(Cdr(line, "VOICE", 121, NOW, CALLED))

    async def away(charger, asking):
        raise ChargingUnavailable("the database does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(Charger, "ask", away)
        assert (settle(), matches()) == (0, [(121_000, None, "")])
    assert (settle(), matches()) == (1, [(121_000, 60_000, "settled")])
    assert left(line) == (3_500_000, 0, 1_500_000)


def test_a_record_that_says_less_waits_a_day_for_others_and_then_gives_back(line, one, take, settle, advance):
    call(one, 121)
    assert left(line) == (3_500_000, 0, 1_500_000)
    take(Cdr(line, "VOICE", 61, NOW, CALLED))
    assert (settle(), matches()) == (0, [(61_000, None, "")])
    advance(START + timedelta(hours=25))
    assert (settle(), matches()) == (1, [(61_000, -60_000, "settled")])
    assert rated() == [(121_000, 1_500_000, True), (-60_000, -500_000, True)]
    assert left(line)[:2] == (4_000_000, 0)
    lawful()


def test_the_networks_reference_tells_also_hours_apart(line, one, take, settle, advance):
    before = left(line, "data")[0]
    one("start", "d1", "1", service=DATA, want="10 MB", reference="1-0")
    one("finish", "d1", "2", service=DATA, used=[{"quantity": "30 MB"}], reference="1-0")
    # Hours apart from the session's begin: the reference tells.
    advance(START + timedelta(hours=8))
    take(Cdr(line, "DATA", 32 * MB, "2026-11-01 12:00:00"))
    assert settle() == 1
    assert matches() == [(32 * MB, 2 * MB, "settled")]
    assert left(line, "data")[0] == before - 32 * MB
    lawful()


def test_a_record_of_an_open_session_waits_until_it_is_over(line, one, take, settle):
    one("start", "s1", "1", want="2 min")
    one("update", "s1", "2", used=[{"quantity": "30 s"}], want="1 min")
    take(Cdr(line, "VOICE", 90, NOW, CALLED))
    assert (settle(), rated()) == (0, [(30_000, 500_000, True)])
    one("finish", "s1", "3", used=[{"quantity": "60 s"}])
    assert (settle(), matches()) == (1, [(90_000, 0, "same")])
    assert left(line) == (4_000_000, 0, 1_000_000)
    lawful()


@pytest.mark.parametrize(
    "other",
    [
        {"party": "0012125550199"},
        {"start": "2026-11-01 09:02:00"},
        {"service": "SMS", "quantity": 1},
    ],
)
def test_other_usage_is_charged_for_itself(line, one, take, settle, other):
    call(one, 61)
    take(Cdr(line, **{"service": "VOICE", "quantity": 61, "start": NOW, "party": CALLED, **other}))
    assert (settle(), matches()) == (0, [])
    assert [online for _, _, online in rated()] == [True, False]
    lawful()


def test_two_calls_to_the_same_number_are_told_apart(line, one, take, settle):
    call(one, 61, "a")
    call(one, 61, "b")
    take(Cdr(line, "VOICE", 61, NOW, CALLED), Cdr(line, "VOICE", 61, NOW, CALLED))
    assert settle() == 2
    assert matches() == [(61_000, 0, "same"), (61_000, 0, "same")]
    assert len(rated()) == 2
    # A third one is no session's.
    take(Cdr(line, "VOICE", 30, NOW, CALLED))
    assert settle() == 0
    assert rated()[2:] == [(30_000, 500_000, False)]
    lawful()
