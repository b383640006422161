"""What must hold of a catalogue that only rooms above it know: every price can be taxed, no tariff breaks the law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from linehouse.billing.tax_rates import rate_on
from linehouse.catalog.values import Catalogue
from linehouse.kernel.error import DomainError
from linehouse.kernel.outcome import Problem
from linehouse.kernel.period import local_date
from linehouse.rating.lint import Severity, lint


def taxable(catalogue: Catalogue) -> Iterator[Problem]:
    """Every price has a tax rate on file for the day on which the catalogue's youngest tariff begins."""
    brand = catalogue.brand
    day = max((local_date(t.valid_from, brand.zone) for t in catalogue.tariffs.values()), default=date.min)
    for offering in catalogue.offerings.values():
        for price in offering.prices:
            try:
                rate_on(brand.tax_country, price.tax_category, day)
            except DomainError as problem:
                yield Problem(problem.code, problem.message, f"offerings.{offering.key}.prices.{price.key}")


def lawful(catalogue: Catalogue) -> Iterator[Problem]:
    """No tariff breaks a regulated cap, or has another fault that rating's lint calls an error."""
    brand = catalogue.brand
    for key, tariff in catalogue.tariffs.items():
        rate = rate_on(brand.tax_country, "standard", local_date(tariff.valid_from, brand.zone))
        for finding in lint(tariff, home_country=brand.country, tax_rate=rate.fraction):
            if finding.severity is Severity.ERROR:
                yield Problem(f"catalog.{finding.code}", finding.message, f"tariffs.{key}.{finding.rule}", key)
