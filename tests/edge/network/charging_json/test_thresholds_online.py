"""What the charging process finds while it charges: thresholds that are crossed, and buckets that begin to last."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linehouse.balance import service as balance
from linehouse.balance.errors import MoneyShort
from linehouse.balance.pack_values import BuyPack
from linehouse.balance.service import NewThreshold
from linehouse.balance.thresholds import Measure
from linehouse.kernel.money import Money
from linehouse.platform.outbox.service import events_after
from tests.balance.test_packs import put_money
from tests.conftest import START
from tests.edge.network.charging_json.test_sessions import DATA, door, lawful, line, one, rows

__all__ = ["door", "line", "one"]
GB = 10**9


def crossed():
    return [
        (e.payload["measure"], e.payload["value"], e.payload["limit"])
        for e in events_after(0, limit=10_000)
        if e.name == "balance.threshold.crossed"
    ]


def test_a_threshold_is_told_once_and_armed_again_by_a_top_up(line, one, drain, actor):
    for measure, limit in ((Measure.REMAINING, "4.00"), (Measure.SPENT, "1.50")):
        balance.set_threshold(
            NewThreshold(subscription_id=line.id, measure=measure, asset="EUR", limit=limit), actor=actor
        )
    one("once", "a", used=[{"quantity": "1 min"}])
    drain()
    assert crossed() == []
    one("once", "b", used=[{"quantity": "1 min"}])
    drain()
    assert crossed() == [("remaining", 4_000_000, 4_000_000)]
    one("once", "c", used=[{"quantity": "1 min"}])
    one("once", "d", used=[{"quantity": "1 min"}])
    drain()
    assert crossed()[1:] == [("spent", 1_500_000, 1_500_000)]
    put_money(line, "10.00", "topup", START, actor)
    [money, _] = balance.thresholds_of(line.id, START)
    assert (money.reached_at, money.times, money.value) == (None, 1, 13_000_000)
    one("once", "e", used=[{"quantity": "18 min"}])
    drain()
    assert crossed()[2:] == [("remaining", 4_000_000, 4_000_000)]
    lawful()


def test_a_share_of_an_allowance_is_watched_through_a_session(line, one, drain, actor):
    balance.set_threshold(
        NewThreshold(
            subscription_id=line.id,
            measure=Measure.USED,
            asset="octet",
            source="robin-prepaid-start/data",
            limit="80%",
        ),
        actor=actor,
    )
    one("start", service=DATA, want="1 GB")
    one("update", key="2", service=DATA, total="3999 MB", want="1 GB")
    drain()
    assert crossed() == []
    one("update", key="3", service=DATA, total="4 GB", want="100 MB")
    drain()
    assert crossed() == [("used", 4 * GB, 4 * GB)]
    one("finish", key="4", service=DATA, total="4100 MB")
    drain()
    assert len(crossed()) == 1
    lawful()


def test_a_booster_lasts_from_its_first_use_online_and_ends_by_itself(line, one, drain, actor, advance):
    put_money(line, "10.00", "topup", START, actor)
    pack = balance.buy_pack(
        BuyPack(subscription_id=line.id, offering_key="robin-prepaid-booster-2gb", key="b"), actor=actor
    )
    ref = f"{line.number}/{pack.product_number}/data"
    advance(START + timedelta(days=3))
    assert balance.bucket(ref).valid.end is None
    # Priority 50 goes before the starter pack's data.
    one("once", "a", service=DATA, used=[{"quantity": "500 MB"}])
    begun = balance.bucket(ref)
    assert (begun.left, begun.valid.end) == (1_500 * 10**6, START + timedelta(days=10))
    advance(START + timedelta(days=10))
    over = balance.bucket(ref)
    assert (over.closed_at, over.expired) == (START + timedelta(days=10), 1_500 * 10**6)
    lawful()


def test_buying_a_pack_asks_open_sessions_again(line, one, actor):
    put_money(line, "10.00", "topup", START, actor)
    one("start", service=DATA, want="1 GB")
    balance.buy_pack(BuyPack(subscription_id=line.id, offering_key="robin-prepaid-booster-2gb", key="b"), actor=actor)
    [(owner, session, ends, reason)] = rows("SELECT subscription_id, session, ends, reason FROM charging_wish")
    assert (owner, session, ends, reason) == (line.id, None, False, "Robin Prepaid Booster 2 GB bought")


def test_a_reservation_keeps_its_money_from_a_pack(line, one, actor):
    """A pack is bought from what is available: what calls have reserved is theirs."""
    one("start", want="4 min")
    with pytest.raises(MoneyShort, match=r"the balance holds 3\.00 EUR"):
        balance.buy_pack(
            BuyPack(subscription_id=line.id, offering_key="robin-prepaid-booster-2gb", key="b"), actor=actor
        )
    one("finish", key="2")
    assert Money(balance.bucket(f"{line.number}/start-credit").left or 0, "EUR") == Money.of("5.00", "EUR")
