"""Every word of a tariff file, each with examples that are executed; the same words are in the published schema."""

from __future__ import annotations

import jsonschema
import pytest
import yaml

from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.service import (
    example_in_words,
    explain,
    explain_plain,
    failed_examples,
    load_marked,
    plain,
    read_tariffs,
    run_example,
    tariff_schema,
)
from linehouse.rating.values import Attribute, Counts, Tariff

ZONES = """
number-zones:
  emergency: {name: Emergency, kind: emergency, short-codes: ["112"]}
  nl: {name: Netherlands, countries: [NL]}
  paid: {name: Paid lines, kind: premium, prefixes: ["31900"]}
network-zones:
  home: {name: Home, plmns: [204-04]}
  usa: {name: United States, countries: [US]}
time-bands:
  evening: {name: Evening, weekly: {days: every-day, from: "18:00"}}
  holidays: {name: Holidays, holidays: NL}
"""
HEAD = """
tariff: words
name: Words
version: 1
valid-from: "2026-01-01"
currency: EUR
prices: gross
zones: z
"""
PLACE = "time-zone: Europe/Amsterdam\n"


def read(body: str, place: str = PLACE):
    return read_tariffs([load_marked(HEAD + place + body, "words.yaml")], {"z": load_marked(ZONES)})["words"]


def green(body: str, place: str = PLACE) -> None:
    tariff = read(body, place)
    assert tariff.examples
    assert failed_examples(tariff) == []
    jsonschema.Draft202012Validator(tariff_schema()).validate(yaml.safe_load(HEAD + place + body))


CASES = {
    "tiers of the period, graduated": """
rules:
  - rule: data
    when: {usage-type: data}
    price:
      per: period
      steps:
        - {price: 0.010, unit: 1 MB, block: 1 MB}
        - {from: 1 GB, price: 0.005, unit: 1 MB, block: 1 MB}
        - {from: 2 GB, price: 0.001, unit: 1 MB, block: 1 MB, flat: 1.00}
examples:
  - 1 GB costs 10.00
  - 1 GB, after 500 MB this period costs 7.50
  - 1 GB, after 1 GB this period costs 5.00
  - 1 GB, after 1.5 GB this period costs 4.00
  - 1 GB, after 3 GB this period costs 1.00
  - 1 GB, after 500 MB this period, with 250 MB left costs 6.25
  - 1 GB, after 500 MB this period, in parts of 10 MB costs 7.50
""",
    "tiers of the period, by volume": """
rules:
  - rule: data
    when: {usage-type: data}
    price:
      per: period
      volume: true
      steps:
        - {price: 0.010, unit: 1 MB, block: 1 MB}
        - {from: 1 GB, price: 0.005, unit: 1 MB, block: 1 MB}
examples:
  - 900 MB costs 9.00
  - 200 MB, after 900 MB this period, in parts of 50 MB costs -3.50
""",
    "packages": """
rules:
  - rule: data
    when: {usage-type: data, network-zone: usa}
    price: {steps: [{package: 100 MB, price: 3.00}]}
examples:
  - 1 B in usa costs 3.00
  - 100 MB in US costs 3.00
  - 250 MB in usa, in parts of 7 MB costs 9.00
""",
    "percentages": """
rules:
  - rule: shop
    when: {usage-type: event, service-id: shop}
    price: free
  - rule: content
    when: {usage-type: event}
    price: {percent: {rate: 2.5 %}, minimum: 0.10, maximum: 1.00}
examples:
  - 1 event, of 20.00 costs 0.50
  - 1 event, of 1.00 costs 0.10
  - 1 event, of 500.00 costs 1.00
  - 1 event is unrated
""",
    "a maximum that ends the call": """
rules:
  - rule: paid
    when: {usage-type: voice, number-zone: any premium}
    price: {maximum: {amount: 2.00, then: disconnect}, steps: [{price: 1.00, unit: 1 min, block: 60 s}]}
examples:
  - 3 min to paid costs 3.00
  - 2 min to paid costs 2.00
""",
    "groups, friends, segments, on-net, ported numbers": """
rules:
  - {rule: office, when: {usage-type: voice, closed-user-group: office}, price: free}
  - rule: friends
    when: {usage-type: voice, friends-and-family: [family, friends]}
    price: {steps: [{price: 0.01, unit: 1 min, block: 60 s}]}
  - rule: gold
    when: {usage-type: voice, segment: gold, on-net: false}
    price: {steps: [{price: 0.05, unit: 1 min, block: 60 s}]}
  - rule: elsewhere
    when: {usage-type: voice, ported-to: 204-08}
    price: {steps: [{price: 0.20, unit: 1 min, block: 60 s}]}
  - rule: all
    when: {usage-type: voice, number-zone: nl}
    price: {steps: [{price: 0.10, unit: 1 min, block: 60 s}]}
examples:
  - 1 min to nl, in group office is free
  - 1 min to nl, friend on family costs 0.01
  - 1 min to nl, in segment gold, off-net costs 0.05
  - 1 min to nl, in segment gold, on-net costs 0.10
  - 1 min to 0612345678, ported to 204-08 costs 0.20
  - 1 min to 112, in segment gold is free
""",
    "accumulated usage": """
counters:
  data: {name: Data of the month, of: {usage-type: data}, counts: all}
rules:
  - rule: plenty
    when: {usage-type: data, accumulated-usage: {counter: data, from: 10 GB}}
    price: {steps: [{price: 0.001, unit: 1 MB, block: 1 MB}]}
  - rule: data
    when: {usage-type: data}
    price: {steps: [{price: 0.002, unit: 1 MB, block: 1 MB}]}
examples:
  - 10 MB, after 1 GB of data costs 0.02
  - 10 MB, after 10 GB of data costs 0.01
  - 10 MB, after 9.995 GB this period costs 0.015
""",
    "a price for a time, holidays and evenings": """
rules:
  - rule: summer
    when: {usage-type: voice}
    valid: {from: "2026-07-01", until: "2026-09-01"}
    price: free
  - rule: holiday
    when: {usage-type: voice, time-band: [holidays, evening]}
    price: {steps: [{price: 0.05, unit: 1 min, block: 60 s}]}
  - rule: all
    when: {usage-type: voice}
    price: {steps: [{price: 0.10, unit: 1 min, block: 60 s}]}
examples:
  - 1 min at 12:00 on 2026-07-01 is free
  - 1 min at 12:00 on 2026-09-01 costs 0.10
  - 1 min at 12:00 on 2026-12-25 costs 0.05
  - 1 min at 12:00 on holidays costs 0.05
  - 2 min at 17:59 on Tuesday costs 0.15
""",
    "what is used before the steps count": """
one-bucket: true
attribute: report
counts: all
rules:
  - rule: calls
    when: {usage-type: voice}
    price:
      counts: charged
      connect: {amount: 0.05, due: always}
      steps: [{price: 0.20, unit: 1 min, block: 60 s}, {from: 60 s, price: 0.10, unit: 1 min, block: 60 s}]
examples:
  - 3 min costs 0.45
  - 3 min, with 1 min left costs 0.35
  - 3 min, with 1 min left, in parts of 7 s costs 0.35
""",
}


