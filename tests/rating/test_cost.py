"""What usage costs the brand: the wholesale tariff beside the retail one, and rates of exchange."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from linehouse.catalog.errors import FilesInvalid
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.kernel.error import DomainError
from linehouse.rating.cost import NO_COST_TARIFF, NO_EXCHANGE, cost_key_of, cost_of
from linehouse.rating.example_text import failed_examples
from linehouse.rating.tariff_text import read_tariffs
from linehouse.rating.values import Direction, Tariff, UsageEvent, UsageType
from linehouse.rating.yaml_source import load_marked

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"
AT = datetime(2026, 11, 2, 17, tzinfo=UTC)
DECK = """
tariff: {key}
name: A deck
version: 1
valid-from: 2026-01-01
currency: {currency}
prices: {prices}
time-zone: Europe/Amsterdam
zones: [numbers, networks]
{more}
rules:
  - rule: calls
    when: {{usage-type: voice, number-zone: nl-mobile}}
    price:
      steps: [{{price: {price}, unit: 1 min, block: 1 s}}]
  - rule: barred
    when: {{usage-type: voice, number-zone: nl-adult}}
    price: blocked
"""


def deck(key: str, price: str = "0.10", currency: str = "EUR", prices: str = "net", more: str = "") -> str:
    return DECK.format(key=key, price=price, currency=currency, prices=prices, more=more)


def read(*texts: str) -> dict[str, Tariff]:
    zones = {name: load_marked(ROBIN / "zones" / f"{name}.yaml") for name in ("numbers", "networks")}
    return read_tariffs([load_marked(text, f"tariffs/{n}.yaml") for n, text in enumerate(texts)], zones)


def call(ms: int, party: str = "+31612345678", at: datetime = AT) -> UsageEvent:
    return UsageEvent(
        usage_type=UsageType.VOICE, direction=Direction.OUT, started_at=at, quantity=ms, other_party=party
    )


def test_the_cost_is_the_price_of_the_wholesale_tariff_and_names_its_clause() -> None:
    cost = cost_of(read(deck("host"))["host"], call(61_000), "EUR")
    assert (cost.micros, cost.rule, cost.known) == (101_667, "host v1: calls", True)


def test_what_the_wholesale_tariff_does_not_know_or_forbids_has_no_cost_and_a_reason() -> None:
    host = read(deck("host"))["host"]
    unknown = cost_of(host, call(60_000, "+12125550123"), "EUR")
    assert (unknown.micros, unknown.reason) == (None, "no-rule")
    assert "host v1 has no rule for voice out" in unknown.detail
    assert cost_of(host, call(60_000, "+31906123456"), "EUR").reason == "blocked-by-rule"
    assert cost_of(None, call(60_000), "EUR").reason == NO_COST_TARIFF


def test_another_currency_counts_by_the_rate_of_the_day_and_is_rounded_once() -> None:
    table = (
        "exchange:\n"
        '  - {to: EUR, from: 2026-11-01, rate: "0.91", source: the bank}\n'
        '  - {to: EUR, from: 2026-02-01, rate: "0.9333333", source: the bank}'
    )
    host = read(deck("host", currency="USD", more=table))["host"]
    assert cost_of(host, call(60_000), "EUR").micros == 91_000
    assert cost_of(host, call(60_000), "EUR").rule == "host v1: calls (1 USD = 0.91 EUR, the bank)"
    spring = datetime(2026, 3, 1, tzinfo=UTC)
    assert cost_of(host, call(60_000, at=spring), "EUR").micros == 93_333
    before = cost_of(host, call(60_000, at=datetime(2026, 1, 15, tzinfo=UTC)), "EUR")
    assert (before.micros, before.reason) == (None, NO_EXCHANGE)
    assert "has no rate to EUR on 2026-01-15" in before.detail


@pytest.mark.parametrize(
    ("wholesale", "says"),
    [
        (deck("host", prices="gross"), "has prices with tax"),
        (deck("host", currency="USD"), "no rate to EUR for 2025-12-31"),
        (deck("host", more="cost-tariff: retail"), "wholesale tariff"),
        (deck("other"), "names the wholesale tariff 'host', which does not exist"),
        (
            deck("host").replace("price:\n      steps:", "price:\n      per: period\n      steps:", 1),
            "depends on what was used before",
        ),
    ],
)
def test_a_tariff_that_cannot_say_a_cost_is_refused(wholesale: str, says: str) -> None:
    with pytest.raises(DomainError, match=says) as refused:
        read(deck("retail", prices="gross", more="cost-tariff: host"), wholesale)
    assert refused.value.field == "cost-tariff"


def test_a_tariff_asks_its_own_wholesale_tariff_then_its_fallbacks_then_the_brands() -> None:
    found = read(
        deck("own", more="cost-tariff: host\nfallback: plain"),
        deck("behind", more="fallback: own"),
        deck("plain"),
        deck("host"),
    )
    assert cost_key_of(found["own"], "of-brand") == "host"
    assert cost_key_of(found["behind"], "of-brand") == "host"
    assert cost_key_of(found["plain"], "of-brand") == "of-brand"
    assert cost_key_of(found["plain"], None) is None


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('{to: USD, from: 2026-02-01, rate: "0.9", source: x}', "the tariff is in USD itself"),
        ('{to: EUR, from: 2026-02-01, rate: "0", source: x}', "a rate is more than nothing"),
        (
            '{to: EUR, from: 2026-02-01, rate: "0.9", source: x}, {to: EUR, from: 2026-02-01, rate: 1, source: x}',
            "two rates",
        ),
        ("{to: EUR, from: 2026-02-01, rate: 0.9}", "source"),
    ],
)
def test_a_table_of_exchange_that_says_nonsense_is_refused_with_its_place(row: str, says: str) -> None:
    with pytest.raises(DomainError, match=says):
        read(deck("host", currency="USD", more=f"exchange: [{row}]"))


def test_the_demo_brands_wholesale_tariff_prices_what_its_retail_tariffs_price() -> None:
    catalogue = read_catalogue(read_folder(ROBIN)).catalogue
    assert catalogue.brand.cost_tariff == "host-wholesale"
    host = catalogue.tariffs["host-wholesale"]
    assert not failed_examples(host)
    for example in catalogue.tariffs["robin-standard"].examples:
        if example.verdict.value in ("priced", "free") and example.quantity.amount:
            event = UsageEvent(
                usage_type=example.usage_type,
                direction=example.direction,
                started_at=example.started_at,
                quantity=example.quantity.amount,
                other_party=example.other_party,
                serving_plmn=example.serving_plmn,
                serving_country=example.serving_country,
            )
            assert cost_of(host, event, "EUR").known, example.sentence


def test_a_brand_cannot_name_a_wholesale_tariff_that_does_not_fit() -> None:
    files = read_folder(ROBIN)
    wrong = files | {
        "brand.yaml": files["brand.yaml"].replace("cost-tariff: host-wholesale", "cost-tariff: robin-standard")
    }
    with pytest.raises(FilesInvalid) as refused:
        read_catalogue(wrong)
    assert any("prices with tax" in problem.message for problem in refused.value.problems)
    missing = files | {"brand.yaml": files["brand.yaml"].replace("cost-tariff: host-wholesale", "cost-tariff: host")}
    with pytest.raises(FilesInvalid):
        read_catalogue(missing)
