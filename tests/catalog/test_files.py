"""Reading catalog files: what is wrong is told with file, line and what would be right, all of it at once."""

import pytest

from linehouse.catalog.errors import FilesInvalid
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.values import (
    BillingMode,
    FirstBill,
    LifecycleStatus,
    MinimumOf,
    OfferingKind,
    PeriodLength,
    PeriodUnit,
    ResourceKind,
    WhenEmpty,
)
from linehouse.kernel.money import Money
from linehouse.kernel.outcome import Problem
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.values import UsageType

Files = dict[str, str]
SIM_ONLY = "catalog/robin-sim-only-20.yaml"
START = "catalog/robin-prepaid-start.yaml"
BOOSTER = "catalog/robin-booster-5gb.yaml"
ARREARS = ("due: in-advance\n    prorate: day", "due: in-arrears\n    minimum-of: usage\n    prorate: ")
SPECIFICATIONS = "catalog/specifications.yaml"


def problems_of(files: Files) -> tuple[Problem, ...]:
    with pytest.raises(FilesInvalid) as invalid:
        read_catalogue(files)
    return invalid.value.problems


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_robins_offerings_say_what_they_should(robin_files: Files) -> None:
    catalogue = read_catalogue(robin_files).catalogue
    plan = catalogue.offering("robin-sim-only-20")
    assert (plan.kind, plan.billing_mode, plan.status) == (
        OfferingKind.PLAN,
        BillingMode.POSTPAID,
        LifecycleStatus.LAUNCHED,
    )
    assert (plan.price("monthly-fee").amount, plan.price("activation-fee").amount) == (
        Money.of("18.00", "EUR"),
        Money.of("9.95", "EUR"),
    )
    assert plan.price("monthly-fee").period == PeriodLength(1, PeriodUnit.MONTH)
    assert plan.price("monthly-fee").in_advance
    amounts = {allowance.key: (allowance.unit, allowance.amount) for allowance in plan.allowances}
    assert amounts == {
        "data": (Unit.OCTET, Quantity.parse("20 GB")),
        "calls": (Unit.MILLISECOND, None),
        "messages": (Unit.MESSAGE, None),
    }
    assert all(a.recurring and a.validity is None and a.when_empty is WhenEmpty.CHARGE for a in plan.allowances)
    start = catalogue.offering("robin-prepaid-start")
    assert [credit.amount for credit in start.credits] == [Money.of("5.00", "EUR")]
    assert {allowance.validity for allowance in start.allowances} == {PeriodLength(30, PeriodUnit.DAY)}
    booster = catalogue.offering("robin-booster-5gb")
    assert booster.requires[0].matches(plan)
    assert booster.allowances[0].priority < plan.allowances[0].priority
    assert booster.allowances[0].scope.include[0].usage_types == (UsageType.DATA,)


def test_an_offering_decomposes_into_services_and_resources(robin_files: Files) -> None:
    catalogue = read_catalogue(robin_files).catalogue
    (need,) = catalogue.decompose("robin-sim-only-20")
    assert [resource.kind for resource in need.resources] == [ResourceKind.MSISDN, ResourceKind.SIM]
    assert (need.parameters["speed-profile"], need.parameters["apns"]) == ("lte-100", ("internet.robin",))
    assert catalogue.decompose("robin-prepaid-start")[0].parameters["speed-profile"] == "lte-50"
    assert catalogue.decompose("robin-booster-5gb") == ()


