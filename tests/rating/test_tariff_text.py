"""Tariff and zone files: read exactly, refused precisely."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import jsonschema
import phonenumbers
import pytest
import yaml

from linehouse.rating import countries, yaml_source
from linehouse.rating.errors import CountryUnknown, SourceTextInvalid, TariffLinkBroken
from linehouse.rating.service import (
    failed_examples,
    from_plain,
    lint,
    load_marked,
    price,
    read_tariffs,
    tariff_schema,
    zone_schema,
)
from linehouse.rating.values import UsageType, Verdict
from linehouse.rating.zone_text import ZONE_FILE, read_zones
from tests.rating.builders_rating import ROBIN, call, robin

ZONES = """
number-zones:
  nl: {name: Netherlands, countries: [NL]}
  eu: {name: EU, groups: [eu], except: [NL]}
network-zones:
  home: {name: Home, plmns: [204-04]}
time-bands:
  day:
    name: Daytime
    weekly:
      - {days: [monday, tuesday, wednesday, thursday, friday], from: "08:00", to: "18:00"}
    except-holidays: [NL]
"""
TARIFF = """
tariff: plain
name: Plain
version: 1
valid-from: 2026-01-01
currency: EUR
prices: gross
time-zone: Europe/Amsterdam
zones: zones
rules:
  - rule: calls
    when: {usage-type: voice, direction: out, number-zone: nl}
    price:
      steps:
        - {price: 0.15, unit: 1 min, block: 60 s}
        - {from: 60 s, price: 0.15, unit: 1 min, block: 1 s}
