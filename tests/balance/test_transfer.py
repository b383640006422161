"""Transfers between lines: two entries, one commit, within limits; and back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connections

from linehouse.balance import service as balance
from linehouse.balance.errors import AmountNotPossible, LineNotActive, TooLittleLeft, TransferLimit
from linehouse.balance.service import TransferRequest
from linehouse.inventory import service as inventory
from linehouse.kernel.error import DomainError
from linehouse.ledger import service as ledger
from linehouse.platform.scope import brand_scope
from tests.balance.money_house import broken_laws, eur, left, prepaid_line, put, use_robins_rules, wishes


@pytest.fixture(autouse=True)
def _verified(shop, actor):
    use_robins_rules(actor)
    yield
    assert broken_laws() == []


@pytest.fixture
def lines(actor, drain):
    found = prepaid_line(actor, "Sanne"), prepaid_line(actor, "Joost")
    drain()
    put(actor, found[0], "40.00", "start")
    return found


def give(actor, lines, amount, once, *, back=False):
    giver, receiver = reversed(lines) if back else lines
    return balance.transfer(
        TransferRequest(giver=giver.number, receiver=receiver.number, amount=eur(amount), once=once), actor=actor
    )


def test_both_sides_move_in_one_commit_and_the_fee_is_taxed(lines, actor, events):
    events()
    made = give(actor, lines, "10.00", "t1")
    assert (made.number, made.fee.text) == ("TR-000001", "0.25")
    assert [left(f"{line.number}/main") for line in lines] == ["29.75", "10.00"]
    assert events() == ["balance.transfer.sent", "balance.transfer.received"]
    assert {one for one, reason in wishes() if reason == "transfer"} == {str(line.id) for line in lines}
    posted = [*ledger.entry("transfer:TR-000001/out"), *ledger.entry("transfer:TR-000001/in")]
    assert [(t.debit, t.credit) for t in posted] == [
        (f"prepaid/{lines[0].number}/main", "clearing/transfer"),
        ("clearing/transfer", f"prepaid/{lines[1].number}/main"),
    ]
    assert ledger.balance("revenue/transfer-fee", "EUR") == 206_612
    assert ledger.balance("tax/NL-21", "EUR") == 43_388
    assert give(actor, lines, "10.00", "t1").again


def test_promotional_money_is_never_given_away(lines, actor):
    assert left(f"{lines[0].number}/bonus/TU-000001") == "4.00"
    give(actor, lines, "20.00", "t1")
    with pytest.raises(TooLittleLeft) as refused:
        give(actor, lines, "20.00", "t2")
    assert "19.50" in str(refused.value)


def test_the_days_limits_hold_and_begin_anew_with_the_local_day(lines, actor, advance):
    for once in ("a", "b", "c"):
        give(actor, lines, "2.00", once)
    with pytest.raises(TransferLimit):
        give(actor, lines, "2.00", "d")
    advance(datetime(2026, 11, 1, 23, 0, tzinfo=UTC))
    put(actor, lines[0], "60.00", "more")
    give(actor, lines, "25.00", "e")
    give(actor, lines, "24.00", "f")
    with pytest.raises(TransferLimit) as refused:
        give(actor, lines, "2.00", "g")
    assert "1.00" in str(refused.value)
    with pytest.raises(AmountNotPossible):
        give(actor, lines, "0.99", "h")


def test_both_lines_must_be_active(lines, actor):
    inventory.terminate_product(lines[1].id, actor=actor)
    with pytest.raises(LineNotActive):
        give(actor, lines, "2.00", "a")


def test_crossing_transfers_and_a_race_for_the_last_money_neither_lock_nor_overdraw(lines, actor, brand):
    put(actor, lines[1], "40.00", "other")

    def one(place: int) -> str:
        with brand_scope(brand):
            try:
                return give(actor, lines, "25.00", f"x{place}", back=bool(place % 2)).number
            except DomainError as refusal:
                return refusal.code
            finally:
                connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(one, range(10)))
    assert sum(result.startswith("TR-") for result in results) >= 2
    total = sum(balance.bucket(f"{line.number}/main").left or 0 for line in lines)
    done = balance.transfers()[1]
    assert total == 80_000_000 - done * 250_000


def test_care_takes_it_back_with_the_fee_while_it_is_there(lines, actor):
    give(actor, lines, "10.00", "t1")
    assert balance.reverse_transfer("TR-000001", actor=actor, reason="wrong number").state == "reversed"
    assert [left(f"{line.number}/main") for line in lines] == ["40.00", "0.00"]
    assert ledger.balance("revenue/transfer-fee", "EUR") == 0
    give(actor, lines, "10.00", "t2")
    give(actor, lines, "5.00", "t3", back=True)
    with pytest.raises(TooLittleLeft):
        balance.reverse_transfer("TR-000002", actor=actor, reason="wrong number")
