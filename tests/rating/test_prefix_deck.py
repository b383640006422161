"""Decks of prefixes: a hundred thousand of them read as zones, refused precisely, and the longest wins."""

from __future__ import annotations

import tracemalloc
from time import process_time

import pytest

from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.service import load_marked, match_number, price, read_tariffs
from tests.rating.builders_rating import call

TARIFF = """
tariff: deck
name: Deck
version: 1
valid-from: 2026-01-01
currency: EUR
prices: gross
time-zone: Europe/Amsterdam
zones: [world, home]
rules:
  - rule: dear
    when: {usage-type: voice, number-zone: any premium}
    price: {steps: [{price: 1.00, unit: 1 min, block: 60 s}]}
  - rule: rest
    when: {usage-type: voice}
    price: {steps: [{price: 0.10, unit: 1 min, block: 60 s}]}
"""
HOME = "network-zones: {home: {name: Home, plmns: [204-04]}}"


def read(deck: str):
    zones = {"world": load_marked(deck, "world.csv"), "home": load_marked(HOME, "home.yaml")}
    return read_tariffs([load_marked(TARIFF, "deck.yaml")], zones)["deck"]


def hundred_thousand() -> str:
    """Ten zones; each prefix of five digits from 10000 to 99999, and ten thousand of seven digits inside them."""
    lines = ["prefix,zone,name,kind"]
    lines += [f"{number},zone-{number % 10},Zone {number % 10}," for number in range(10_000, 100_000)]
    lines += [f"{number},special,Special,premium" for number in range(3_100_000, 3_110_000)]
    return "\n".join(lines)


def test_a_hundred_thousand_prefixes_are_read_quickly_and_the_longest_wins():
    text = hundred_thousand()
    tracemalloc.start()
    begun = process_time()
    tariff = read(text)
    took, (_, peak) = process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(tariff.prefix_index) == 100_000
    assert tariff.prefix_lengths == (7, 5)
    assert (match_number(tariff, call(1, to="+31000991234567")).prefix) == "3100099"
    assert match_number(tariff, call(1, to="+31999")).zone == "zone-9"
    assert match_number(tariff, call(1, to="+3199")).zone == "unknown"
    assert price(tariff, call(1_000, to="+310009912345")).total.micros == 1_000_000
    assert price(tariff, call(1_000, to="+3199912345")).total.micros == 100_000
    assert peak < 100_000_000
    assert took < 20


@pytest.mark.parametrize(
    ("deck", "said"),
    [
        ("prefix,zon\n31,nl", "world.csv, line 1.*'zon'.*did you mean `zone`"),
        ("prefix;name\n31;nl", "needs the column `zone`"),
        ("prefix,prefix\n31,32", "stands there twice"),
        ("prefix,zone\n0031,nl", "line 2.*no prefix"),
        ("prefix,zone\n31,nl\n32,be\n31,be", "line 4.*zone 'nl' and in zone 'be'"),
        ("prefix,zone\n31,Neder Land", "line 2.*no key"),
        ("prefix,zone\n31", "line 2.*1 of 2 columns"),
        ("prefix,zone\n", "holds no prefix"),
        ("prefix,zone,kind\n31,nl,dear", "'dear'"),
    ],
)
def test_a_deck_is_refused_with_its_line(deck, said):
    with pytest.raises(SourceTextInvalid, match=said):
        read(deck + ("" if "kind" in deck else "\n"))


def test_semicolons_and_a_byte_order_mark_are_understood():
    tariff = read("\ufeffprefix;zone;name;kind\n+3190;paid;Paid lines;premium\n31;nl;Netherlands;")
    assert tariff.number_zones["paid"].name == "Paid lines"
    assert match_number(tariff, call(1, to="+31906")).zone == "paid"


def test_the_same_prefix_in_two_files_is_refused():
    zones = {
        "a": load_marked("prefix,zone\n31,nl", "a.csv"),
        "b": load_marked("number-zones: {x: {name: X, prefixes: ['31']}}"),
    }
    with pytest.raises(SourceTextInvalid, match="31 is in zone 'nl' and in zone 'x'"):
        read_tariffs([load_marked(TARIFF.replace("[world, home]", "[a, b]"))], zones)
