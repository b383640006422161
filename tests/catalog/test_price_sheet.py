"""Prices of a file by their places, changed there and only there."""

import pytest

from linehouse.catalog.errors import DraftFileRefused
from linehouse.catalog.price_sheet import figures_of, with_figures

TEXT = """\
# what calls cost
tariff: t
rules:
  - rule: calls
    name: Calls
    price:
      connect: 0.05
      maximum: {amount: 5.00, then: free}
      steps:
        - {price: 0.15, unit: 1 min, block: 60 s}   # first minute
        - {from: 60 s, price: 0.0025, unit: 1 s, block: 1 s}
  - rule: free
    price: free
examples:
  - 61 s to nl-mobile costs 0.2025
"""
FIRST = "0.rules.0.price.steps.0.price"


def test_every_price_is_found_with_its_clause() -> None:
    found = [(figure.field, figure.clause, figure.what, figure.value, figure.note) for figure in figures_of(TEXT)]
    assert found == [
        ("0.rules.0.price.connect", "Calls", "connect", "0.05", ""),
        ("0.rules.0.price.maximum.amount", "Calls", "maximum amount", "5.00", ""),
        (FIRST, "Calls", "price", "0.15", "per 1 min, in blocks of 60 s"),
        ("0.rules.0.price.steps.1.price", "Calls", "price", "0.0025", "from 60 s, per 1 s, in blocks of 1 s"),
    ]
    assert [figure.line for figure in figures_of(TEXT)] == [7, 8, 10, 11]


def test_the_demo_brand_has_its_prices(robin_files: dict[str, str]) -> None:
    sold = figures_of(robin_files["catalog/robin-sim-only-20.yaml"])
    assert [(figure.what, figure.value) for figure in sold] == [("amount", "18.00"), ("amount", "9.95")]
    assert len(figures_of(robin_files["tariffs/robin-standard.yaml"])) > 20


def test_a_change_leaves_every_other_byte() -> None:
    after = with_figures(TEXT, {FIRST: "0.16", "0.rules.0.price.connect": "0"})
    assert after == TEXT.replace("price: 0.15,", "price: 0.16,").replace("connect: 0.05", "connect: 0")


@pytest.mark.parametrize("value", ["", "cheap", "-1", "1e3", "NaN", "0.1234567", "1,5"])
def test_what_is_no_amount_is_refused(value: str) -> None:
    with pytest.raises(DraftFileRefused) as refused:
        with_figures(TEXT, {FIRST: value})
    assert (refused.value.field, refused.value.value) == (FIRST, value)


def test_a_place_without_a_price_is_refused() -> None:
    for field in ("0.rules.9.price.connect", "0.tariff", "1.rules.0.price.connect", "x"):
        with pytest.raises(DraftFileRefused):
            with_figures(TEXT, {field: "1"})


def test_a_broken_file_has_no_sheet() -> None:
    assert figures_of("a: [") == []
