"""Details are kept as English text; told again they are the same text, as a sentence of the house."""

from __future__ import annotations

import pytest

from linehouse.kernel.sentence import Sentence
from linehouse.rating.kept_detail import DETAILS, said_again
from linehouse.rating.service import consume, explain
from linehouse.rating.values import Conditions, RuleEffect, Tariff, UsageEvent, WhenEmpty
from tests.rating.builders_rating import MIN, MONDAY_18, S, call, data, rule, step, tariff, units

PRICED = tariff([rule("calls", [step(150_000)], free=MIN)])
BLOCKED = tariff([rule("no-calls", effect=RuleEffect.BLOCKED)])
NO_RULE = "%(tariff)s has no rule for %(usage_type)s %(direction)s (number zone %(number)s, network zone %(network)s)"
ELSEWHERE = tariff([rule("abroad", [step(150_000)], Conditions(number_zones=("de",)))])


@pytest.mark.parametrize(
    ("given", "event", "template", "text"),
    [
        (PRICED, call(0), "nothing was used", "nothing was used"),
        (PRICED, call(-1), "the quantity is negative", "the quantity is negative"),
        (PRICED, call(10**18), "no meter counts that far", "no meter counts that far"),
        (
            PRICED,
            call(S, at=MONDAY_18.replace(year=9000)),
            "no usage happened in that year",
            "no usage happened in that year",
        ),
        (
            PRICED,
            call(-61 * S, correction=True),
            "a correction: the price of the quantity is given back",
            "a correction: the price of the quantity is given back",
        ),
        (BLOCKED, call(S), "rule '%(rule)s' does not allow it", "rule 'no-calls' does not allow it"),
        (
            ELSEWHERE,
            call(S),
            NO_RULE,
            "t v1 has no rule for voice out (number zone nl-mobile, network zone home)",
        ),
    ],
)
def test_what_the_price_function_tells_is_a_sentence(
    given: Tariff, event: UsageEvent, template: str, text: str
) -> None:
    priced = consume([], given, event).priced
    assert priced.detail == text
    again = said_again(priced.detail)
    assert (again.template, str(again)) == (template, text)
    assert f": {text}." in str(explain(priced)[2])


@pytest.mark.parametrize("when", [WhenEmpty.BLOCK, WhenEmpty.REDIRECT, WhenEmpty.THROTTLE])
def test_an_empty_allowance_is_told_as_a_sentence(when: WhenEmpty) -> None:
    priced = consume([units("data", 0, when_empty=when)], tariff([rule("data", [step(1)])]), data(10)).priced
    assert priced.detail
    assert said_again(priced.detail).template in {one.template for one in DETAILS}
    assert str(said_again(priced.detail)) == priced.detail


def test_a_position_is_read_too() -> None:
    text = "t v1 has no rule for data in (number zone nl, network zone home) from position 600"
    again = said_again(text)
    assert str(again) == text
    assert again.values["position"] == "600"
    assert again.values["usage_type"] == Sentence("data")


def test_a_text_of_nobody_stays() -> None:
    assert said_again("because it rained") == Sentence("because it rained")
