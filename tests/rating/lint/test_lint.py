"""What lint finds in tariffs that can be read."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.rating.lint import CHECKS, Severity, compared, lint
from linehouse.rating.service import load_marked, read_tariffs
from linehouse.rating.values import Tariff

ROBIN = Path(__file__).resolve().parents[3] / "brands" / "robin"
STANDARD = "tariffs/robin-standard.yaml"
VAT = Fraction(21, 100)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return dict(read_folder(ROBIN))


def tariff_of(files: dict[str, str], key: str = "robin-standard") -> Tariff:
    return read_catalogue(files).catalogue.tariffs[key]


def found(files: dict[str, str], key: str = "robin-standard", **more: object) -> dict[str, list[str]]:
    """Rules by the code of what was found of them."""
    catalogue = read_catalogue(files).catalogue
    tariff = catalogue.tariffs[key]
    rest = {"cost": catalogue.tariffs["host-wholesale"], "beside": tuple(catalogue.tariffs.values())} | more
    codes: dict[str, list[str]] = {}
    for one in lint(tariff, home_country="NL", tax_rate=VAT, **rest):  # type: ignore[arg-type]  # given by name
        codes.setdefault(one.code, []).append(one.rule or one.message)
    return codes


def with_rule(files: dict[str, str], rule: str, *, before: str = "- rule: nl-calls") -> dict[str, str]:
    text = files[STANDARD]
    assert before in text
    return files | {STANDARD: text.replace(before, f"{rule.strip()}\n  {before}", 1)}


def test_the_demo_brand_has_no_errors(files: dict[str, str]) -> None:
    for key, tariff in read_catalogue(files).catalogue.tariffs.items():
        wholesale = key == "host-wholesale"
        errors = [
            one
            for one in lint(tariff, home_country="NL", tax_rate=VAT, wholesale=wholesale)
            if one.severity is Severity.ERROR
        ]
        assert errors == [], key


def test_a_rule_behind_a_wider_one_is_unreachable(files: dict[str, str]) -> None:
    wide = """- rule: everything
    when: {usage-type: voice, direction: [out, forwarded]}
    price: {steps: [{price: 0.10, unit: 1 min, block: 1 s}]}"""
    assert "nl-calls" in found(with_rule(files, wide))["unreachable"]


def test_a_rule_behind_several_that_together_take_everything(files: dict[str, str]) -> None:
    pair = """- rule: nl-mobile-first
    when: {usage-type: voice, direction: [out, forwarded], number-zone: nl-mobile, network-zone: home}
    price: free
  - rule: nl-fixed-first
    when: {usage-type: voice, direction: [out, forwarded], number-zone: nl-fixed, network-zone: home}
    price: free"""
    assert found(with_rule(files, pair))["unreachable"] == ["nl-calls"]


def test_a_rule_whose_band_others_leave_nothing_of(files: dict[str, str]) -> None:
    bands = """
time-bands:
  day: {name: Day, weekly: [{days: every-day, from: "08:00", to: "20:00"}]}
  night: {name: Night, weekly: [{days: every-day, from: "20:00", to: "08:00"}]}
