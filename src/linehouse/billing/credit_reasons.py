"""Why a credit may be given by hand, as data: the text of the line and the tail of the revenue account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linehouse.catalog.values import Texts


@dataclass(frozen=True, slots=True)
class CreditReason:
    """A reason with the text that the customer reads, by language, and the account that bears it (``revenue/<gl>``)."""

    code: str
    label: Texts
    gl: str


CREDIT_REASONS: Mapping[str, CreditReason] = {
    row.code: row
    for row in (
        CreditReason(
            "goodwill",
            {
                "en": "Credit, as a gesture of goodwill",
                "nl": "Tegoed uit coulance",
                "de": "Gutschrift aus Kulanz",
                "fr": "Avoir à titre commercial",
                "es": "Abono por cortesía",
            },
            "credit-goodwill",
        ),
        CreditReason(
            "outage",
            {
                "en": "Credit for an interruption of service",
                "nl": "Tegoed voor een storing",
                "de": "Gutschrift für eine Störung",
                "fr": "Avoir pour interruption de service",
                "es": "Abono por interrupción del servicio",
            },
            "credit-outage",
        ),
        CreditReason(
            "wrong-charge",
            {
                "en": "Credit for an amount charged in error",
                "nl": "Tegoed voor een onterecht bedrag",
                "de": "Gutschrift für eine falsche Berechnung",
                "fr": "Avoir pour un montant facturé par erreur",
                "es": "Abono por un importe cobrado por error",
            },
            "credit-wrong-charge",
        ),
    )
}
"""Every reason by code."""