@pytest.mark.parametrize("body", CASES.values(), ids=CASES)
def test_it_prices_as_it_says(body: str) -> None:
    green(body)


def test_the_serving_networks_clock() -> None:
    body = "rules: [{rule: all, when: {usage-type: voice}, price: free}]\nexamples: [1 min is free]\n"
    green(body, "time-zone: serving\nhome-time-zone: Europe/Amsterdam\n")
    assert read(body, "time-zone: serving\nhome-time-zone: Europe/Amsterdam\n").serving_time
    with pytest.raises(SourceTextInvalid, match="the tariff has one time zone"):
        read(body, PLACE + "home-time-zone: Europe/Amsterdam\n")


def test_what_the_tariff_says_for_all() -> None:
    tariff = read(CASES["what is used before the steps count"])
    assert (tariff.one_bucket, tariff.attribute, tariff.period_counts) == (True, Attribute.REPORT, Counts.ALL)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("after 1 GB this month", "nothing that an example can say"),
        ("after 1 min this period", "counted in ms, not in octet"),
        ("after 1 GB of calls", "cannot be 'calls'"),
        ("ported to KPN", "MCC-MNC"),
        ("in parts of 1 B", "at most 1000 parts"),
    ],
)
def test_facts_that_cannot_be_are_refused(fact: str, said: str) -> None:
    body = CASES["accumulated usage"] + f"  - 1 GB, {fact} costs 1.00\n"
    with pytest.raises(SourceTextInvalid, match=said):
        read(body)


def told(tariff: Tariff, event: str) -> list[str]:
    return [str(line) for line in explain(run_example(tariff, example_in_words(event, tariff)))]


def test_the_period_and_the_band_stand_in_the_explanation() -> None:
    tariff = read(CASES["tiers of the period, graduated"])
    lines = told(tariff, "1 GB, after 500 MB this period")
    first, second = "step 1 with 500 MB of the period used before", "step 2 with 1 GB of the period used before"
    assert lines[2:] == [
        f"0 B – 500 MB: 500 × 1 MB at 0.01 EUR per 1 MB = 5.00 EUR, rule data (data), {first}.",
        f"500 MB – 1 GB: 500 × 1 MB at 0.005 EUR per 1 MB = 2.50 EUR, rule data (data), {second}.",
        "Total 7.50 EUR (tax included).",
    ]
    evening = read(CASES["a price for a time, holidays and evenings"])
    lines = told(evening, "1 min at 19:00 on Tuesday")
    assert "rule holiday (holiday), time band evening." in lines[2]


def test_what_was_explained_before_the_release_still_is() -> None:
    tariff = read(CASES["packages"])
    kept = plain(run_example(tariff, example_in_words("1 MB in usa", tariff)).priced)
    for part in kept["parts"]:
        part.pop("band", None)
        part.pop("position", None)
    kept.pop("number_network", None)
    assert str(explain_plain(kept)[2]).startswith("0 B – 1 MB: 1 × 100 MB at 3")
