"""What the rules say of requests that come late, twice, in the wrong order, by another clock or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from linehouse.charging.errors import SessionOfAnother
from linehouse.charging.node import Door
from linehouse.rating.session.answers import CutBy, Refusal
from linehouse.rating.session.requests import Report, Side
from linehouse.rating.values import UsageType
from tests.balance.house import activate, register
from tests.charging.online.conftest import Said, figures, lawful, rows, used
from tests.conftest import START

SECOND = 1000
CALL: dict[str, Any] = {"usage": UsageType.VOICE, "other": "+12125550123"}
"""The United States: 0.50 a started minute, from a credit of 5.00."""


@pytest.fixture
def line(shop, actor, drain):
    made = activate(actor, register(actor), "robin-prepaid-start")
    drain()
    return made


def credit(line):
    return figures(f"{line.number}/start-credit")


def test_a_repeat_at_another_node_gets_the_same_answer(line, nodes):
    said = Said(line, "start", want=120 * SECOND, door=Door("diameter", {"peer": "a"}), **CALL)
    answers = nodes(said, said, said, said, nodes=4)
    assert len({repr(one) for one in answers}) == 1
    assert credit(line) == (4_000_000, 1_000_000, 0)
    [again] = nodes(said)
    assert again == answers[0]


def test_an_update_that_overtakes_its_start_is_settled_and_the_start_then_opens(line, ask):
    early = ask(line, "update", key="2", used=used(61 * SECOND), want=60 * SECOND, **CALL)
    assert (early.refusal, early.charged, early.granted) == (Refusal.UNKNOWN_SESSION, 1_000_000, None)
    assert credit(line) == (4_000_000, 0, 1_000_000)
    late = ask(line, "finish", key="3", used=used(30 * SECOND), **CALL)
    assert (late.refusal, late.charged) == (None, 0)
    assert credit(line) == (4_000_000, 0, 1_000_000)
    lawful()


def test_a_finish_of_a_session_that_nobody_saw_is_settled_once(line, ask, nodes):
    ended = ask(line, "finish", key="9", used=used(61 * SECOND), totals=True, **CALL)
    assert (ended.refusal, ended.charged) == (None, 1_000_000)
    # Another finish tells the same total under another key: nothing more is due.
    again = ask(line, "finish", key="10", used=used(61 * SECOND), totals=True, **CALL)
    assert again.charged == 0
    assert credit(line) == (4_000_000, 0, 1_000_000)
    lawful()


def test_a_gap_in_the_numbers_costs_nothing_when_totals_are_told(line, ask):
    ask(line, "start", want=60 * SECOND, **CALL)
    ask(line, "update", key="2", used=used(60 * SECOND), totals=True, want=60 * SECOND, **CALL)
    # Number 3 never came; number 4 tells the total.
    after = ask(line, "update", key="4", used=used(181 * SECOND), totals=True, want=60 * SECOND, **CALL)
    assert after.charged == 1_500_000
    # Number 3 comes after all, with less than is known: it is older, and gives back what it does not know.
    ask(line, "finish", key="5", used=used(200 * SECOND), totals=True, **CALL)
    assert credit(line) == (3_000_000, 0, 2_000_000)
    lawful()


def test_an_absent_report_counts_the_last_grant(line, ask):
    ask(line, "start", want=60 * SECOND, **CALL)
    ask(line, "finish", key="2", absent_is_used=True, **CALL)
    assert credit(line) == (4_500_000, 0, 500_000)
    lawful()


def test_used_beyond_the_balance_is_debited_as_far_as_it_goes(line, ask):
    ask(line, "start", want=60 * SECOND, **CALL)
    ended = ask(line, "finish", key="2", used=used(700 * SECOND), **CALL)
    assert (ended.charged, ended.uncollected) == (5_000_000, 1_000_000)
    assert credit(line) == (0, 0, 5_000_000)
    lawful()


def test_money_ends_with_a_final_grant_and_the_session_with_its_last_report(line, ask):
    begun = ask(line, "start", want=3_600 * SECOND, **CALL)
    assert (begun.granted, begun.final, begun.cut_by) == (600 * SECOND, True, CutBy.MONEY)
    nothing = ask(line, "update", key="2", used=used(600 * SECOND), want=60 * SECOND, **CALL)
    assert nothing.refusal is Refusal.CREDIT_LIMIT
    ask(line, "finish", key="3", **CALL)
    assert credit(line) == (0, 0, 5_000_000)
    lawful()


def test_an_update_after_the_session_lapsed_is_settled_and_gets_nothing(line, ask, nodes, advance):
    ask(line, "start", want=120 * SECOND, **CALL)
    advance(START + timedelta(hours=2, minutes=1))
    nodes(sweep=True)
    assert credit(line) == (5_000_000, 0, 0)
    late = ask(line, "update", key="2", used=used(61 * SECOND), want=60 * SECOND, **CALL)
    assert (late.refusal, late.charged, late.granted) == (Refusal.UNKNOWN_SESSION, 1_000_000, None)
    ended = ask(line, "finish", key="3", used=used(10 * SECOND), **CALL)
    assert (ended.refusal, ended.charged) == (None, 0)
    assert credit(line) == (4_000_000, 0, 1_000_000)
    lawful()


def test_a_session_that_lapsed_and_was_not_swept_yet_goes_on(line, ask, advance):
    ask(line, "start", want=120 * SECOND, **CALL)
    advance(START + timedelta(hours=2, minutes=1))
    going = ask(line, "update", key="2", used=used(61 * SECOND), want=60 * SECOND, **CALL)
    assert (going.refusal, going.granted) == (None, 60 * SECOND)
    ask(line, "finish", key="3", **CALL)
    assert credit(line) == (4_000_000, 0, 1_000_000)
    lawful()


@pytest.mark.parametrize("skew", [timedelta(minutes=-7), timedelta(minutes=7), timedelta(days=-2)])
def test_a_gateway_whose_clock_is_wrong_is_charged_once_and_its_reservation_ends_by_ours(
    line, ask, nodes, advance, skew
):
    now = START + timedelta(days=3)
    advance(now)
    ask(line, "start", want=120 * SECOND, at=now + skew, **CALL)
    ask(line, "update", key="2", used=used(61 * SECOND), want=60 * SECOND, at=now + skew, **CALL)
    [(lapses,)] = rows("SELECT lapses_at FROM charging_session")
    assert lapses == now + timedelta(hours=2)
    assert credit(line)[2] == 1_000_000
    advance(now + timedelta(hours=2, minutes=1))
    nodes(sweep=True)
    assert credit(line) == (4_000_000, 0, 1_000_000)
    lawful()


def test_a_session_is_one_lines(line, nodes, actor, drain):
    other = activate(actor, register(actor, "Joris"), "robin-prepaid-start")
    drain()
    nodes(Said(line, "start", want=60 * SECOND, **CALL))
    [refused] = nodes(Said(other, "update", key="2", used=used(60 * SECOND), **CALL))
    assert isinstance(refused, SessionOfAnother)
    assert credit(other) == (5_000_000, 0, 0)
    # Also where both begin it at the same instant, at different nodes.
    both = nodes(
        Said(line, "start", session="both", want=60 * SECOND, **CALL),
        Said(other, "start", session="both", key="other", want=60 * SECOND, **CALL),
        nodes=2,
    )
    assert sum(isinstance(one, SessionOfAnother) for one in both) == 1
    lawful()


def test_two_finishes_with_different_keys_charge_once(line, ask):
    ask(line, "start", want=120 * SECOND, **CALL)
    ask(line, "finish", key="2", used=used(61 * SECOND), **CALL)
    again = ask(line, "finish", key="3", used=used(61 * SECOND), **CALL)
    assert again.refusal is Refusal.UNKNOWN_SESSION
    assert credit(line) == (4_000_000, 0, 1_000_000)
    lawful()


def test_a_second_start_of_an_open_session_takes_its_reservation_over(line, ask):
    ask(line, "start", want=120 * SECOND, **CALL)
    again = ask(line, "start", key="2", want=60 * SECOND, **CALL)
    assert again.granted == 60 * SECOND
    assert credit(line) == (4_500_000, 500_000, 0)
    ask(line, "finish", key="3", used=used(30 * SECOND), **CALL)
    assert credit(line) == (4_500_000, 0, 500_000)
    lawful()


def test_a_change_of_plan_in_mid_session_prices_what_comes_after(line, ask):
    """What was assigned stays; the next report goes on by the tariff that the line has now."""
    ask(line, "start", want=120 * SECOND, **CALL)
    ask(line, "update", key="2", used=used(60 * SECOND), want=120 * SECOND, **CALL)
    assert rows("UPDATE charging_line SET tariff_key = 'robin-standard' RETURNING 1") == [(1,)]
    ended = ask(line, "finish", key="3", used=used(60 * SECOND), **CALL)
    assert ended.charged == 500_000
    lawful()


def test_a_side_that_was_told_of_no_switch_is_the_only_side(line, ask):
    ask(line, "start", want=120 * SECOND, **CALL)
    ended = ask(line, "finish", key="2", used=(Report(61 * SECOND, Side.AFTER),), **CALL)
    assert ended.charged == 1_000_000
    lawful()
