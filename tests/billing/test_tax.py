"""Tax of a document: docs/rules/tax.md, row by row, and what holds for every set of lines."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.billing.errors import MixedTaxModes, UnknownTaxRate
from linehouse.billing.tax import Taxable, TaxRounding, tax_of
from linehouse.billing.tax_rates import RATES, rate_by_code, rate_on
from linehouse.catalog.values import TaxMode
from linehouse.kernel.money import Money, money_sum
from tests.billing.billing_values import day, eur

NL21 = rate_on("NL", "standard", day("2026-11-01"))
NL9 = rate_on("NL", "reduced", day("2026-11-01"))
cents = st.integers(-500_000, 5_000_000)


def gross(text: str) -> Taxable:
    return Taxable(eur(text), TaxMode.GROSS, NL21)


def net(text: str) -> Taxable:
    return Taxable(eur(text), TaxMode.NET, NL21)


def test_gross_prices_take_the_tax_out_of_the_sum() -> None:
    taxed = tax_of([gross("18.00"), gross("9.95")], "EUR")
    (total,) = taxed.totals
    assert (total.net, total.tax, total.gross) == (eur("23.10"), eur("4.85"), eur("27.95"))
    assert taxed.line_nets == (eur("14.88"), eur("8.22"))


def test_net_prices_tax_the_sum() -> None:
    taxed = tax_of([net("10.03"), net("10.03"), net("10.03")], "EUR")
    assert (taxed.totals[0].net, taxed.totals[0].tax) == (eur("30.09"), eur("6.32"))
    assert taxed.line_nets == (eur("10.03"),) * 3


def test_tax_per_line_may_come_to_another_cent() -> None:
    lines = [net("10.03")] * 3
    assert tax_of(lines, "EUR", TaxRounding.LINE).totals[0].tax == eur("6.33")


def test_a_reversal_mixes_with_charges() -> None:
    taxed = tax_of([gross("18.00"), gross("-12.19")], "EUR")
    assert taxed.totals[0].gross == eur("5.81")
    assert money_sum(taxed.line_nets, "EUR") == taxed.totals[0].net


def test_each_rate_has_its_own_sum_and_its_own_mode() -> None:
    taxed = tax_of([gross("12.10"), Taxable(eur("10.00"), TaxMode.NET, NL9)], "EUR")
    assert [(t.rate.code, t.tax) for t in taxed.totals] == [("NL-21", eur("2.10")), ("NL-9", eur("0.90"))]


def test_one_rate_in_both_modes_is_refused() -> None:
    with pytest.raises(MixedTaxModes):
        tax_of([gross("1.00"), net("1.00")], "EUR")


def test_currencies_without_minor_unit_round_to_whole_units() -> None:
    taxed = tax_of([Taxable(Money.of("100", "JPY"), TaxMode.GROSS, NL21)], "JPY")
    assert taxed.totals[0].tax == Money.of("17", "JPY")


@given(st.lists(cents, min_size=1, max_size=12), st.sampled_from(["NL-21", "NL-9", "FI-25.5", "CH-8.1", "NL-0"]))
def test_gross_lines_sum_to_the_cent(amounts: list[int], code: str) -> None:
    rate = rate_by_code(code)
    lines = [Taxable(Money(a * 10_000, "EUR"), TaxMode.GROSS, rate) for a in amounts]
    taxed = tax_of(lines, "EUR")
    (total,) = taxed.totals
    assert total.gross == money_sum([line.amount for line in lines], "EUR")
    assert money_sum(taxed.line_nets, "EUR") == total.net
    for line, line_net in zip(lines, taxed.line_nets, strict=True):
        exact = Fraction(line.amount.micros) / (1 + rate.fraction)
        assert abs(line_net.micros - exact) < 10_000
        assert line_net.micros % 10_000 == 0
        if line.amount.micros == 0:
            assert line_net.micros == 0
        if line.amount.micros > 0:
            assert line_net.micros >= 0


@given(st.lists(st.integers(0, 5_000_000), min_size=1, max_size=12))
def test_order_of_lines_does_not_change_the_totals(amounts: list[int]) -> None:
    lines = [Taxable(Money(a * 10_000, "EUR"), TaxMode.GROSS, NL21) for a in amounts]
    assert tax_of(lines, "EUR").totals == tax_of(lines[::-1], "EUR").totals


@pytest.mark.parametrize(
    ("country", "category", "on", "percent"),
    [
        ("NL", "standard", "2026-11-01", "21"),
        ("NL", "reduced", "2018-12-31", "6"),
        ("NL", "reduced", "2019-01-01", "9"),
        ("NL", "zero", "2026-11-01", "0"),
        ("DE", "standard", "2020-12-31", "16"),
        ("DE", "standard", "2021-01-01", "19"),
        ("SK", "standard", "2024-12-31", "20"),
        ("SK", "standard", "2025-01-01", "23"),
        ("EE", "standard", "2025-07-01", "24"),
        ("FI", "standard", "2024-09-01", "25.5"),
        ("CH", "standard", "2026-01-01", "8.1"),
        ("GB", "standard", "2026-01-01", "20"),
    ],
)
def test_the_tax_point_decides_the_rate(country: str, category: str, on: str, percent: str) -> None:
    assert rate_on(country, category, day(on)).percent == Fraction(percent)


def test_a_rate_not_on_file_is_refused() -> None:
    with pytest.raises(UnknownTaxRate):
        rate_on("US", "standard", day("2026-11-01"))
    with pytest.raises(UnknownTaxRate):
        rate_on("NL", "standard", day("1999-01-01"))
    with pytest.raises(UnknownTaxRate):
        rate_by_code("XX-1")


def test_all_27_member_states_are_on_file_and_periods_do_not_overlap() -> None:
    countries = {rate.country for rate in RATES if rate.category == "standard"} - {"GB", "CH"}
    assert len(countries) == 27
    for country, category in {(r.country, r.category) for r in RATES}:
        versions = sorted((r for r in RATES if (r.country, r.category) == (country, category)), key=lambda r: r.start)
        for before, after in itertools.pairwise(versions):
            assert before.end == after.start
        assert versions[-1].end is None
