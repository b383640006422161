"""Kinds of number zones: emergency is free whatever the rules say; ported numbers are in their new network's zone."""

from __future__ import annotations

import pytest

from linehouse.kernel.numbering import Plmn
from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.service import consume, load_marked, match_number, price, read_tariffs
from linehouse.rating.values import Direction, UsageType, Verdict, WhenEmpty
from tests.rating.builders_rating import call, units

ZONES = """
number-zones:
  emergency: {name: Emergency, kind: emergency, short-codes: ["112", "911"]}
  north: {name: North's numbers, prefixes: ["31611"], networks: [204-08]}
  south: {name: South's numbers, prefixes: ["31622"], networks: [204-16]}
  mobile: {name: Mobile, kind: mobile, prefixes: ["316"]}
  paid: {name: Paid, kind: premium, prefixes: ["31900"]}
  paid-more: {name: Paid more, kind: premium, prefixes: ["31906"]}
network-zones:
  home: {name: Home, plmns: [204-04]}
"""
TARIFF = """
tariff: kinds
name: Kinds
version: 1
valid-from: 2026-01-01
currency: EUR
prices: gross
time-zone: Europe/Amsterdam
zones: zones
rules:
  - rule: paid
    when: {usage-type: voice, number-zone: any premium}
    price: blocked
  - rule: everything
    when: {usage-type: [voice, sms], number-zone: [north, south, mobile, paid, unknown]}
    price: blocked
"""


def read(text: str = TARIFF, zones: str = ZONES):
    return read_tariffs([load_marked(text, "t.yaml")], {"zones": load_marked(zones, "zones.yaml")})["kinds"]


class TestEmergency:
    def test_it_is_free_where_no_rule_says_so(self):
        priced = price(read(), call(90_000, to="112"))
        assert priced.verdict is Verdict.FREE
        assert [(part.rule, part.rule_name, part.end) for part in priced.parts] == [("emergency", "Emergency", 90_000)]

    def test_no_rule_and_no_empty_bucket_blocks_it(self):
        text = TARIFF.replace("when: {usage-type: [voice, sms], number-zone: [north, south, mobile, paid, unknown]}",
                              "when: {usage-type: [voice, sms]}")  # fmt: skip
        empty = units("minutes", 0, when_empty=WhenEmpty.BLOCK)
        for usage in (UsageType.VOICE, UsageType.SMS):
            decided = consume((empty,), read(text), call(5_000, to="911", usage_type=usage))
            assert (decided.priced.verdict, decided.blocked, decided.unit_takes) == (Verdict.FREE, 0, {})
        assert price(read(text), call(5_000, to="+31611123456")).verdict is Verdict.BLOCKED

    def test_the_zone_of_a_fallback_counts(self):
        own = TARIFF.replace("tariff: kinds", "tariff: own\nfallback: kinds").replace("zones: zones", "zones: bare")
        own = own.replace("any premium", "mobile").replace("[north, south, mobile, paid, unknown]", "[mobile, unknown]")
        bare = 'number-zones: {mobile: {name: M, prefixes: ["316"]}}\nnetwork-zones: {home: {name: H, plmns: [204-04]}}'
        tariffs = read_tariffs(
            [load_marked(own, "own.yaml"), load_marked(TARIFF, "t.yaml")],
            {"zones": load_marked(ZONES), "bare": load_marked(bare)},
        )
        assert price(tariffs["own"], call(5_000, to="112")).verdict is Verdict.FREE

    def test_a_call_from_there_is_like_any_other(self):
        assert price(read(), call(5_000, to="112", direction=Direction.IN)).verdict is Verdict.UNRATED

    @pytest.mark.parametrize("price_text", ["blocked", "{steps: [{price: 1, unit: 1 min, block: 1 s}]}"])
    def test_a_rule_that_would_charge_or_bar_it_is_refused(self, price_text):
        text = TARIFF.replace("number-zone: any premium", "number-zone: emergency").replace("blocked", price_text, 1)
        with pytest.raises(SourceTextInvalid, match=r"line 13, column 12.*free and never blocked"):
            read(text)


def test_any_kind_names_every_zone_of_it():
    assert read().rules[0].conditions.number_zones == ("paid", "paid-more")
    with pytest.raises(SourceTextInvalid, match="no zone has `kind: toll-free`"):
        read(TARIFF.replace("any premium", "any toll-free"))
    with pytest.raises(SourceTextInvalid, match="did you mean `any premium`"):
        read(TARIFF.replace("any premium", "any premum"))


@pytest.mark.parametrize(
    ("ported_to", "zone", "by"),
    [
        (None, "north", "31611"),
        ("204-08", "north", "204-08"),
        ("204-16", "south", "204-16"),
        # Ported to a network that no zone names: no longer North's, but a mobile number all the same.
        ("204-99", "mobile", "316"),
    ],
)
def test_a_ported_number_is_in_the_zone_of_its_network(ported_to, zone, by):
    network = Plmn.parse(ported_to) if ported_to else None
    found = match_number(read(), call(1, to="+31611123456", other_network=network))
    assert (found.zone, found.prefix or found.network) == (zone, by)


def test_a_network_is_in_one_zone_only():
    with pytest.raises(SourceTextInvalid, match="network 204-08 is in zone 'north' and in zone 'south'"):
        read(zones=ZONES.replace("204-16", "204-08"))


def test_short_codes_have_no_prefixes():
    with pytest.raises(SourceTextInvalid, match="a zone of short codes has no prefixes"):
        read(zones=ZONES.replace("kind: mobile", "kind: short-code"))
