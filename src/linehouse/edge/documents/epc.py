"""The payment code that banking apps scan: EPC069-12, version 002, as a QR code in SVG."""

from __future__ import annotations

import io

import segno

from linehouse.billing.reference import is_creditor_reference
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money

_LARGEST = Money.of("999999999.99", "EUR")


def epc_payload(*, holder: str, iban: str, bic: str, amount: Money, reference: str) -> str:
    """The text of the code. A creditor reference (ISO 11649) goes into the structured field, anything else as text.

    Raises Invalid for another currency than the euro, an amount outside 0.01 to 999 999 999.99, or a part of a cent.
    """
    if amount.currency != "EUR" or amount.micros <= 0 or amount > _LARGEST or amount != amount.rounded():
        raise Invalid(
            "no EPC payment code for this amount", field="amount", value=str(amount), expected="0.01 EUR and more"
        )
    structured, text = (reference, "") if is_creditor_reference(reference) else ("", reference)
    fields = [
        "BCD",
        "002",
        "1",
        "SCT",
        bic,
        holder[:70],
        iban.replace(" ", ""),
        f"EUR{amount.text}",
        "",
        structured,
        text,
    ]
    return "\n".join(fields).rstrip("\n")


def epc_svg(payload: str) -> str:
    """The QR code as SVG; error correction M and at most version 13, as the guideline asks."""
    code = segno.make(payload, error="m", micro=False, boost_error=False, encoding="utf-8")
    if not isinstance(code.version, int) or code.version > 13:
        raise Invalid(
            "the payment code holds too much", field="payload", value=str(len(payload)), expected="at most 331 octets"
        )
    out = io.BytesIO()
    code.save(out, kind="svg", border=2, xmldecl=False, nl=False, dark="#1b1f24")
    return out.getvalue().decode()