"""
    zones = files | {"zones/networks.yaml": files["zones/networks.yaml"] + bands}
    when = "usage-type: voice, direction: [out, forwarded], number-zone: [nl-mobile, nl-fixed], network-zone: home"
    pair = "\n  ".join(
        f"- rule: {band}-calls\n    when: {{{when}, time-band: {band}}}\n    price: free" for band in ("day", "night")
    )
    assert found(with_rule(zones, pair))["unreachable"] == ["nl-calls"]
    assert "unreachable" not in found(with_rule(zones, pair.split("\n  - rule: night")[0]))
    assert any("Night" in text for text in found(zones)["unused-band"])


def test_usage_without_a_rule_is_a_gap(files: dict[str, str]) -> None:
    text = files[STANDARD]
    start = text.index("  - rule: nl-calls")
    end = text.index("  - rule:", start + 5)
    gaps = found(files | {STANDARD: text[:start] + text[end:]})["gap"]
    assert any("voice out at home" in gap and "nl-mobile" in gap for gap in gaps)


def test_caps_of_the_law(files: dict[str, str]) -> None:
    assert "over-cap" not in found(files)
    text = files[STANDARD]
    dear = text.replace("price: 0.22", "price: 0.24", 1)
    assert dear != text
    assert found(files | {STANDARD: dear})["over-cap"] == ["eu-calls"]


def test_free_numbers_are_free(files: dict[str, str]) -> None:
    priced = """- rule: helplines
    when: {usage-type: voice, direction: out, number-zone: nl-toll-free, network-zone: home}
    price: {steps: [{price: 0.10, unit: 1 min, block: 1 s}]}"""
    codes = found(with_rule(files, priced, before="- rule: emergency"))
    assert codes["toll-free-priced"] == ["helplines"]


def test_a_step_beyond_the_maximum(files: dict[str, str]) -> None:
    rule = """- rule: capped
    when: {usage-type: voice, direction: out, number-zone: world-1, network-zone: home}
    price:
      maximum: 1.00
      steps: [{price: 1.00, unit: 1 min, block: 60 s}, {from: 120 s, price: 0.01, unit: 1 min, block: 60 s}]"""
    codes = found(with_rule(files, rule))
    assert codes["never-step"] == ["capped"]
    assert codes["falling-price"] == ["capped"]


def test_usage_that_costs_more_than_it_brings(files: dict[str, str]) -> None:
    assert "below-cost" not in found(files)
    cheap = files[STANDARD].replace("price: 0.15", "price: 0.001")
    assert "nl-calls" in found(files | {STANDARD: cheap})["below-cost"]


def test_a_decimal_point_out_of_its_place(files: dict[str, str]) -> None:
    dear = files[STANDARD].replace("price: 0.90", "price: 900", 1)
    assert found(files | {STANDARD: dear})["huge-price"] == ["nl-premium"]


def test_every_finding_is_declared_and_every_check_can_find(files: dict[str, str]) -> None:
    assert all(check.title and check.mend for check in CHECKS.values())
    assert {"over-cap", "unreachable", "toll-free-priced"} <= {
        code for code, check in CHECKS.items() if check.severity is Severity.ERROR
    }
    assert set(found(files)) <= CHECKS.keys()


def test_the_cap_counts_for_zones_of_prefixes_and_for_a_minimum(files: dict[str, str]) -> None:
    zones = files["zones/numbers.yaml"].replace(
        "number-zones:\n", 'number-zones:\n  de-mobile:\n    name: German mobiles\n    prefixes: ["4915", "4916"]\n', 1
    )
    rule = """- rule: de-mobile
    when: {usage-type: voice, direction: out, number-zone: de-mobile, network-zone: home}
    price: {steps: [{price: 0.90, unit: 1 min, block: 1 s}]}"""
    assert "de-mobile" in found(with_rule(files | {"zones/numbers.yaml": zones}, rule))["over-cap"]
    least = rule.replace("price: {steps", "price: {minimum: 1.00, steps").replace("0.90", "0.10")
    assert "de-mobile" in found(with_rule(files | {"zones/numbers.yaml": zones}, least))["over-cap"]


def test_nobody_pays_for_emergency_and_help_numbers(files: dict[str, str]) -> None:
    zones = files["zones/numbers.yaml"]
    plain = zones.replace("    kind: emergency\n", "", 1)
    assert plain != zones
    charged = """- rule: short-codes
    when: {usage-type: voice, direction: out, number-zone: emergency}
    price: {steps: [{price: 1.00, unit: 1 min, block: 1 s}]}"""
    codes = found(with_rule(files | {"zones/numbers.yaml": plain}, charged, before="- rule: emergency"))
    assert len(codes["must-be-free"]) == 1
    lost = files | {"zones/numbers.yaml": zones.replace('"116000", ', "", 1)}
    assert ["116000" in text for text in found(lost)["should-be-free"]] == [True]


def test_a_cap_that_falls_while_the_tariff_holds_is_told_with_its_day(files: dict[str, str]) -> None:
    catalogue = read_catalogue(files).catalogue
    wholesale = catalogue.tariffs["host-wholesale"]

    def told(day: str | None) -> list[tuple[str, str]]:
        today = date.fromisoformat(day) if day else None
        found = lint(wholesale, home_country="NL", tax_rate=VAT, wholesale=True, today=today)
        return [(one.code, one.rule) for one in found if "cap" in one.code]

    assert told(None) == [("cap-ahead", "union-data")]
    assert told("2026-12-31") == [("cap-ahead", "union-data")]
    assert told("2027-01-01") == [("over-cap-unless", "union-data")]
    split = files["tariffs/host-wholesale.yaml"].replace(
        "  - rule: union-data\n",
        "  - rule: union-data-2026\n    name: Data in the EU to the end of 2026\n"
        "    valid: {from: 2026-01-01, until: 2027-01-01}\n"
        "    when: {usage-type: data, network-zone: roaming-union}\n"
        "    price: {steps: [{price: 1.10, unit: 1 GB, block: 1 kB}]}\n  - rule: union-data\n",
    )
    start = split.index("  - rule: union-data\n")
    split = split[:start] + split[start:].replace("1.10", "1.00", 1).replace("0.0011", "0.001", 1)
    wholesale = read_catalogue(files | {"tariffs/host-wholesale.yaml": split}).catalogue.tariffs["host-wholesale"]
    assert told(None) == []


GERMAN = """
tariff: de
name: German
version: "1"
valid-from: 2026-01-01
currency: EUR
prices: gross
time-zone: Europe/Berlin
zones: z
rules:
  - rule: calls
    when: {usage-type: voice, number-zone: de}
    price: {steps: [{price: 0.09, unit: 1 min, block: 1 s}]}
  - rule: paid
    when: {usage-type: voice, number-zone: paid}
    price: PAID
  - rule: service
    when: {usage-type: voice, number-zone: service}
    price: SERVICE
