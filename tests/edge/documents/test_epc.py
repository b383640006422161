"""The payment code of EPC069-12."""

from __future__ import annotations

import pytest

from linehouse.edge.documents.epc import epc_payload, epc_svg
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money

IBAN = "NL91 ABNA 0417 1643 00"


def payload(amount: str, reference: str = "RF18539007547034", currency: str = "EUR") -> str:
    return epc_payload(
        holder="Robin Mobile B.V.", iban=IBAN, bic="ABNANL2A", amount=Money.of(amount, currency), reference=reference
    )


def test_a_creditor_reference_is_structured() -> None:
    assert payload("45.95").split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "ABNANL2A",
        "Robin Mobile B.V.",
        "NL91ABNA0417164300",
        "EUR45.95",
        "",
        "RF18539007547034",
    ]


def test_any_other_reference_is_text() -> None:
    assert payload("45.95", "INV-1").split("\n")[8:] == ["", "", "INV-1"]


@pytest.mark.parametrize(("amount", "currency"), [("0", "EUR"), ("-1", "EUR"), ("1.005", "EUR"), ("10", "CHF")])
def test_amounts_that_cannot_be_transferred_have_no_code(amount: str, currency: str) -> None:
    with pytest.raises(Invalid):
        payload(amount, currency=currency)


def test_the_code_is_svg_of_a_version_that_apps_read() -> None:
    assert epc_svg(payload("45.95")).startswith("<svg")
    with pytest.raises(Invalid):
        epc_svg("x" * 400)
