"""Automatic top-ups: at a low balance, on a day, tried again when the card is declined, stopped in the end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from linehouse.balance import service as balance
from linehouse.balance.errors import AmountNotPossible
from linehouse.balance.service import AutoRequest, Cards, Charged, use_cards
from linehouse.kernel.money import Money
from linehouse.platform.jobs.registry import RetryLater
from linehouse.platform.sql import brand_cursor
from tests.balance.money_house import broken_laws, eur, left, prepaid_line, put, use_robins_rules


class Till(Cards):
    """A provider that says what the test wants, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.declines = ""
        self.silent = 0

    def charge(self, token: str, amount: Money, key: str) -> Charged:
        self.asked.append((token, amount.text, key))
        if self.silent:
            self.silent -= 1
            raise RetryLater("no answer")
        return Charged(declined=self.declines) if self.declines else Charged(authorization=f"A{len(self.asked)}")


@pytest.fixture
def till():
    found = Till()
    before = use_cards(found)
    yield found
    use_cards(before)


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


def spend(actor, line, micros, once):
    balance.adjust(
        balance.AdjustRequest(
            bucket_ref=f"{line.number}/main", amount=-micros, reason_code="correction", note="used", once=once
        ),
        actor=actor,
    )


def at_five(actor, line, **more):
    wish = AutoRequest(line=line.number, amount=eur("20.00"), threshold=eur("5.00"), token="tok_1", **more)
    return balance.set_auto(wish, actor=actor)


def test_a_low_balance_is_topped_up_once(line, actor, till, drain):
    assert at_five(actor, line).state == "on"
    drain()
    assert (balance.poll_automatic(), till.asked) == (0, [])
    spend(actor, line, 5_000_001, "a")
    assert (balance.poll_automatic(), balance.poll_automatic()) == (1, 0)
    drain()
    assert left(f"{line.number}/main") == "24.999999"
    assert [(token, amount) for token, amount, _ in till.asked] == [("tok_1", "20.00")]
    made = balance.top_ups()[0][0]
    assert (made.reference, made.channel, made.bonus.text) == ("A1", "automatic", "2.00")
    with brand_cursor() as cursor:
        cursor.execute("SELECT token FROM balance_autotopup")
        assert "tok_1" not in cursor.fetchone()[0]


def test_an_answer_that_is_lost_charges_nobody_twice(line, actor, till, drain, advance):
    till.silent = 2
    at_five(actor, line)
    spend(actor, line, 6_000_000, "a")
    balance.poll_automatic()
    with brand_cursor() as cursor:
        for _ in range(4):
            cursor.execute("UPDATE jobs_job SET not_before = NULL WHERE kind = 'balance.charge_card'")
            drain()
    assert {key for _, _, key in till.asked} == {till.asked[0][2]}
    assert len(till.asked) == 3
    assert left(f"{line.number}/main") == "24.00"


def test_a_declined_card_is_tried_again_and_then_it_stops(line, actor, till, drain, advance, events):
    till.declines = "insufficient funds"
    at_five(actor, line)
    spend(actor, line, 6_000_000, "a")
    balance.poll_automatic()
    events()
    drain()
    found = balance.auto_of(line.id)
    assert found is not None
    assert (found.state, found.failures, found.last_error) == ("on", 1, "insufficient funds")
    assert events() == ["balance.auto_top_up.failed"]
    assert balance.poll_automatic() == 0
    advance(datetime(2026, 11, 4, 9, tzinfo=UTC))
    found = balance.auto_of(line.id)
    assert found is not None
    assert (found.state, found.failures, len(till.asked)) == ("stopped", 3, 3)
    till.declines = ""
    assert at_five(actor, line).state == "on"
    drain()
    assert left(f"{line.number}/main") == "24.00"
    assert balance.stop_auto(line.number, actor=actor, reason="asked").state == "off"


def test_on_its_day_of_each_month(line, actor, till, advance):
    wish = AutoRequest(line=line.number, amount=eur("10.00"), day=15, token="tok_1")
    balance.set_auto(wish, actor=actor)
    advance(datetime(2026, 11, 14, 22, 59, tzinfo=UTC))
    assert till.asked == []
    advance(datetime(2026, 11, 14, 23, 0, tzinfo=UTC))
    assert len(till.asked) == 1
    advance(datetime(2027, 1, 20, tzinfo=UTC))
    assert len(till.asked) == 3
    assert left(f"{line.number}/main") == "40.00"


@pytest.mark.parametrize(
    "changed",
    [{"threshold": None}, {"day": 29}, {"token": ""}, {"amount": eur("1.00")}, {"threshold": eur("0")}],
)
def test_what_cannot_be_is_refused(line, actor, changed):
    given = {"line": line.number, "amount": eur("20.00"), "threshold": eur("5.00"), "token": "tok_1"} | changed
    with pytest.raises(AmountNotPossible):
        balance.set_auto(AutoRequest(**given), actor=actor)
