"""Quotes: what an order's first bill will be, before anybody has ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from linehouse.billing.charges import difference, due
from linehouse.billing.invoice import draft
from linehouse.billing.quoting import Quote, QuoteItem, first_cut
from linehouse.billing.quoting import quote as quote_items
from linehouse.billing.service.charges import terms_by_offering
from linehouse.billing.values import AccountFacts, SubscriptionCharge
from linehouse.catalog import service as catalog
from linehouse.catalog.service import FirstBillAmounts
from linehouse.catalog.values import BrandProfile, DueOn, ProductOffering
from linehouse.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Wanted:
    """An offering that somebody wants; ``reference`` tells one item of an order from another."""

    reference: str
    offering_key: str
    quantity: int = 1


def quote(items: Sequence[Wanted], account: AccountFacts, at: datetime) -> Quote:
    """The first bill of these offerings on such an account, at the prices in force at the instant, tax included.

    Computed by the functions that compute the bill. Raises OfferingUnknown, CurrencyOfAccount, UnknownTaxRate,
    MixedTaxModes.
    """
    catalogue = catalog.published(at)
    return quote_items(
        [
            QuoteItem(
                item.reference,
                terms_by_offering(catalogue.offering(item.offering_key), catalogue.version),
                item.quantity,
            )
            for item in items
        ],
        account,
        at,
    )


def facts_of_brand(brand: BrandProfile, cycle_day: int | None = None) -> AccountFacts:
    """Facts of an account that nobody has opened yet: the brand's defaults."""
    return AccountFacts(
        account="",
        currency=brand.currency,
        zone=brand.zone,
        cycle_day=cycle_day or brand.account_defaults.cycle_day,
        tax_country=brand.tax_country,
        language=brand.language,
        payment_days=brand.account_defaults.payment_terms_days,
    )


def first_bill(offering: ProductOffering, brand: BrandProfile, activated_on: date, cycle_day: int) -> FirstBillAmounts:
    """The first bill of an offering activated on a day: what the examples in offering files are held against."""
    account = facts_of_brand(brand, cycle_day)
    owed = [
        item
        for terms in terms_by_offering(offering, offering.version)
        if terms.due_on is not DueOn.TERMINATION
        for item in due(
            SubscriptionCharge("example", terms, activated_on),
            account,
            first_cut(terms.first_bill, activated_on, cycle_day),
        )
    ]
    made = draft(account, difference(owed, ()).entries)
    lines: dict[str, tuple[Money, ...]] = {}
    for line in made.lines:
        amount = line.amount
        lines[line.key] = (*lines.get(line.key, ()), amount)
    return FirstBillAmounts(lines, made.gross)
