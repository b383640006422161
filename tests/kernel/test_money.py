"""Money, roundings and shares: exact, and only ever of one currency."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.kernel.error import Invalid
from linehouse.kernel.money import CurrencyMismatch, Money, UnitPrice, minor_digits, money_sum
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.kernel.rounding import Rounding, ceil_div, largest_remainder, round_to_int, round_to_step

MODES = {
    Rounding.UP: ROUND_UP,
    Rounding.DOWN: ROUND_DOWN,
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
}


@given(st.integers(-(10**9), 10**9), st.integers(1, 1000), st.sampled_from(list(Rounding)))
def test_rounding_is_what_its_name_says(numerator: int, denominator: int, mode: Rounding) -> None:
    exact = Fraction(numerator, denominator)
    rounded = round_to_int(exact, mode)
    assert abs(rounded - exact) < 1
    assert round_to_int(-exact, mode) == -rounded
    thousandths = Fraction(numerator, 1000)
    expected = (Decimal(numerator) / 1000).quantize(Decimal(1), rounding=MODES[mode])
    assert round_to_int(thousandths, mode) == int(expected)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.345", "EUR", "12.35"), ("-12.345", "EUR", "-12.35"), ("12.5", "JPY", "13"), ("1.0005", "KWD", "1.001")],
)
def test_an_amount_is_rounded_to_its_minor_unit(text: str, currency: str, minor: str) -> None:
    assert Money.of(text, currency).rounded() == Money.of(minor, currency)


def test_minor_digits_are_those_of_iso_4217() -> None:
    assert [minor_digits(code) for code in ("JPY", "EUR", "KWD", "XDR")] == [0, 2, 3, 2]


@pytest.mark.parametrize("text", ["1.2345678", "abc", "", "1e400", "1e999999999", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Money.of(text, "EUR")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        _ = Money.of("1", "EUR") + Money.of("1", "CHF")
    with pytest.raises(CurrencyMismatch):
        _ = Money.of("1", "EUR") < Money.of("1", "CHF")
    with pytest.raises(Invalid):
        Money(1, "EUX")


@pytest.mark.parametrize("amount", [1.5, True])
def test_money_is_never_a_float(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(amount, "EUR")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(TypeError):
        _ = Money(1, "EUR") * amount  # type: ignore[operator]  # that is the point


@given(st.integers(-(10**15), 10**15))
def test_text_and_amount_go_both_ways(micros: int) -> None:
    amount = Money(micros, "EUR")
    assert Money.of(amount.text, "EUR") == amount
    assert Money.of(amount.decimal, "EUR") == amount


@given(st.lists(st.integers(-(10**12), 10**12)))
def test_sums_are_exact_in_any_order(parts: list[int]) -> None:
    amounts = [Money(part, "EUR") for part in parts]
    assert money_sum(amounts, "EUR") == money_sum(reversed(amounts), "EUR") == Money(sum(parts), "EUR")


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_shares_sum_to_the_whole_and_stay_within_one_of_their_part(total: int, weights: list[int]) -> None:
    shares = largest_remainder(total, weights)
    assert sum(shares) == total
    if whole := sum(weights):
        assert all(
            abs(share - Fraction(total * weight, whole)) < 1 for share, weight in zip(shares, weights, strict=True)
        )


@given(st.integers(0, 10**15), st.integers(1, 10**9))
def test_begun_blocks_count(value: int, block: int) -> None:
    blocks = ceil_div(value, block)
    assert (blocks - 1) * block < value <= blocks * block or value == blocks == 0


def test_sixty_one_seconds_at_fifteen_cents_a_minute() -> None:
    price = UnitPrice.per("0.15", "EUR", Quantity.parse("1 min"))
    exact = price.of(Quantity.parse("61 s").amount)
    assert Money.from_fraction(exact, "EUR", Rounding.HALF_UP) == Money.of("0.1525", "EUR")
    gigabyte = UnitPrice.per("1.10", "EUR", Quantity.parse("1 GB"))
    assert gigabyte.micros == Fraction(1_100_000, 10**9)


def test_a_step_rounds_to_its_multiples() -> None:
    assert round_to_step(Fraction(14_999), 10_000, Rounding.HALF_UP) == 10_000
    assert round_to_step(Fraction(15_000), 10_000, Rounding.HALF_UP) == 20_000
    with pytest.raises(ValueError, match="positive"):
        round_to_step(Fraction(1), 0, Rounding.UP)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "human"),
    [
        ("60 s", 60_000, Unit.MILLISECOND, "1 min"),
        ("61 s", 61_000, Unit.MILLISECOND, "1 min 1 s"),
        ("20 GB", 20 * 10**9, Unit.OCTET, "20 GB"),
        ("1.5 GB", 1_500_000_000, Unit.OCTET, "1.5 GB"),
        ("1 GiB", 2**30, Unit.OCTET, "1.073741824 GB"),
        ("100 sms", 100, Unit.MESSAGE, "100 messages"),
        ("1 event", 1, Unit.EVENT, "1 event"),
        ("0 s", 0, Unit.MILLISECOND, "0 s"),
    ],
)
def test_quantities_are_read_and_written(text: str, amount: int, unit: Unit, human: str) -> None:
    quantity = Quantity.parse(text)
    assert quantity == Quantity(amount, unit)
    assert quantity.human() == human


@pytest.mark.parametrize("text", ["", "60", "GB", "1 parsec", "0.5 octet", "-1 s", "1,5 GB"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Quantity.parse(text)


def test_units_do_not_mix() -> None:
    with pytest.raises(Invalid):
        _ = Quantity.parse("1 s") + Quantity.parse("1 GB")