"""


def read(text: str, zones: str = ZONES):
    return read_tariffs([load_marked(text, "t.yaml")], {"zones": load_marked(zones, "zones.yaml")})


def complaint(text: str, zones: str = ZONES) -> str:
    with pytest.raises(SourceTextInvalid) as caught:
        read(text, zones)
    return str(caught.value)


def test_a_tariff_is_read_exactly():
    known = read(TARIFF)["plain"]
    assert price(known, call(61_000)).total.micros == 152_500
    assert known.label == "plain v1"
    assert known.source == "t.yaml:2"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "price: 0.15, unit: 1 min, block: 60 s",
            "price: 0.15, unit: 1 min, blok: 60 s",
            "line 15.*did you mean `block`",
        ),
        ("direction: out", "direction: outgoing", "line 12.*cannot be 'outgoing'"),
        ("number-zone: nl}", "number-zone: nll}", "line 12.*did you mean `nl`"),
        ("direction: out", "zone: nl", "no `zone`.*`number-zone` for who is called"),
        ("      steps:", "      percent: 3\n      steps:", "either `steps` or `percent`"),
        ("      steps:", "      volume: true\n      steps:", "`volume` is for prices that count in a period"),
        ("      steps:", "      per: period\n      counter: all\n      steps:", "counter` cannot be 'all'"),
        ("direction: out", "accumulated-usage: {counter: all, from: 1 GB}", "the tariff counts nothing yet"),
        ("direction: out", "ported-to: KPN", "MCC-MNC such as 204-04"),
        ("    price:\n", "    valid: {from: 2026-07-01, until: 2026-07-01}\n    price:\n", "ends before it begins"),
        ("unit: 1 min, block: 60 s", "package: 1 min, block: 60 s", "a package has no `block`"),
        ("rules:", "packages: 1\nrules:", "`package: 100 MB` in a price's `steps`"),
        ("rules:", "period-charges: 1\nrules:", "`period-charges` of a tariff is not supported"),
        (
            "{price: 0.15, unit: 1 min, block: 60 s}",
            "{price: 1, unit: 1 min, per: period}",
            "a step has no `per`.*at the price",
        ),
        ("time-zone: Europe/Amsterdam", "time-zone: serving", "records may come without an offset"),
        ("time-zone: Europe/Amsterdam", "time-zone: Mars/Base", "no time zone"),
        ("      steps:", "      maximum: {amount: 1, then: hang-up}\n      steps:", "cannot be 'hang-up'"),
        ("block: 60 s", "block: 50 s", "no multiple of its block.*overhang: pay"),
        ("from: 60 s", "from: 0 s", "steps begin one after the other"),
        ("block: 60 s", "block: 1 MB", "counted in octet, not in ms"),
        (
            "price: 0.15, unit: 1 min, block: 60 s",
            "price: 0.1500001, unit: 1 min, block: 60 s",
            "more than six decimals",
        ),
        ("price: 0.15, unit: 1 min, block: 60 s", "price: -1, unit: 1 min, block: 60 s", "cannot be below 0"),
        ("price: 0.15, unit: 1 min, block: 60 s", "price: 0.15, unit: 1 min", "needs `block`"),
        ("currency: EUR", "currency: EURO", "no currency"),
        ("valid-from: 2026-01-01", "valid-from: 2026-02-30", "no day of the calendar"),
        ("zones: zones", "zones: zone", "did you mean `zones`"),
        ("usage-type: voice, ", "", "needs `usage-type`"),
        ("usage-type: voice", "usage-type: [voice, sms]", "all counted in one unit"),
        ("name: Plain", "name: Plain\nname: Again", "stands there twice"),
        ("prices: gross", "prices: [gross", "t.yaml, line"),
        ("rules:", "rules: []\nrule:", "has no `rule`"),
    ],
)
def test_complaints_name_line_and_remedy(old, new, expected):
    assert old in TARIFF
    assert re.search(expected, complaint(TARIFF.replace(old, new, 1)), re.DOTALL)


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        (
            "number-zones: {a: {name: A, countries: [NL]}, b: {name: B, prefixes: ['31']}}",
            "31 is in zone 'a' and in zone 'b'",
        ),
        ("number-zones: {a: {name: A, countries: [XX]}}", "no country"),
        ("number-zones: {a: {name: A, groups: [nato]}}", "nato"),
        ("number-zones: {a: {name: A}}", "is empty"),
        ("number-zones: {unknown: {name: A, prefixes: ['1']}}", "is taken"),
        ("network-zones: {a: {name: A, plmns: [999-01]}}", "no country has the MCC"),
        ("network-zones: {a: {name: A, others: true}, b: {name: B, others: true}}", "both take all others"),
        ("time-bands: {a: {name: A}}", "never holds"),
        ("time-bands: {a: {name: A, weekly: [{days: monday, from: '8:00'}]}}", "no time of day"),
    ],
)
def test_zone_files_are_refused_precisely(zones, expected):
    assert expected in complaint(TARIFF, zones)


class TestFallback:
    def test_unknown_and_circular_fallbacks_are_refused(self):
        with pytest.raises(TariffLinkBroken, match="does not exist"):
            read(TARIFF.replace("zones: zones", "zones: zones\nfallback: other"))
        with pytest.raises(TariffLinkBroken, match="circle"):
            read(TARIFF.replace("zones: zones", "zones: zones\nfallback: plain"))

    def test_a_fallback_in_another_currency_is_refused(self):
        other = TARIFF.replace("tariff: plain", "tariff: other").replace("EUR", "USD")
        own = TARIFF.replace("zones: zones", "zones: zones\nfallback: other")
        with pytest.raises(TariffLinkBroken, match="currency"):
            read_tariffs([load_marked(own), load_marked(other)], {"zones": load_marked(ZONES)})


class TestExamples:
    def with_example(self, sentence: str):
        return read(TARIFF + f"examples:\n  - {sentence}\n")["plain"]

    def test_an_example_that_fails_says_what_came_out(self):
        assert failed_examples(self.with_example("61 s to nl at 18:00 on Monday costs 0.16")) == [
            "t.yaml, line 18: «61 s to nl at 18:00 on Monday costs 0.16», but it costs 0.1525"
        ]

    def test_words_of_an_example(self):
        sentence = "2 min incoming from +491511234567 in 262-01 at 09:30 on 2026-03-02 is unrated"
        example = self.with_example(sentence).examples[0]
        assert (example.usage_type, example.verdict, str(example.serving_plmn)) == (
            UsageType.VOICE,
            Verdict.UNRATED,
            "262-01",
        )
        assert example.started_at.isoformat() == "2026-03-02T09:30:00+01:00"

    @pytest.mark.parametrize(
        ("party", "number"),
        [
            ("0612345678", "+31612345678"),
            ("0031612345678", "+31612345678"),
            ("0301234567 in DE", "+49301234567"),
            ("112", "112"),
            ("nl", "+31555555555"),
        ],
    )
    def test_numbers_are_written_as_people_dial_them(self, party, number):
        assert self.with_example(f"1 s to {party} is free").examples[0].other_party == number

    def test_a_number_without_its_beginning_is_refused(self):
        with pytest.raises(SourceTextInvalid, match=r"line 18, column 5.*\+31612345678"):
            self.with_example("1 s to 31612345678 is free")

    @pytest.mark.parametrize(
        "sentence",
        ["one minute costs much", "1 s to mars costs 1", "1 lb costs 1", "1 s in mars costs 1", "1 s at 25:00 costs 1"],
    )
    def test_an_example_that_cannot_be_read_is_refused(self, sentence):
        with pytest.raises(SourceTextInvalid):
            self.with_example(sentence)


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 9)
)


@pytest.mark.parametrize(("text", "said"), [(LAUGHS, "too much"), ("[" * 60 + "]" * 60, "too deeply")])
def test_a_small_file_cannot_become_a_huge_one(text, said, monkeypatch):
    monkeypatch.setattr(yaml_source, "MOST_NODES", 10_000)
    with pytest.raises(SourceTextInvalid, match=said):
        load_marked(text)


class TestLint:
    def judge(self, text: str):
        return lint(read(text)["plain"], home_country="NL", tax_rate=Fraction(21, 100))

    def errors(self, text: str):
        return [(f.code, f.rule) for f in self.judge(text) if f.severity == "error"]

    @pytest.mark.parametrize(("amount", "codes"), [("0.2299", []), ("0.2300", ["over-cap"]), ("0.19", [])])
    def test_the_cap_on_calls_to_the_eu_is_a_hard_error(self, amount, codes):
        text = TARIFF.replace("number-zone: nl}", "number-zone: eu}").replace("price: 0.15", f"price: {amount}")
        assert [code for code, _rule in self.errors(text)] == codes

    def test_who_asks_the_same_at_home_need_not_keep_the_cap(self):
        text = TARIFF.replace("number-zone: nl}", "number-zone: [nl, eu]}").replace("price: 0.15", "price: 0.30")
        assert self.errors(text) == []

    def test_net_prices_are_compared_without_tax(self):
        text = TARIFF.replace("number-zone: nl}", "number-zone: eu}").replace("price: 0.15", "price: 0.20")
        assert [code for code, _rule in self.errors(text.replace("gross", "net"))] == ["over-cap"]

    def test_a_rule_that_nobody_reaches_is_an_error(self):
        again = (
            TARIFF
            + "  - rule: again\n    when: {usage-type: voice, direction: out, number-zone: nl}\n    price: free\n"
        )
        assert self.errors(again) == [("unreachable", "again")]

    def test_usage_that_no_rule_prices_is_a_warning(self):
        assert ("gap", "warning") in [(f.code, f.severity) for f in self.judge(TARIFF)]

    def test_robin_is_clean(self):
        for known in robin().values():
            found = lint(known, home_country="NL", tax_rate=Fraction(21, 100), wholesale=known.key == "host-wholesale")
            assert [one for one in found if one.severity == "error"] == []


def test_files_follow_their_published_schema():
    for folder, schema in (("tariffs", tariff_schema()), ("zones", zone_schema())):
        jsonschema.Draft202012Validator.check_schema(schema)
        for path in sorted((ROBIN / folder).glob("*.yaml")):
            text = path.read_text().replace(": 2026-01-01", ': "2026-01-01"').replace(": 2027-12-31", ': "2027-12-31"')
            jsonschema.validate(yaml.safe_load(text), schema)


def test_a_file_survives_as_plain_data():
    node = load_marked(ROBIN / "tariffs" / "robin-standard.yaml")
    zones = {path.stem: load_marked(path) for path in (ROBIN / "zones").glob("*.yaml")}
    other = load_marked(ROBIN / "tariffs" / "robin-sim-only.yaml")
    again = read_tariffs(
        [from_plain(node.plain(), "catalogue"), from_plain(other.plain(), "catalogue")],
        {key: from_plain(zone.plain(), key) for key, zone in zones.items()},
    )
    assert again["robin-standard"].rules == robin()["robin-standard"].rules
    assert failed_examples(again["robin-sim-only"]) == []


@pytest.mark.parametrize("text", ["", "a: &x [*x]", "<<: {a: 1}", "? [a]\n: 1"])
def test_odd_yaml_is_refused(text):
    with pytest.raises(SourceTextInvalid):
        load_marked(text, "odd").mapping(ZONE_FILE)


class TestCountries:
    def test_example_numbers_of_every_country_fall_into_it(self):
        index = {prefix: land for land, prefixes in countries.calling_prefixes().items() for prefix in prefixes}
        wrong = set()
        for region in phonenumbers.SUPPORTED_REGIONS:
            number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.FIXED_LINE)
            digits = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:] if number else ""
            found = next((index[digits[:n]] for n in range(8, 0, -1) if digits[:n] in index), None)
            if number and found != region:
                wrong.add(region)
        # These two number within Guadeloupe and no prefix tells them apart.
        assert wrong == {"BL", "MF"}

    @pytest.mark.parametrize(
        ("key", "day", "country", "member"),
        [
            ("eu", date(2020, 1, 31), "GB", True),
            ("eu", date(2020, 2, 1), "GB", False),
            ("roaming-union", date(2020, 12, 31), "GB", True),
            ("roaming-union", date(2021, 1, 1), "GB", False),
            ("roaming-union", date(2025, 12, 31), "UA", False),
            ("roaming-union", date(2026, 1, 1), "UA", True),
            ("eu", date(2013, 6, 30), "HR", False),
            ("eea", date(2026, 1, 1), "NO", True),
            ("eu", date(2026, 1, 1), "RE", True),
        ],
    )
    def test_groups_have_dates(self, key, day, country, member):
        assert (country in countries.group(key, day)) is member

    def test_the_union_has_27_members_and_their_parts(self):
        members = countries.group("eu", date(2026, 1, 1))
        assert len(members - {"GF", "GP", "MF", "MQ", "RE", "AX", "YT"}) == 27

    def test_unknown_names_are_refused(self):
        with pytest.raises(CountryUnknown):
            countries.group("nato", date(2026, 1, 1))
        with pytest.raises(CountryUnknown):
            countries.prefixes_of("XX")

    @pytest.mark.parametrize(("tadig", "country"), [("DNKTD", "DK"), ("SWETR", "SE"), ("NLDPT", "NL"), ("AAQ01", None)])
    def test_a_tadig_code_names_its_country(self, tadig, country):
        assert countries.country_of_tadig(tadig) == country


def test_time_bands_over_midnight_and_on_holidays():
    zones = read_zones(
        [load_marked("time-bands: {n: {name: N, weekly: [{days: friday, from: '22:00', to: '06:00'}], holidays: NL}}")],
        date(2026, 1, 1),
    )
    band = zones.time_bands["n"]
    assert [sorted(window.weekdays) for window in band.windows] == [[4], [5]]
    assert date(2026, 12, 25) in band.dates
