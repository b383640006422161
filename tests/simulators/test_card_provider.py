"""The simulated provider of cards: one charge for a key, whatever becomes of its answer."""

import pytest

from linehouse.kernel.money import Money
from linehouse.platform.jobs.registry import RetryLater
from linehouse.simulators.card_provider import SimulatedCards

TEN, TWENTY = Money.of("10", "EUR"), Money.of("20", "EUR")


def test_a_key_is_one_charge() -> None:
    cards = SimulatedCards()
    assert cards.charge("tok_1", TEN, "a") == cards.charge("tok_1", TEN, "a")
    assert cards.charge("tok_1", TWENTY, "a").declined
    assert cards.charges == 1


def test_a_lost_answer_is_asked_for_again() -> None:
    cards = SimulatedCards()
    with pytest.raises(RetryLater):
        cards.charge("tok_slow_1", TEN, "a")
    assert cards.charge("tok_slow_1", TEN, "a").authorization.startswith("SIM-")
    assert cards.charges == 1


def test_a_card_without_money_is_declined() -> None:
    assert SimulatedCards().charge("tok_declined_1", TEN, "a").declined == "insufficient funds"
