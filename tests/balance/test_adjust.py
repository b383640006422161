"""Adjustments by hand and overdrafts: limits of roles, a second person, reasons, floors."""

from __future__ import annotations

import pytest

from linehouse.balance import service as balance
from linehouse.balance.errors import OnceDiffers, ReasonNeeded, TooLittleLeft
from linehouse.balance.service import AdjustRequest
from linehouse.ledger import service as ledger
from linehouse.platform.approval import service as approval
from linehouse.platform.work import SYSTEM
from tests.balance.money_house import broken_laws, eur, left, prepaid_line, put, use_robins_rules
from tests.conftest import colleague


@pytest.fixture(autouse=True)
def _verified(shop, actor):
    use_robins_rules(actor)
    yield
    assert broken_laws() == []


@pytest.fixture
def line(actor, drain):
    found = prepaid_line(actor)
    drain()
    put(actor, found, "10.00", "start")
    return found


def change(actor, ref, micros, once, reason="correction", note="charged twice"):
    return balance.adjust(
        AdjustRequest(bucket_ref=ref, amount=micros, reason_code=reason, note=note, once=once), actor=actor
    )


def test_within_the_limit_it_is_done_in_both_directions(line, brand):
    care = colleague(brand, "care", "Cor Care")
    main = f"{line.number}/main"
    up = change(care, main, 5_000_000, "a").adjustment
    assert up is not None
    assert left(main) == "15.00"
    assert ledger.balance("revenue/balance-correction", "EUR") == -5_000_000
    change(care, main, -3_000_000, "b")
    assert left(main) == "12.00"
    again = change(care, main, 5_000_000, "a").adjustment
    assert again is not None
    assert again.number == up.number
    with pytest.raises(OnceDiffers):
        change(care, main, 6_000_000, "a")
    balance.reverse_adjustment(up.number, actor=care, reason="was right before")
    assert left(main) == "7.00"


def test_beyond_it_somebody_else_decides(line, actor, brand):
    care, fay = colleague(brand, "care", "Cor Care"), colleague(brand, "finance", "Fay Finance")
    asked = change(care, f"{line.number}/main", 30_000_000, "a", "goodwill").proposal
    assert asked is not None
    assert left(f"{line.number}/main") == "10.00"
    assert approval.approve(asked.number, actor=fay).state == "applied"
    assert left(f"{line.number}/main") == "40.00"
    data = f"{line.number}/data"
    units = change(care, data, 10**9, "u", "goodwill").proposal
    assert units is not None
    approval.approve(units.number, actor=fay)
    assert balance.bucket(data).left == 6 * 10**9


def test_reasons_come_from_the_list_and_the_floor_holds(line, brand):
    care = colleague(brand, "care", "Cor Care")
    main = f"{line.number}/main"
    with pytest.raises(ReasonNeeded) as refused:
        change(care, main, -1_000_000, "a", "goodwill")
    assert "correction" in str(refused.value)
    with pytest.raises(ReasonNeeded):
        change(care, main, 1_000_000, "a", note=" ")
    with pytest.raises(TooLittleLeft):
        change(care, main, -10_000_001, "a")
    assert left(main) == "10.00"


def test_an_overdraft_is_a_number(line, actor):
    balance.set_overdraft(line.number, eur("5.00"), actor=SYSTEM, reason="good customer")
    bucket = balance.bucket(f"{line.number}/main")
    assert (bucket.overdraft, bucket.available) == (5_000_000, 15_000_000)
    assert bucket.for_decision().room == 15_000_000
    with pytest.raises(TooLittleLeft):
        change(SYSTEM, bucket.ref, -11_000_000, "a")
    balance.set_overdraft(line.number, eur("0"), actor=SYSTEM, reason="no more")
    assert balance.bucket(bucket.ref).for_decision().room == 10_000_000
