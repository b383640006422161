"""The life of a prepaid line: notices, grace, barred, recycled, and the way back by money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError

from linehouse.balance import service as balance
from linehouse.balance.models import PrepaidLine
from linehouse.balance.prepaid_rules import PrepaidLineView
from linehouse.charging import service as charging
from linehouse.inventory.values import ProductView
from linehouse.ledger import service as ledger
from linehouse.platform.outbox.service import events_after
from linehouse.platform.work import Actor
from tests.balance.test_packs import BOOSTER, START, broken, buy, line_of, put_money

DAY = timedelta(days=1)


def life_of(line: ProductView, at: datetime) -> PrepaidLineView:
    found = balance.prepaid_line(line.id, at)
    assert found is not None
    return found


def told() -> list[tuple[str, str]]:
    names = {"balance.prepaid_line.ending": "new", "balance.prepaid_line.moved": "new"}
    return [
        (event.name.rpartition(".")[2], str(event.payload[names[event.name]]))
        for event in events_after(0, limit=10_000)
        if event.name in names
    ]


def bars(line: ProductView) -> list[str]:
    return sorted(bar.key for bar in charging.controls_of_line(line.id).bars if bar.on)


def test_a_line_without_money_and_use_ends_step_by_step(
    shop: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    line = line_of(actor, drain)
    put_money(line, "3.00", "t1", START, actor)
    drain()
    advance(START + 165 * DAY)
    assert told() == []
    advance(START + 177 * DAY)
    assert told() == [("ending", "grace"), ("ending", "grace")]
    grace = START + 180 * DAY
    advance(grace)
    now = life_of(line, grace)
    assert (now.state, now.next_at, now.bars) == ("grace", grace + 30 * DAY, ("outgoing", "data"))
    assert bars(line) == ["prepaid-data", "prepaid-outgoing"]
    advance(grace + 30 * DAY)
    assert life_of(line, grace).state == "inactive"
    assert bars(line) == ["prepaid-data", "prepaid-incoming", "prepaid-outgoing"]
    advance(grace + 90 * DAY)
    over = life_of(line, grace)
    assert (over.state, over.next_at, str(over.rest), over.owed) == ("recycled", None, "3.00 EUR", True)
    assert told()[2:] == [
        ("moved", "grace"),
        ("ending", "inactive"),
        ("ending", "inactive"),
        ("moved", "inactive"),
        ("ending", "recycled"),
        ("ending", "recycled"),
        ("moved", "recycled"),
    ]
    # The starter's credit was taxed at sale and lapses; bought credit stays owed, in full, without tax.
    assert ledger.balance(f"payable/refund-claim-{line.number}", "EUR") == 3_000_000
    assert sum(bucket.left or 0 for bucket in balance.buckets_of(line.id)) == 0
    assert str(balance.settle_claim(line.number, actor=actor, reason="asked for it")) == "3.00 EUR"
    assert ledger.balance(f"payable/refund-claim-{line.number}", "EUR") == 0
    assert broken() == []


def test_use_and_packs_count_and_nothing_is_told_meanwhile(
    shop: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    line = line_of(actor, drain)
    advance(START + 100 * DAY)
    buy(line, BOOSTER, "b", actor)
    advance(START + 260 * DAY)
    assert (life_of(line, START).state, told()) == ("active", [])
    advance(START + 266 * DAY)
    assert told() == [("ending", "grace")]
    assert life_of(line, START).next_at == START + 280 * DAY


@pytest.mark.parametrize("days", [181, 211])
def test_a_top_up_brings_it_back(
    shop: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object], days: int
) -> None:
    line = line_of(actor, drain)
    back = START + days * DAY
    advance(back)
    assert bars(line) != []
    put_money(line, "10.00", "t1", back, actor)
    drain()
    now = life_of(line, back)
    assert (now.state, now.next_at, now.bars) == ("active", back + 180 * DAY, ())
    assert bars(line) == []
    assert told()[-1] == ("moved", "active")
    longer = back + 400 * DAY
    assert balance.extend_life(line.id, longer, actor=actor, reason="promised").next_at == longer


def test_the_database_refuses_a_step_that_is_not_declared(shop: str, actor: Actor, drain: Callable[[], int]) -> None:
    line = line_of(actor, drain)
    with pytest.raises(DatabaseError):
        PrepaidLine.objects.filter(subscription_id=line.id).update(state="recycled", next_at=None)


def test_lines_are_followed_once(shop: str, actor: Actor, drain: Callable[[], int]) -> None:
    line = line_of(actor, drain)
    assert balance.follow_all(actor=actor) == 0
    PrepaidLine.objects.all().delete()
    assert balance.follow_all(actor=actor) == 1
    assert [one.subscription for one in balance.prepaid_lines("active", START)] == [line.number]
