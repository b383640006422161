"""Wholesale charges are exact at any scale; lifecycles are those of TMF635."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.kernel.error import Invalid
from linehouse.kernel.money import CurrencyMismatch, Money
from linehouse.usage.lifecycle import USAGE_FILE, USAGE_RECORD, USAGE_SUSPENSE
from linehouse.usage.values import FileTotals, ParsedFile, UnreadableRecord, WholesaleCharge, sum_charges


def test_a_charge_keeps_its_scale() -> None:
    charge = WholesaleCharge(21, 3, "XDR")
    assert (charge.exact, charge.decimal, str(charge)) == (Fraction(21, 1000), Decimal("0.021"), "0.021 XDR")
    assert charge.money() == Money.of("0.021", "XDR")
    assert WholesaleCharge(1, 8, "XDR").micros == Fraction(1, 100)
    with pytest.raises(Invalid):
        WholesaleCharge(1, 8, "XDR").money()
    with pytest.raises(Invalid):
        WholesaleCharge(1, -1, "XDR")
    with pytest.raises(Invalid):
        WholesaleCharge(1, 2, "QQQ")


@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.integers(0, 9))))
def test_a_sum_is_exact(parts: list[tuple[int, int]]) -> None:
    total = sum_charges(WholesaleCharge(amount, decimals, "EUR") for amount, decimals in parts)
    assert (total.exact if total else 0) == sum(Fraction(amount, 10**decimals) for amount, decimals in parts)


def test_currencies_do_not_mix_and_nothing_is_nothing() -> None:
    assert sum_charges([None, None]) is None
    with pytest.raises(CurrencyMismatch):
        sum_charges([WholesaleCharge(1, 0, "EUR"), WholesaleCharge(1, 0, "XDR")])


def test_unreadable_records_count_in_the_sum() -> None:
    record = UnreadableRecord(1, "line 2", "unreadable", "no time", wholesale=WholesaleCharge(5, 2, "EUR"))
    file = ParsedFile("csv", "", "", "", (record,))
    assert file.summed == FileTotals(1, WholesaleCharge(5, 2, "EUR"), None)


def test_lifecycles() -> None:
    assert USAGE_RECORD.allowed("rated") == ("rerated", "billed")
    assert USAGE_RECORD.allowed("rejected") == ("recycled",)
    assert USAGE_RECORD.final == {"billed"}
    assert USAGE_FILE.final == {"processed", "refused"}
    assert USAGE_SUSPENSE.final == {"discarded"}
