"""Creditor references of ISO 11649."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from linehouse.billing.reference import creditor_reference, grouped, is_creditor_reference
from linehouse.kernel.error import Invalid


def test_the_example_of_the_standard() -> None:
    assert creditor_reference("539007547034") == "RF18539007547034"
    assert grouped("RF18539007547034") == "RF18 5390 0754 7034"


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/", min_size=1, max_size=21).filter(lambda t: t.strip("-/")))
def test_every_number_gets_a_reference_that_others_accept(number: str) -> None:
    reference = creditor_reference(number)
    assert iso11649.is_valid(reference)
    assert is_creditor_reference(grouped(reference))


def test_a_wrong_digit_is_noticed() -> None:
    assert not is_creditor_reference("RF19539007547034")
    assert not is_creditor_reference("RF18")
    assert not is_creditor_reference("INV-1")


def test_a_number_without_letters_or_digits_has_none() -> None:
    with pytest.raises(Invalid):
        creditor_reference("--")
