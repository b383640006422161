"""The terms of a charge as plain data and back: what is kept when a product is activated."""

from __future__ import annotations

from typing import Any

from linehouse.billing.values import ChargeTerms
from linehouse.catalog.values import (
    Anchor,
    DueOn,
    EndDay,
    FirstBill,
    MinimumOf,
    Parts,
    PeriodLength,
    PeriodUnit,
    PriceKind,
    Prorate,
    TaxMode,
)
from linehouse.kernel.money import Money


def to_plain(terms: ChargeTerms) -> dict[str, Any]:
    """The terms as JSON values; amounts are decimal text."""
    return {
        "key": terms.key,
        "label": dict(terms.label),
        "kind": terms.kind.value,
        "price": terms.price.text,
        "currency": terms.price.currency,
        "mode": terms.mode.value,
        "tax_category": terms.tax_category,
        "clause": terms.clause,
        "gl": terms.gl,
        "length": [terms.length.count, terms.length.unit.value] if terms.length else None,
        "in_advance": terms.in_advance,
        "prorate": terms.prorate.value,
        "anchor": terms.anchor.value,
        "end_day": terms.end_day.value,
        "first_bill": terms.first_bill.value,
        "due_on": terms.due_on.value,
        "parts": terms.parts.value,
        "minimum_of": terms.minimum_of.value if terms.minimum_of else None,
    }


def from_plain(plain: dict[str, Any]) -> ChargeTerms:
    """The terms that ``to_plain`` wrote."""
    length = plain["length"]
    minimum_of = plain.get("minimum_of")
    return ChargeTerms(
        key=plain["key"],
        label=plain["label"],
        kind=PriceKind(plain["kind"]),
        price=Money.of(plain["price"], plain["currency"]),
        mode=TaxMode(plain["mode"]),
        tax_category=plain["tax_category"],
        clause=plain["clause"],
        gl=plain["gl"],
        length=PeriodLength(length[0], PeriodUnit(length[1])) if length else None,
        in_advance=plain["in_advance"],
        prorate=Prorate(plain["prorate"]),
        anchor=Anchor(plain["anchor"]),
        end_day=EndDay(plain["end_day"]),
        first_bill=FirstBill(plain["first_bill"]),
        due_on=DueOn(plain["due_on"]),
        parts=Parts(plain["parts"]),
        minimum_of=MinimumOf(minimum_of) if minimum_of else None,
    )
