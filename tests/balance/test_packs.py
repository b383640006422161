"""Packs bought from a balance, renewed by themselves, tried again when money is short, and ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from linehouse.balance import service as balance
from linehouse.balance.errors import MoneyShort, PackDiffers, PackNotPossible
from linehouse.balance.pack_values import BuyPack, PackView, Renewing
from linehouse.balance.values import Grant, TaxedAt
from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period
from linehouse.ledger import service as ledger
from linehouse.platform.checks import verify
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor
from linehouse.rating.values import BucketKind
from linehouse.resource import service as resources
from tests.balance.house import ROBIN, activate, register

GB = 10**9
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
MONTH, BOOSTER = "robin-prepaid-month", "robin-prepaid-booster-2gb"


def line_of(actor: Actor, drain: Callable[[], int]) -> ProductView:
    line = activate(actor, register(actor), "robin-prepaid-start")
    drain()
    return line


def put_money(line: ProductView, euros: str, ref: str, at: datetime, actor: Actor) -> None:
    """Bought credit, taxed when it is used."""
    main = balance.bucket(f"{line.number}/main")
    balance.grant(
        [
            Grant(
                ref=f"{line.number}/{ref}",
                owner=main.owner,
                product_id=main.product_id,
                kind=BucketKind.MAIN,
                asset="EUR",
                amount=Money.of(euros, "EUR").micros,
                valid=Period(at),
                source=main.source,
                catalog_version=main.catalog_version,
                priority=200,
                taxed_at=TaxedAt.USE,
            )
        ],
        actor=actor,
    )


def buy(line: ProductView, offering: str, key: str, actor: Actor, renews: bool | None = None) -> PackView:
    return balance.buy_pack(
        BuyPack(subscription_id=line.id, offering_key=offering, key=key, renews=renews), actor=actor
    )


def money_left(line: ProductView, at: datetime) -> int:
    return sum(bucket.left or 0 for bucket in balance.buckets_of(line.id, at) if bucket.is_money)


def wishes(line: ProductView) -> list[str]:
    with brand_cursor() as cursor:
        cursor.execute("SELECT reason FROM charging_wish WHERE subscription_id = %s ORDER BY id", [line.id])
        return [row[0] for row in cursor.fetchall()]


def broken() -> list[str]:
    return [result.name for result in verify() if not result.holds]


def test_a_booster_takes_its_price_and_brings_its_data_in_one_commit(
    shop: str, actor: Actor, drain: Callable[[], int], events: Callable[[], list[str]]
) -> None:
    line = line_of(actor, drain)
    put_money(line, "10.00", "topup-1", START, actor)
    events()
    pack = buy(line, BOOSTER, "desk-1", actor)
    assert {"balance.pack.bought", "balance.bucket.granted", "inventory.product.activated"} <= set(events())
    # The 5.00 of the starter pack are used first: their tax was due at sale. They hold the whole price.
    assert money_left(line, START) == 11_000_000
    assert balance.bucket(f"{line.number}/start-credit").used == 4_000_000
    assert balance.bucket(f"{line.number}/{pack.product_number}/data").left == 2 * GB
    assert ledger.balance("revenue/prepaid-packs", "EUR") == 0
    again = buy(line, BOOSTER, "desk-2", actor)
    # 1.00 of the starter's credit, 3.00 of bought credit: 3.00 × 21 / 121 = 0.520661 tax.
    assert again.id != pack.id
    assert money_left(line, START) == 7_000_000
    assert ledger.balance("revenue/prepaid-packs", "EUR") == 2_479_339
    assert ledger.balance("tax/NL-21", "EUR") == 520_661
    assert wishes(line) == ["Robin Prepaid Booster 2 GB bought"] * 2
    drain()
    assert inventory.find_product(id=pack.product_id).state == "active"
    assert balance.bucket(f"{line.number}/{pack.product_number}/data").granted == 2 * GB
    assert broken() == []


def test_the_same_key_buys_once_and_another_pack_under_it_is_refused(
    shop: str, actor: Actor, drain: Callable[[], int]
) -> None:
    line = line_of(actor, drain)
    put_money(line, "10.00", "topup-1", START, actor)
    first = buy(line, BOOSTER, "desk-1", actor)
    assert buy(line, BOOSTER, "desk-1", actor) == first
    assert money_left(line, START) == 11_000_000
    with pytest.raises(PackDiffers):
        buy(line, MONTH, "desk-1", actor)


def test_short_of_money_nothing_is_bought(shop: str, actor: Actor, drain: Callable[[], int]) -> None:
    line = line_of(actor, drain)
    with pytest.raises(MoneyShort, match=r"costs 10\.00 EUR, and the balance holds 5.00 EUR"):
        buy(line, MONTH, "desk-1", actor)
    assert money_left(line, START) == 5_000_000
    assert balance.packs_of(line.id) == ()
    assert len(inventory.add_ons_of(line.id)) == 0
    assert broken() == []


def test_what_does_not_fit_is_refused(shop: str, actor: Actor, drain: Callable[[], int]) -> None:
    line = line_of(actor, drain)
    put_money(line, "50.00", "topup-1", START, actor)
    assert [(one.key, str(price)) for one, price in balance.buyable(line.id, START)] == [
        (BOOSTER, "4.00 EUR"),
        (MONTH, "10.00 EUR"),
    ]
    with pytest.raises(PackNotPossible, match="no balance can buy that"):
        buy(line, "robin-booster-5gb", "a", actor)
    buy(line, MONTH, "b", actor)
    with pytest.raises(PackNotPossible, match="runs on this line already"):
        buy(line, MONTH, "c", actor)
    assert [one.key for one, _ in balance.buyable(line.id, START)] == [BOOSTER]


def test_a_month_is_told_renewed_and_earned_by_day(
    shop: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[[datetime], object],
    events: Callable[[], list[str]],
) -> None:
    line = line_of(actor, drain)
    put_money(line, "30.00", "topup-1", START, actor)
    pack = buy(line, MONTH, "desk-1", actor)
    assert pack.renews_at == START + timedelta(days=30)
    # 5.00 of sale credit; 5.00 of bought credit: 4.132231 net, deferred over 30 days.
    assert ledger.balance("deferred/prepaid-packs", "EUR") == 4_132_231
    advance(START + timedelta(days=27) - timedelta(minutes=1))
    assert "balance.pack.renewal_coming" not in events()
    advance(START + timedelta(days=27))
    assert "balance.pack.renewal_coming" in events()
    advance(START + timedelta(days=30))
    assert "balance.pack.renewed" in events()
    now = balance.pack_by_id(pack.id)
    assert (now.state, now.periods, now.paid_from) == ("active", 2, START + timedelta(days=30))
    prefix = f"{line.number}/{pack.product_number}"
    # At most 2 GB roll over, with 30 days of their own; the rest expires.
    assert balance.bucket(f"{prefix}/data/1/rollover").left == 2 * GB
    assert balance.bucket(f"{prefix}/data/1").expired == 2 * GB
    assert balance.bucket(f"{prefix}/data/2").valid == Period(now.paid_from, START + timedelta(days=60))
    assert money_left(line, now.paid_from) == 15_000_000
    # November and its 30 days from the 1st to the 1st of December are earned.
    assert ledger.balance("revenue/prepaid-packs", "EUR") == 4_132_231
    assert broken() == []
    advance(START + timedelta(days=60))
    assert balance.pack_by_id(pack.id).periods == 3
    assert money_left(line, START + timedelta(days=60)) == 5_000_000
    assert broken() == []


def test_short_at_renewal_the_pack_waits_and_money_lets_it_go_on_at_once(
    shop: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    line = line_of(actor, drain)
    put_money(line, "7.00", "topup-1", START, actor)
    pack = buy(line, MONTH, "desk-1", actor)
    due = START + timedelta(days=30)
    advance(due)
    waiting = balance.pack_by_id(pack.id)
    assert (waiting.state, waiting.grace_until, waiting.tries) == ("grace", due + timedelta(days=5), 1)
    data = balance.bucket(f"{line.number}/{pack.product_number}/data/1")
    # It rests: over, and not closed.
    assert (data.valid.end, data.closed_at, data.left) == (due, None, 4 * GB)
    advance(due + timedelta(hours=13))
    assert balance.pack_by_id(pack.id).tries == 3
    put_money(line, "20.00", "topup-2", due + timedelta(hours=13), actor)
    from linehouse.platform.work import unit_of_work

    with unit_of_work(actor, "top-up"):
        balance.money_came(line.id, key="topup-2")
    drain()
    now = balance.pack_by_id(pack.id)
    paid = due + timedelta(hours=13)
    assert (now.state, now.periods, now.paid_from, now.paid_until) == ("active", 2, paid, paid + timedelta(days=30))
    rest = balance.bucket(f"{line.number}/{pack.product_number}/data/1/rollover")
    assert (rest.left, rest.valid.start) == (2 * GB, paid)
    advance(paid + timedelta(days=30))
    assert balance.pack_by_id(pack.id).periods == 3
    assert broken() == []


def test_after_grace_the_pack_ends_and_its_rest_is_gone(
    shop: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    line = line_of(actor, drain)
    put_money(line, "7.00", "topup-1", START, actor)
    pack = buy(line, MONTH, "desk-1", actor)
    advance(START + timedelta(days=35))
    over = balance.pack_by_id(pack.id)
    assert (over.state, over.why_ended, over.ended_at) == ("ended", "not-paid", START + timedelta(days=35))
    assert inventory.find_product(id=pack.product_id).state == "terminated"
    data = balance.bucket(f"{line.number}/{pack.product_number}/data/1")
    assert data.closed_at is not None
    assert data.expired == 4 * GB
    assert data.rolled == 0
    assert broken() == []


def test_renewal_is_paused_resumed_and_called_off(
    shop: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    line = line_of(actor, drain)
    put_money(line, "60.00", "topup-1", START, actor)
    pack = buy(line, MONTH, "desk-1", actor)
    balance.set_renewing(pack.id, Renewing.PAUSED, actor=actor, reason="holiday")
    advance(START + timedelta(days=31))
    assert balance.pack_by_id(pack.id).state == "paused"
    back = START + timedelta(days=40)
    advance(back)
    now = balance.set_renewing(pack.id, Renewing.ON, actor=actor, reason="back")
    assert (now.state, now.paid_from, now.periods) == ("active", back, 2)
    balance.set_renewing(pack.id, Renewing.OFF, actor=actor, reason="enough")
    advance(back + timedelta(days=30))
    over = balance.pack_by_id(pack.id)
    assert (over.state, over.why_ended, over.periods) == ("ended", "cancelled", 2)
    assert broken() == []


def test_what_was_missed_is_caught_up_with_in_order(shop: str, actor: Actor, drain: Callable[[], int]) -> None:
    from linehouse.platform.clock.service import set_manual

    line = line_of(actor, drain)
    put_money(line, "60.00", "topup-1", START, actor)
    pack: UUID = buy(line, MONTH, "desk-1", actor).id
    set_manual(START + timedelta(days=95))
    drain()
    now = balance.pack_by_id(pack)
    assert (now.periods, now.paid_from) == (4, START + timedelta(days=90))
    assert money_left(line, START + timedelta(days=95)) == 25_000_000
    assert [payment.number for payment in balance.payments_of(pack)] == [4, 3, 2, 1]
    assert broken() == []
    drain()
    assert balance.pack_by_id(pack).periods == 4


def test_kept_through_grace_the_allowance_goes_on_and_nobody_gains_days(
    brand: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    files = dict(read_folder(ROBIN))
    name = "catalog/robin-prepaid-month.yaml"
    files[name] = files[name].replace("meanwhile: suspend", "meanwhile: keep")
    catalog.apply_texts(files, actor=actor)
    resources.seed_stock(actor=actor)
    line = line_of(actor, drain)
    put_money(line, "7.00", "t1", START, actor)
    pack = buy(line, MONTH, "desk-1", actor)
    due = START + timedelta(days=30)
    advance(due)
    data = balance.bucket(f"{line.number}/{pack.product_number}/data/1")
    assert (data.valid.end, data.left, data.closed_at) == (due + timedelta(days=5), 4 * GB, None)
    advance(due + timedelta(days=2))
    put_money(line, "20.00", "t2", due + timedelta(days=2), actor)
    drain()
    now = balance.pack_by_id(pack.id)
    assert (now.state, now.paid_from, now.paid_until) == ("active", due, due + timedelta(days=30))
    old = balance.bucket(f"{line.number}/{pack.product_number}/data/1")
    assert (old.valid.end, old.rolled, old.expired) == (due + timedelta(days=2), 2 * GB, 2 * GB)
    assert broken() == []