"""
GERMAN_ZONES = """
number-zones:
  emergency: {name: Emergency, kind: emergency, short-codes: ["112", "116000", "116006", "116111", "116117", "116123"]}
  de: {name: Germany, countries: [DE]}
  free: {name: Free, kind: toll-free, prefixes: ["49800"]}
  paid: {name: 0900, kind: premium, prefixes: ["49900"]}
  service: {name: 0180, kind: shared-cost, prefixes: ["49180"]}
network-zones:
  home: {name: Home, plmns: [262-01], countries: [DE]}
"""


@pytest.mark.parametrize(
    ("paid", "service", "rules"),
    [
        ("3.00, unit: 1 min, block: 60 s", "0.14, unit: 1 min, block: 60 s", []),
        ("3.01, unit: 1 min, block: 60 s", "0.14, unit: 1 min, block: 60 s", ["paid"]),
        ("3.00, unit: 1 min, block: 120 s", "0.14, unit: 1 min, block: 60 s", ["paid"]),
        ("3.00, unit: 1 min, block: 60 s", "0.15, unit: 1 min, block: 60 s", ["service"]),
        ("0, unit: 1 min, block: 1 s, flat: 30.00", "0, unit: 1 min, block: 1 s, flat: 0.20", []),
        ("0, unit: 1 min, block: 1 s, flat: 30.01", "0, unit: 1 min, block: 1 s, flat: 0.21", ["paid", "service"]),
        (
            "1.00, unit: 1 min, block: 60 s, flat: 5.00",
            "0.10, unit: 1 min, block: 1 s, flat: 0.10",
            ["paid", "service"],
        ),
    ],
)
def test_the_german_pack(paid: str, service: str, rules: list[str]) -> None:
    text = GERMAN.replace("PAID", f"{{steps: [{{price: {paid}}}]}}").replace(
        "SERVICE", f"{{steps: [{{price: {service}}}]}}"
    )
    (tariff,) = read_tariffs([load_marked(text, "de.yaml")], {"z": load_marked(GERMAN_ZONES)}).values()
    found = lint(tariff, home_country="DE", tax_rate=Fraction(19, 100))
    assert [one.rule for one in found if one.code == "over-cap"] == rules


def test_a_rule_may_name_the_clause_that_bounds_it(files: dict[str, str]) -> None:
    line = """- rule: own-line
    when: {usage-type: voice, direction: out, number-zone: nl-premium, network-zone: home, service-id: own}
    regulated: CLAUSE
    price: {steps: [{price: 0.30, unit: 1 min, block: 1 s}]}"""
    assert found(with_rule(files, line.replace("CLAUSE", "customer-line"), before="- rule: nl-premium"))[
        "over-cap"
    ] == ["own-line"]
    assert found(with_rule(files, line.replace("CLAUSE", "custmer-line"), before="- rule: nl-premium"))[
        "unknown-clause"
    ] == ["own-line"]


def test_roaming_in_the_union_costs_no_more_than_at_home(files: dict[str, str]) -> None:
    text = files[STANDARD]
    dear = text.replace("{price: 0.15, unit: 1 min, block: 30 s}", "{price: 0.16, unit: 1 min, block: 30 s}")
    dear = dear.replace("{from: 30 s, price: 0.15", "{from: 30 s, price: 0.16")
    assert dear != text
    assert "union-calls" in found(files | {STANDARD: dear})["over-cap-unless"]


def test_rules_that_clash(files: dict[str, str]) -> None:
    pair = """- rule: abroad-by-zone
    when: {usage-type: voice, direction: out, number-zone: [world-1, world-2]}
    price: {steps: [{price: 0.60, unit: 1 min, block: 1 s}]}
  - rule: abroad-forwarded
    when: {usage-type: voice, direction: [out, forwarded], number-zone: [world-2, world-3]}
    price: {steps: [{price: 0.70, unit: 1 min, block: 1 s}]}"""
    assert "abroad-forwarded" in found(with_rule(files, pair))["overlap"]
    friends = """- rule: friends
    when: {usage-type: voice, direction: out, number-zone: nl-mobile, network-zone: home, friends-and-family: family}
    price: {steps: [{price: 0.20, unit: 1 min, block: 60 s}]}"""
    assert found(with_rule(files, friends))["dearer-exception"] == ["friends"]
    behind = with_rule(files, friends, before="- rule: nl-messages")
    assert found(behind)["unreachable"] == ["friends"]
    fixed = friends.replace("{steps", "{minimum: 1.00, maximum: 1.00, steps").replace("0.20", "0.05")
    assert found(with_rule(files, fixed))["fixed-sum"] == ["friends"]
    over = friends.replace("    price:", "    valid: {from: 2025-01-01, until: 2025-12-31}\n    price:")
    assert found(with_rule(files, over))["past-rule"] == ["friends"]


def test_parts_of_the_periods_usage_leave_the_rest_to_later_rules(files: dict[str, str]) -> None:
    counted = files[STANDARD].replace("\nrules:\n", "\ncounters:\n  data: {of: {usage-type: data}}\nrules:\n", 1)
    part = """- rule: first-data
    when: {usage-type: data, network-zone: home, accumulated-usage: {counter: data, below: 1 GB}}
    price: {steps: [{price: 0.02, unit: 1 MB, block: 100 kB}]}"""
    before = with_rule(files | {STANDARD: counted}, part, before="- rule: data\n")
    assert "unreachable" not in found(before)
    assert found(with_rule(files | {STANDARD: counted}, part, before="- rule: eu-calls"))["unreachable"] == [
        "first-data"
    ]


def test_what_changed_much_is_told(files: dict[str, str]) -> None:
    before = tariff_of(files)
    for was, becomes, code in (
        ("price: 0.50", "price: 5.00", "price-jump"),
        ("price: 0.50", "price: 0.99", ""),
        ("price: 0.50", "price: 1.00", "price-jump"),
        ("      maximum: 25.00\n", "", "price-jump"),
        ("{price: 1.00, unit: 1 min, block: 60 s}", "{price: 1.00, unit: 1 min, block: 1 s}", "block-jump"),
        ("number-zone: nl-adult}\n    price: blocked", "number-zone: nl-adult}\n    price: free", "effect-change"),
        ("  - 1 GB costs 10.00\n", "", "example-lost"),
        ("direction: [out, forwarded], number-zone: world-1", "direction: out, number-zone: world-1", "rule-narrowed"),
        ("time-zone: Europe/Amsterdam\n", "time-zone: Europe/Amsterdam\nband-change: cut\n", "terms-change"),
    ):
        assert was in files[STANDARD], was
        after = tariff_of(files | {STANDARD: files[STANDARD].replace(was, becomes, 1)})
        assert [one.code for one in compared(before, after, Fraction(2))] == ([code] if code else []), becomes
    lost = files["zones/numbers.yaml"].replace('["316", "3197"]', '["316"]')
    (told,) = compared(before, tariff_of(files | {"zones/numbers.yaml": lost}), Fraction(2))
    assert (told.code, "loses 3197 to nl-fixed" in told.message) == ("numbers-lost", True)
