"""What lint finds in tariffs that can be read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.rating.lint import CHECKS, Severity, lint
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
