"""What must hold of a catalogue that only rooms above it know: every price can be taxed, no tariff breaks the law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from linehouse.billing.tax_rates import rate_on
from linehouse.catalog.values import Catalogue
from linehouse.kernel.error import DomainError
from linehouse.kernel.outcome import Problem
from linehouse.kernel.period import local_date
from linehouse.rating.lint import CHECKS, Profiles, Severity, covers_nothing, lint
from linehouse.rating.regulation import law_of
from linehouse.rating.service import cost_key_of
from linehouse.rating.values import ZoneKind


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


def lawful(catalogue: Catalogue, today: date | None = None) -> Iterator[Problem]:
    """No tariff breaks a regulated cap, or has another fault that rating's lint calls an error.

    ``today`` is the day from which the catalogue would count (None: each tariff's own first day).
    """
    return _found(catalogue, Severity.ERROR, today, None)


def advisable(catalogue: Catalogue, today: date | None = None, profiles: Profiles | None = None) -> Iterator[Problem]:
    """What rating's lint warns of, and allowances that give away what costs us much, or nothing.

    ``profiles`` say how long the brand's own usage typically is, where that is known.
    """
    yield from _found(catalogue, Severity.WARNING, today, profiles)
    yield from _generous(catalogue)
    yield from _worthless(catalogue)


def _worthless(catalogue: Catalogue) -> Iterator[Problem]:
    """Allowances in whose scope nothing costs money."""
    check = CHECKS["allowance-nothing"]
    for key, offering in catalogue.offerings.items():
        tariff = catalogue.tariffs.get(offering.tariff or "")
        for allowance in offering.allowances:
            if tariff is not None and covers_nothing(allowance.scope, tariff):
                message = f"{offering.name}: nothing that the allowance {allowance.key!r} covers costs money"
                yield Problem(
                    f"catalog.{check.code}", message, f"offerings.{key}.{allowance.key}", allowance.key, check.mend
                )


def _generous(catalogue: Catalogue) -> Iterator[Problem]:
    """Unlimited allowances that cover paid service numbers."""
    check = CHECKS["allowance-premium"]
    for key, offering in catalogue.offerings.items():
        tariff = catalogue.tariffs.get(offering.tariff or "")
        zones = tariff.number_zones if tariff is not None else {}
        paid = {zone for zone in zones if zones[zone].kind is ZoneKind.PREMIUM}
        for allowance in offering.allowances:
            covered = {zone for clause in allowance.scope.include for zone in clause.number_zones} & paid
            if allowance.unlimited and covered:
                message = (
                    f"{offering.name}: the unlimited allowance {allowance.key!r} covers {', '.join(sorted(covered))}"
                )
                yield Problem(
                    f"catalog.{check.code}", message, f"offerings.{key}.{allowance.key}", allowance.key, check.mend
                )


def _found(
    catalogue: Catalogue, severity: Severity, today: date | None, profiles: Profiles | None
) -> Iterator[Problem]:
    brand = catalogue.brand
    costs = {key: cost_key_of(tariff, brand.cost_tariff) for key, tariff in catalogue.tariffs.items()}
    wholesale = {cost for cost in costs.values() if cost is not None}
    for key, tariff in catalogue.tariffs.items():
        first = local_date(tariff.valid_from, brand.zone)
        day = first if today is None else max(first, today)
        rate = rate_on(brand.tax_country, "standard", first)
        found = lint(
            tariff,
            home_country=brand.country,
            tax_rate=rate.fraction,
            cost=catalogue.tariffs.get(costs[key] or ""),
            wholesale=key in wholesale,
            beside=tuple(catalogue.tariffs.values()),
            network=brand.home_network,
            law=law_of(brand.law, catalogue.regulation.values(), brand.country, day),
            today=today,
            profiles=profiles,
        )
        for finding in found:
            if finding.severity is severity:
                where = f"{tariff.source.partition(':')[0]}: " if tariff.source else ""
                message, mend = f"{where}{finding.message}", finding.check.mend
                yield Problem(f"catalog.{finding.code}", message, f"tariffs.{key}.{finding.rule}", key, mend)