@pytest.mark.parametrize(
    ("path", "old", "new", "says", "expected"),
    [
        (SIM_ONLY, "billing: postpaid", "billing: postpayed", "cannot be 'postpayed'", "did you mean `postpaid`?"),
        (SIM_ONLY, "prorate: day", "proration: day", "a price has no `proration`", "did you mean `prorate`?"),
        (SIM_ONLY, "amount: 18.00", "amount: 18,00", "'18,00' is no number", "digits with a decimal point"),
        (SIM_ONLY, "every: 1 month", "every: monthly", "'monthly' is no length of time", "such as `1 month`"),
        (SIM_ONLY, "amount: 20 GB", "amount: 20 gigs", "'20 gigs' is no quantity", "a number and one of"),
        (SIM_ONLY, "amount: 20 GB", "amount: 20 min", "'20 min' is counted in ms, not in octet", "a quantity of octet"),
        (SIM_ONLY, "tariff: robin-sim-only", "tariff: robin-sim", "cannot be 'robin-sim'", "did you mean"),
        (SIM_ONLY, "product: mobile-line", "product: mobil-line", "cannot be 'mobil-line'", "`mobile-line`?"),
        (SIM_ONLY, "{speed-profile: lte-100}", "{speed-profile: lte-900}", "cannot be 'lte-900'", "lte-10, lte-50"),
        (SIM_ONLY, "{speed-profile: lte-100}", "{speed: lte-100}", "has no parameter 'speed'", "voice, sms"),
        (SIM_ONLY, "tax: standard", "tax: normal", "cannot be 'normal'", "standard, reduced"),
        (SIM_ONLY, "    ledger: recurring\n", "", "a price needs `ledger`", "`ledger: …`"),
        (SIM_ONLY, "en: Monthly fee SIM Only 20 GB", "fr: Mensuel", "the brand does not speak 'fr'", "one of nl, en"),
        (SIM_ONLY, ", en: Activation fee", "", "the text in 'en' is missing", "`en: …`"),
        (SIM_ONLY, "  - price: activation-fee", "  - price: monthly-fee", "'monthly-fee' stands twice", "a key"),
        (SIM_ONLY, "once-at: activation", "once-at: activation\n    every: 1 month", "a price is due", "`every: 1"),
        (SIM_ONLY, "once-at: activation", "once-at: activation\n    prorate: day", "come again", "no such line"),
        (SIM_ONLY, "first-period: full", "valid-for: 30 days", "is valid for the cycle", "no `valid-for`"),
        (SIM_ONLY, "network-zone: [home, roaming-union]}", "network-zone: [house]}", "cannot be 'house'", "home"),
        (SIM_ONLY, "the first bill is 45.95", "the bill is 45.95", "is no part of an example", "the first bill is"),
        (SIM_ONLY, "2026-11-01: monthly", "2026-02-30: monthly", "no day of the calendar", "YYYY-MM-DD"),
        (SIM_ONLY, "with cycle day 15", "with cycle day 32", "there is no day 32", "1 to 31"),
        (SIM_ONLY, "activation-fee is 9.95", "activation is 9.95", "has no price 'activation'", "monthly-fee"),
        (SIM_ONLY, "tariff: robin-sim-only\n", "", "is a plan and has no tariff", "`tariff: …`"),
        (SIM_ONLY, "sold: {from: 2026-01-01}", "sold: {until: 2026-01-01}", "begins some day", "from"),
        (SIM_ONLY, "sold: {from: 2026-01-01}", "discounts: []", "`discounts` of a offering is not supported", ""),
        (SIM_ONLY, "due: in-advance", "minimum-of: usage", "known when the period has ended", "`due: in-arrears`"),
        (SIM_ONLY, "due: in-advance", "due: in-arrears\n    minimum-of: use", "cannot be 'use'", "`usage`"),
        (SIM_ONLY, ARREARS[0], ARREARS[1] + "days30", "counts the days that a period has", "`day` or `none`"),
        (SIM_ONLY, ARREARS[0], ARREARS[1] + "day\n    parts: each", "has no parts", ""),
        (SIM_ONLY, ARREARS[0], ARREARS[1] + "day\n    includes-tax: false", "are gross and the minimum", "alike"),
        (SIM_ONLY, "once-at: activation", "once-at: activation\n    minimum-of: usage", "come again", "no such line"),
        (START, "amount: 5.00", "amount: 0", "a credit is more than nothing", ""),
        (START, "customers: [individual]", "customers: [people]", "cannot be 'people'", "individual"),
        (BOOSTER, "requires: [any plan]\n", "", "runs on a plan and does not say which", "`requires: [any plan]`"),
        (BOOSTER, "[any plan]", "[any plans]", "cannot be 'any plans'", "did you mean `any plan`?"),
        (BOOSTER, "[any plan]", "[robin-sim-only]", "cannot be 'robin-sim-only'", "did you mean `robin-sim-only-20`?"),
        (BOOSTER, "once-at: activation", "every: 1 month", "a pack is paid once", "`once-at: activation`"),
        (BOOSTER, "valid-for: 30 days", "every: cycle", "a pack is bought once", "`valid-for` instead of `every`"),
        (BOOSTER, "product: mobile-extra", "product: mobile-extra\ntariff: robin-standard", "whose tariff holds", "no"),
        (SPECIFICATIONS, "resources: [msisdn, sim]", "resources: [msisdn]", "brings no sim", ""),
        (SPECIFICATIONS, "resources: [msisdn, sim]", "resources: [msisdn, sin]", "cannot be 'sin'", "`sim`?"),
        (SPECIFICATIONS, "services: [mobile-line]", "services: [mobile-lin]", "cannot be 'mobile-lin'", "mobile-line"),
        (SPECIFICATIONS, "default: lte-50", "default: lte-70", "cannot be 'lte-70'", "lte-10"),
        ("brand.yaml", "NL40 FICT 0123 4567 89", "NL41 FICT 0123 4567 89", "is no IBAN", "check digits"),
        ("brand.yaml", "NL800000006B01", "NL800000007B01", "is no VAT number", "such as"),
        ("brand.yaml", "C-{n:06d}", "C-{m:06d}", "is no pattern", "such as C-{n:06d}"),
        ("brand.yaml", '"C-{n:06d}"', "C-1", "has no place for the number", "one {n}"),
        ("brand.yaml", "C-{n:06d}", "C-{n:0999999999d}", "is no pattern", "at most two digits"),
        ("brand.yaml", "Europe/Amsterdam", "Europe/Amsterdm", "is no time zone", "an IANA name"),
        ("brand.yaml", '"#b3261e"', "red", "is no colour", "#rrggbb"),
        ("brand.yaml", "cycle-day: 1", "cycle-day: 32", "there is no day 32", "1 to 31"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(
    robin_files: Files, path: str, old: str, new: str, says: str, expected: str
) -> None:
    text = robin_files[path].replace(old, new, 1)
    assert text != robin_files[path], "the test does not change anything"
    found = problems_of(robin_files | {path: text})
    assert says in found[0].message
    assert expected in found[0].expected
    assert ", line " in found[0].message


def test_the_line_is_the_one_where_it_stands(robin_files: Files) -> None:
    text = robin_files[SIM_ONLY].replace("prorate: day", "proration: day")
    (problem,) = problems_of(robin_files | {SIM_ONLY: text})
    assert problem.message.startswith(f"{SIM_ONLY}, line {line_of(text, 'proration: day')}, column 5: ")
    assert problem.field == "prices[0].proration"


def test_one_mistake_does_not_hide_another(robin_files: Files) -> None:
    broken = robin_files | {
        SIM_ONLY: robin_files[SIM_ONLY].replace("billing: postpaid", "billing: both"),
        START: robin_files[START].replace("kind: plan", "kind: deal"),
        "tariffs/robin-sim-only.yaml": "tariff: [",
    }
    assert len(problems_of(broken)) == 3


def test_keys_are_unique_over_all_files(robin_files: Files) -> None:
    twice = robin_files | {"catalog/copy.yaml": robin_files[SIM_ONLY]}
    (problem,) = problems_of(twice)
    assert "offering 'robin-sim-only-20' is already written in catalog/copy.yaml" in problem.message


def test_a_brand_file_must_be_there(robin_files: Files) -> None:
    (problem,) = problems_of({path: text for path, text in robin_files.items() if path != "brand.yaml"})
    assert problem.message == "there is no brand.yaml"


def test_a_future_sale_period_is_read_in_the_brands_zone(robin_files: Files) -> None:
    text = robin_files[SIM_ONLY].replace("{from: 2026-01-01}", "{from: 2026-06-01, until: 2026-12-01T12:00:00Z}")
    valid = read_catalogue(robin_files | {SIM_ONLY: text}).catalogue.offering("robin-sim-only-20").valid
    assert valid is not None
    assert (valid.start.isoformat(), str(valid.end)) == ("2026-05-31T22:00:00+00:00", "2026-12-01 12:00:00+00:00")


def test_a_new_bar_service_is_configuration_only(robin_files: Files) -> None:
    added = robin_files[SPECIFICATIONS].replace(
        "\nresources:\n",
        "\n  bar-service:\n    name: Bar on paid numbers\n    parameters: {bars: [premium]}\n\nresources:\n",
    )
    added = added.replace("services:\n  mobile-line:", "services:\n  mobile-line:", 1)
    offering = """
offering: robin-bar
name: Bar
text: {nl: Blokkade, en: Bar}
status: Launched
kind: addon
billing: postpaid
product: bar
requires: [robin-sim-only-20]
prices:
  - {price: bar, text: {nl: Blokkade, en: Bar}, amount: 0, every: 1 month, tax: standard, ledger: recurring}
"""
    with_product = added.replace("products:\n", "products:\n  bar:\n    name: Bar\n    services: [bar-service]\n", 1)
    files = robin_files | {SPECIFICATIONS: with_product, "catalog/robin-bar.yaml": offering}
    (need,) = read_catalogue(files).catalogue.decompose("robin-bar")
    assert need.parameters == {"bars": ("premium",)}
    assert need.resources == ()


MINIMUM = """  - price: minimum
    text: {nl: Minimaal verbruik, en: Minimum use}
    amount: 20.00
    every: 1 month
    due: in-arrears
    minimum-of: usage
    tax: standard
    ledger: recurring
"""


def test_a_minimum_of_usage_waits_for_the_next_bill_and_is_for_plans_that_are_billed(robin_files: Files) -> None:
    text = robin_files[SIM_ONLY].replace("prices:\n", "prices:\n" + MINIMUM)
    plan = read_catalogue(robin_files | {SIM_ONLY: text}).catalogue.offering("robin-sim-only-20")
    assert [price.key for price in plan.recurring_prices] == ["monthly-fee", "minimum"]
    price = plan.price("minimum")
    assert (price.minimum_of, price.first_bill, price.in_advance) == (MinimumOf.USAGE, FirstBill.WITH_NEXT, False)
    prepaid = robin_files[START].replace("prices:\n", "prices:\n" + MINIMUM)
    (problem,) = problems_of(robin_files | {START: prepaid})
    assert "is paid from a balance, not billed" in problem.message
    assert problem.expected == "`billing: postpaid`"
    booster = robin_files[BOOSTER].replace("prices:\n", "prices:\n" + MINIMUM).replace("kind: pack", "kind: addon")
    found = problems_of(robin_files | {BOOSTER: booster})
    assert any("usage is that of the plan" in problem.message for problem in found)
