"""What an offering would cost: the examples of catalog files, computed by the functions that compute the bill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from linehouse.billing.quoting import QuoteItem, quote
from linehouse.billing.tax_rates import rate_on
from linehouse.billing.values import AccountFacts, terms_of
from linehouse.catalog.service import FirstBillAmounts
from linehouse.catalog.values import BrandProfile, Catalogue, ProductOffering
from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.kernel.outcome import Problem
from linehouse.kernel.period import day_start, local_date
from linehouse.rating.service import lint

_SEVERE = "error"


def first_bill(offering: ProductOffering, brand: BrandProfile, activated_on: date, cycle_day: int) -> FirstBillAmounts:
    """The first bill of the offering on a new account of the brand, tax included. Raises UnknownTaxRate."""
    account = AccountFacts(
        account="preview",
        currency=brand.currency,
        zone=brand.zone,
        cycle_day=cycle_day,
        tax_country=brand.tax_country,
    )
    item = QuoteItem(offering.key, tuple(terms_of(price, f"{offering.key}/{price.key}") for price in offering.prices))
    made = quote([item], account, day_start(activated_on, brand.zone))
    lines: dict[str, tuple[Money, ...]] = {}
    for line in made.lines:
        lines[line.key] = (*lines.get(line.key, ()), line.amount)
    return FirstBillAmounts(lines, made.gross)


def taxable(catalogue: Catalogue) -> Iterator[Problem]:
    """Every price has a tax rate on file for the day on which the catalogue's tariffs begin, or later."""
    brand = catalogue.brand
    day = max((local_date(t.valid_from, brand.zone) for t in catalogue.tariffs.values()), default=date.min)
    for offering in catalogue.offerings.values():
        for price in offering.prices:
            try:
                rate_on(brand.tax_country, price.tax_category, day)
            except DomainError as problem:
                yield Problem(problem.code, problem.message, f"offerings.{offering.key}.prices.{price.key}")


def lawful(catalogue: Catalogue) -> Iterator[Problem]:
    """No tariff breaks a regulated cap or has another fault that rating's lint calls an error."""
    brand = catalogue.brand
    for key, tariff in catalogue.tariffs.items():
        rate = rate_on(brand.tax_country, "standard", local_date(tariff.valid_from, brand.zone))
        for finding in lint(tariff, home_country=brand.country, tax_rate=rate.fraction):
            if finding.severity.value == _SEVERE:
                yield Problem(f"catalog.{finding.code}", finding.message, f"tariffs.{key}.{finding.rule}", key)
