"""Stock: deliveries are checked whole, one owner at a time, the last card is sold once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections

from linehouse.kernel.error import Invalid
from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.kernel.numbering import Iccid
from linehouse.platform.clock.service import business_now
from linehouse.platform.scope import brand_scope
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, unit_of_work
from linehouse.resource import service, store
from linehouse.resource.errors import (
    NoNumberAvailable,
    NoSimAvailable,
    NumberNotFound,
    NumberTaken,
    RangeWrong,
    SimNotFound,
    SimTaken,
    StockFileWrong,
)
from linehouse.resource.service.hold import QUARANTINE
from linehouse.resource.values import HolderQuery, Imported, ResourceKind

ONE = Iccid.with_check_digit("893108000000000001").digits
TWO = Iccid.with_check_digit("893108000000000002").digits


def sims(*rows: tuple[str, str, str]) -> str:
    return "\n".join(["iccid,imsi,puk", *(",".join(row) for row in rows)])


@pytest.fixture
def stock(brand: str, actor: Actor) -> None:
    """Three numbers and two cards."""
    service.import_numbers("+31610200000", "+31610200002", actor=actor)
    service.import_sims(sims((ONE, "204040000000001", "12345678"), (TWO, "204040000000002", "87654321")), actor=actor)


def levels() -> dict[str, int]:
    return {f"{level.kind} {level.state}": level.count for level in service.stock_levels()}


def test_a_range_is_taken_once(brand: str, actor: Actor, events: Callable[[], list[str]]) -> None:
    assert service.import_numbers("+31610200000", "+31610200009", actor=actor) == Imported(10, 0)
    assert service.import_numbers("+31610200005", "+31610200014", actor=actor) == Imported(5, 5)
    assert levels() == {"number available": 15}
    assert events() == ["resource.stock.imported", "resource.stock.imported"]


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        ("+31610200009", "+31610200000", RangeWrong),
        ("+31610200000", "+31612200000", RangeWrong),
        ("0610", "+31610200000", Invalid),
    ],
)
def test_a_wrong_range_is_refused(brand: str, actor: Actor, first: str, last: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        service.import_numbers(first, last, actor=actor)
    assert levels() == {}


def test_a_delivery_of_cards_is_taken_once(stock: None, actor: Actor) -> None:
    again = service.import_sims(sims((ONE, "204040000000001", "12345678")), actor=actor)
    assert again == Imported(0, 1)
    assert levels()["sim available"] == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("iccid,imsi\n1,2", "lacks the column puk"),
        ("iccid,imsi,puk\n", "no cards"),
        (sims((ONE[:-1] + "0", "204040000000001", "12345678")), "check digit"),
        (sims((ONE, "2040", "12345678")), "is no IMSI"),
        (sims((ONE, "204040000000001", "1234")), "PUK is wrong"),
        (sims((ONE, "204040000000001", "12345678"), (ONE, "204040000000003", "12345678")), "repeats line 2"),
    ],
)
def test_a_wrong_delivery_is_refused_whole(brand: str, actor: Actor, text: str, told: str) -> None:
    good = sims((TWO, "204040000000002", "87654321")).split("\n")[1]
    with pytest.raises(StockFileWrong, match=told):
        service.import_sims(text + ("\n" + good if "1" in text else ""), actor=actor)
    assert levels() == {}


def test_an_imsi_is_on_one_card(stock: None, actor: Actor) -> None:
    three = Iccid.with_check_digit("893108000000000003").digits
    with pytest.raises(StockFileWrong, match="is on another card"):
        service.import_sims(sims((three, "204040000000001", "12345678")), actor=actor)


def test_a_message_does_not_tell_a_puk(brand: str, actor: Actor) -> None:
    with pytest.raises(StockFileWrong) as caught:
        service.import_sims(sims((ONE, "204040000000001", "1234567")), actor=actor)
    assert "1234567" not in str(caught.value)


def test_the_next_number_and_card_are_reserved_and_a_repeat_gives_the_same(stock: None, actor: Actor) -> None:
    number = service.reserve_number("S-1", actor=actor)
    assert (number.msisdn.digits, number.state, number.holder) == ("31610200000", "reserved", "S-1")
    assert service.reserve_number("S-1", actor=actor) == number
    card = service.reserve_sim("S-1", actor=actor)
    assert (card.iccid.digits, card.state, card.puk_masked) == (ONE, "reserved", "••••••78")
    assert service.reserve_sim("S-1", actor=actor) == card
    assert levels() == {"number available": 2, "number reserved": 1, "sim available": 1, "sim reserved": 1}


def test_a_wish_is_met_or_refused_with_its_reason(stock: None, actor: Actor) -> None:
    assert service.reserve_number("S-1", wish="+31610200002", actor=actor).msisdn.digits == "31610200002"
    with pytest.raises(NumberTaken):
        service.reserve_number("S-2", wish="+31610200002", actor=actor)
    with pytest.raises(NumberTaken):
        service.reserve_number("S-1", wish="+31610200001", actor=actor)
    with pytest.raises(NumberNotFound):
        service.reserve_number("S-2", wish="+31610209999", actor=actor)
    assert service.reserve_sim("S-1", wish=TWO, actor=actor).iccid.digits == TWO
    with pytest.raises(SimTaken):
        service.reserve_sim("S-2", wish=TWO, actor=actor)
    with pytest.raises(SimNotFound):
        service.reserve_sim("S-2", wish=Iccid.with_check_digit("893108000000000009").digits, actor=actor)


def test_an_empty_stock_says_so(brand: str, actor: Actor) -> None:
    with pytest.raises(NoNumberAvailable):
        service.reserve_number("S-1", actor=actor)
    with pytest.raises(NoSimAvailable):
        service.reserve_sim("S-1", actor=actor)


def test_what_is_released_is_back_on_the_shelf(stock: None, actor: Actor) -> None:
    service.reserve_number("S-1", actor=actor)
    service.reserve_sim("S-1", actor=actor)
    for _ in range(2):
        service.release_number("S-1", actor=actor)
        service.release_sim("S-1", actor=actor)
    assert levels() == {"number available": 3, "sim available": 2}
    assert service.holding("S-1").msisdn is None


def test_what_is_assigned_cannot_be_released(stock: None, actor: Actor) -> None:
    reserve_and_assign("S-1", actor)
    with pytest.raises(IllegalTransition):
        service.release_number("S-1", actor=actor)
    with pytest.raises(IllegalTransition):
        service.release_sim("S-1", actor=actor)


def reserve_and_assign(holder: str, actor: Actor) -> None:
    service.reserve_number(holder, actor=actor)
    service.reserve_sim(holder, actor=actor)
    service.assign(holder, actor=actor)


def test_nothing_is_assigned_that_was_not_reserved(stock: None, actor: Actor) -> None:
    with pytest.raises(NumberNotFound):
        service.assign("S-1", actor=actor)
    service.reserve_number("S-1", actor=actor)
    with pytest.raises(SimNotFound):
        service.assign("S-1", actor=actor)
    assert levels()["number reserved"] == 1


def test_a_number_rests_and_comes_back_when_its_time_is_over(
    stock: None, actor: Actor, advance: Callable[..., Any]
) -> None:
    start = business_now()
    reserve_and_assign("S-1", actor)
    service.assign("S-1", actor=actor)
    advance(start + timedelta(days=10))
    for _ in range(2):
        service.quarantine_number("S-1", actor=actor)
        service.retire_sim("S-1", actor=actor)
    number = service.find_number("31610200000")
    assert (number.state, number.holder, number.rests_until) == (
        "quarantine",
        "",
        start + timedelta(days=10) + QUARANTINE,
    )
    assert service.find_sim(ONE).state == "retired"
    assert service.reserve_number("S-2", actor=actor).msisdn.digits == "31610200001"
    advance(start + timedelta(days=9) + QUARANTINE)
    assert service.find_number("31610200000").state == "quarantine"
    advance(start + timedelta(days=10) + QUARANTINE)
    assert service.find_number("31610200000").state == "available"
    reserve_and_assign("S-3", actor)
    held = service.history(ResourceKind.MSISDN, "31610200000")
    assert [(h.holder, h.end) for h in held] == [("S-1", start + timedelta(days=10)), ("S-3", None)]
    assert [h.start for h in held] == [start, start + timedelta(days=10) + QUARANTINE]


def test_the_holder_is_told_as_of_the_instant(stock: None, actor: Actor, advance: Callable[..., Any]) -> None:
    start = business_now()
    reserve_and_assign("S-1", actor)
    advance(start + timedelta(days=1))
    service.quarantine_number("S-1", actor=actor)
    service.retire_sim("S-1", actor=actor)
    advance(start + timedelta(days=1) + QUARANTINE)
    service.reserve_sim("S-2", wish=TWO, actor=actor)
    service.reserve_number("S-2", wish="+31610200000", actor=actor)
    service.assign("S-2", actor=actor)
    at = [start - timedelta(seconds=1), start, start + timedelta(days=1), start + timedelta(days=1) + QUARANTINE]
    asked = [HolderQuery(ref, ResourceKind.MSISDN, "31610200000", instant) for ref, instant in enumerate(at)]
    asked.append(HolderQuery(9, ResourceKind.IMSI, "204040000000001", start))
    found = service.holders_at(asked)
    assert {ref: holder.holder for ref, holder in found.items()} == {1: "S-1", 3: "S-2", 9: "S-1"}
    assert found[9].msisdn is not None
    assert found[9].msisdn.digits == "31610200000"


def test_the_database_lets_nobody_share_a_number(stock: None, actor: Actor) -> None:
    reserve_and_assign("S-1", actor)
    now = business_now()
    with pytest.raises(IntegrityError, match="resource_assignment_msisdn_once"), unit_of_work(actor):
        store.open_assignment(ResourceKind.MSISDN, "31610200000", "S-2", now + timedelta(days=3))
    # An IMSI with the same digits is another thing.
    with unit_of_work(actor):
        store.open_assignment(ResourceKind.IMSI, "31610200000", "S-2", now)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE resource_number SET state = 'reserved'",
        "UPDATE resource_number SET holder = 'S-1'",
        "UPDATE resource_number SET state = 'quarantine'",
        "UPDATE resource_number SET state = 'assigned', holder = digits",
        "UPDATE resource_simcard SET state = 'gone'",
        "UPDATE resource_simcard SET state = 'active', holder = iccid",
    ],
)
def test_the_database_refuses_states_and_moves_that_are_not_drawn(stock: None, actor: Actor, statement: str) -> None:
    with pytest.raises(Exception, match=r"violates|transition"), unit_of_work(actor), brand_cursor() as cursor:
        cursor.execute(statement)


def test_fifty_orders_at_once_get_exactly_the_last_ten_numbers(brand: str, actor: Actor) -> None:
    service.import_numbers("+31610200000", "+31610200009", actor=actor)
    got: list[str] = []
    missed: list[str] = []
    ready = threading.Barrier(10)

    def order(worker: int) -> None:
        with brand_scope("robin"):
            ready.wait()
            for turn in range(5):
                try:
                    got.append(service.reserve_number(f"S-{worker}-{turn}", actor=actor).msisdn.digits)
                except NoNumberAvailable:
                    missed.append(f"S-{worker}-{turn}")
            connections.close_all()

    threads = [threading.Thread(target=order, args=(worker,)) for worker in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [f"3161020000{n}" for n in range(10)]
    assert len(missed) == 40
    assert levels() == {"number reserved": 10}


def test_two_attempts_for_one_product_take_one_number(brand: str, actor: Actor) -> None:
    service.import_numbers("+31610200000", "+31610200009", actor=actor)
    got: list[str] = []
    ready = threading.Barrier(4)

    def attempt() -> None:
        with brand_scope("robin"):
            ready.wait()
            got.append(service.reserve_number("S-1", actor=actor).msisdn.digits)
            connections.close_all()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 1
    assert len(got) == 4
    assert levels() == {"number available": 9, "number reserved": 1}


def test_the_puk_is_shown_for_a_reason_that_is_recorded(
    stock: None, actor: Actor, events: Callable[[], list[str]]
) -> None:
    events()
    assert service.reveal_puk(ONE, reason="the caller passed the questions", actor=actor) == "12345678"
    assert events() == ["resource.puk.revealed"]


def test_the_demo_stock_is_seeded_once(brand: str, actor: Actor) -> None:
    assert service.seed_stock(actor=actor) == (Imported(200, 0), Imported(200, 0))
    assert service.seed_stock(actor=actor) == (Imported(0, 200), Imported(0, 200))
    page, total = service.search_sims(query="2040400000000", limit=1)
    assert (page[0].iccid.digits, page[0].imsi.digits, total) == (ONE, "204040000000001", 99)
    page_of_numbers, total = service.search_numbers(state="available", query="10200", offset=199)
    assert ([n.msisdn.e164 for n in page_of_numbers], total) == (["+31610200199"], 200)


def test_brands_do_not_see_each_other(stock: None, second_brand: str, actor: Actor) -> None:
    with brand_scope(second_brand):
        assert levels() == {}
        with pytest.raises(NoNumberAvailable):
            service.reserve_number("S-1", actor=actor)
