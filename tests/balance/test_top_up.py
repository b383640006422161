"""Topping up: once, with a bonus, taken back; never below the floor."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from linehouse.balance import service as balance
from linehouse.balance.errors import (
    AmountNotPossible,
    LineNotActive,
    MoneyFileInvalid,
    NoMainBalance,
    OnceDiffers,
    TooLittleLeft,
)
from linehouse.balance.money_rules import Method
from linehouse.balance.service import TopUpRequest
from linehouse.inventory import service as inventory
from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.ledger import service as ledger
from linehouse.platform.scope import brand_scope
from tests.balance.house import activate, register
from tests.balance.money_house import broken_laws, eur, left, prepaid_line, put, use_robins_rules, wishes


@pytest.fixture(autouse=True)
def _verified(shop, actor):
    use_robins_rules(actor)
    yield
    assert broken_laws() == []


@pytest.fixture
def line(actor, drain):
    found = prepaid_line(actor)
    drain()
    return found


def test_money_comes_onto_the_line_with_its_bonus(line, actor, events):
    events()
    made = put(actor, line, "25.00", "k1")
    assert (made.number, made.bonus.text, made.bonus_key) == ("TU-000001", "2.50", "winter")
    assert left(f"{line.number}/main") == "25.00"
    bonus = balance.bucket(f"{line.number}/bonus/TU-000001")
    assert bonus.valid.end == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert ledger.balance("till/agent", "EUR") == 25_000_000
    assert ledger.balance("granted/bonus/winter", "EUR") == 2_500_000
    assert events() == ["balance.bucket.granted", "balance.top_up.booked"]
    assert wishes() == [(str(line.id), "top-up")]


def test_of_several_bonuses_the_one_that_gives_most(line, actor):
    assert put(actor, line, "50.00", "a", Method.CARD).bonus.text == "6.00"
    assert put(actor, line, "50.00", "b").bonus.text == "5.00"
    assert put(actor, line, "19.99", "c").bonus.text == "0.00"


def test_a_bonus_holds_by_its_dates(line, actor, advance):
    advance(datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    assert put(actor, line, "20.00", "a").bonus.text == "2.00"
    advance(datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    assert put(actor, line, "20.00", "b").bonus.text == "0.00"


def test_the_same_key_is_the_same_top_up_and_another_amount_is_refused(line, actor):
    first, again = put(actor, line, "25.00", "k"), put(actor, line, "25.00", "k")
    assert (first.number, again.number, again.again) == ("TU-000001", "TU-000001", True)
    assert left(f"{line.number}/main") == "25.00"
    with pytest.raises(OnceDiffers):
        put(actor, line, "24.00", "k")


def test_twenty_at_once_with_one_key_are_one(line, actor, brand):
    def one(_: int) -> str:
        with brand_scope(brand):
            try:
                return put(actor, line, "25.00", "k").number
            finally:
                connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(one, range(20))) == {"TU-000001"}
    assert left(f"{line.number}/main") == "25.00"


@pytest.mark.parametrize(
    ("amount", "expected"), [("4.99", "at least 5.00"), ("150.01", "at most 150.00"), ("0", "above")]
)
def test_amounts_outside_of_the_brands_bounds_are_refused(line, actor, amount, expected):
    with pytest.raises(AmountNotPossible) as refused:
        put(actor, line, amount, "k")
    assert expected in str(refused.value)


def test_a_postpaid_line_and_an_ended_one_are_refused(line, actor, drain):
    postpaid = activate(actor, register(actor, "Piet"), "robin-sim-only-20")
    drain()
    with pytest.raises(NoMainBalance):
        put(actor, postpaid, "10.00", "p")
    inventory.terminate_product(line.id, actor=actor)
    with pytest.raises(LineNotActive):
        put(actor, line, "10.00", "k")


def test_credit_that_ends_is_breakage_without_tax(line, actor, advance):
    made = balance.top_up(
        TopUpRequest(line=line.number, amount=eur("10.00"), method=Method.CARD, once="k", valid_days=30), actor=actor
    )
    assert left(f"{line.number}/main") == "0.00"
    assert left(made.bucket_ref) == "10.00"
    assert made.valid_to is not None
    advance(made.valid_to + timedelta(seconds=1))
    assert left(made.bucket_ref) == "0.00"
    assert ledger.balance("revenue/breakage", "EUR") == 10_000_000


def test_it_is_taken_back_once_and_never_below_zero(line, actor):
    put(actor, line, "25.00", "k")
    back = balance.reverse_top_up("TU-000001", actor=actor, reason="wrong line")
    assert back.state == "reversed"
    assert left(f"{line.number}/main") == "0.00"
    assert left(f"{line.number}/bonus/TU-000001") == "0.00"
    assert ledger.balance("till/agent", "EUR") == 0
    with pytest.raises(IllegalTransition):
        balance.reverse_top_up("TU-000001", actor=actor, reason="again")
    put(actor, line, "10.00", "k2")
    balance.adjust(
        balance.AdjustRequest(
            bucket_ref=f"{line.number}/main", amount=-4_000_000, reason_code="correction", note="n", once="a"
        ),
        actor=actor,
    )
    with pytest.raises(TooLittleLeft):
        balance.reverse_top_up("TU-000002", actor=actor, reason="wrong line")
    assert left(f"{line.number}/main") == "6.00"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("currency: EUR\nbonus: []", ""),
        ("currency: EUR\nbonuses: [{bonus: x, text: {}, from: 2026-01-01, amount-from: 1, valid-days: 3}]", "bonuses"),
        ("currency: EUR\ntransfer: {minimum: 5, maximum: 4, per-day: 9, times-a-day: 1}", "transfer.maximum"),
        ("currency: EUR\ntop-up: {minimum: much}", "top-up.minimum"),
        ("currency: [", "money.yaml"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_hold_is_refused_by_field(actor, text, field):
    with pytest.raises(MoneyFileInvalid) as refused:
        balance.apply_money_file(text, actor=actor)
    assert refused.value.field.startswith(field)
