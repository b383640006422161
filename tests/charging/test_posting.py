"""Net and tax of an amount: exact, and the parts always meet."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.charging.errors import NoTaxRates
from linehouse.charging.ports import tax_rate, use_tax_rates
from linehouse.charging.posting import split
from linehouse.rating.values import TaxMode

DUTCH = Fraction(21, 100)


@pytest.mark.parametrize(
    ("micros", "mode", "net", "gross"),
    [
        (152_500, TaxMode.GROSS, 126_033, 152_500),
        (1_210_000, TaxMode.GROSS, 1_000_000, 1_210_000),
        (1_000_000, TaxMode.NET, 1_000_000, 1_210_000),
        (-1_210_000, TaxMode.GROSS, -1_000_000, -1_210_000),
        (0, TaxMode.GROSS, 0, 0),
        (1, TaxMode.GROSS, 1, 1),
    ],
)
def test_split(micros, mode, net, gross):
    parts = split(micros, mode, DUTCH)
    assert (parts.net, parts.gross) == (net, gross)


@given(st.integers(-(10**12), 10**12), st.fractions(0, 1), st.sampled_from(TaxMode))
def test_a_refund_mirrors_its_charge_and_tax_has_its_sign(micros, rate, mode):
    parts, back = split(micros, mode, rate), split(-micros, mode, rate)
    assert (back.net, back.gross) == (-parts.net, -parts.gross)
    assert (parts.gross - parts.net) * micros >= 0


def test_without_wiring_no_rate_is_guessed():
    from datetime import date

    from linehouse.charging import ports

    before = use_tax_rates(ports._nobody)
    try:
        with pytest.raises(NoTaxRates):
            tax_rate("NL", "standard", date(2026, 11, 1))
    finally:
        use_tax_rates(before)
