"""A tariff's rules as sentences: every condition and price that a file can say is said."""

from __future__ import annotations

from tests.rating.test_every_word import CASES, read

from linehouse.edge.desk.tariff_words import rules_in_words


def words_of(case: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(rule.applies, rule.costs) for rule in rules_in_words(read(CASES[case]))]


def test_who_the_other_party_is() -> None:
    said = [applies for applies, _ in words_of("groups, friends, segments, on-net, ported numbers")]
    assert said[0][-1] == "closed user group: office"
    assert said[1][-1] == "list of friends: family, friends"
    assert said[2][-2:] == ("segment: gold", "outside the brand")
    assert said[3][-1] == "ported to: 204-08"


def test_what_it_costs() -> None:
    assert words_of("percentages")[1][1][0] == "2.5 % of the amount"
    assert words_of("tiers of the period, graduated")[0][1][0] == "counted over the period"
    assert words_of("a maximum that ends the call")[0][1][-1] == "then the connection ends"
    assert words_of("tiers of the period, by volume")[0][1][1] == "the step that the period reached prices all of it"
    assert words_of("accumulated usage")[0][0][-2:] == ("by what was used in the period: data", "from 10 GB used on")
