"""What a plan gives of data at home and in the roaming union, and what the law makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from linehouse.catalog.values import Allowance, BrandProfile, Catalogue, ProductOffering, TaxMode
from linehouse.charging.errors import NoTaxRates
from linehouse.charging.ports import tax_rate
from linehouse.kernel.error import DomainError
from linehouse.kernel.outcome import Problem
from linehouse.kernel.period import local_date
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.countries import GROUPS, group
from linehouse.rating.regulation import due_abroad
from linehouse.rating.values import Conditions, NetworkZone, UsageType

_EURO = "EUR"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Data of a plan in each period, octets (None: no limit), and what the plan costs without VAT in it."""

    price: Decimal
    at_home: int | None
    in_union: int | None


def lawful_here(brand: BrandProfile, day: date) -> bool:
    """Whether the roaming rules of the Union bind the brand: it is of the EEA, and sells in the law's currency."""
    return brand.country in group("eea", day) and brand.currency == _EURO


def bundle_of(catalogue: Catalogue, offering: ProductOffering) -> Bundle | None:
    """The data of a plan; None: it has none, or what it costs without VAT is not known."""
    tariff = catalogue.tariffs.get(offering.tariff or "")
    data = [one for one in offering.allowances if one.unit is Unit.OCTET and one.shared is None]
    if tariff is None or not data:
        return None
    price = _net_price(catalogue, offering)
    if price is None:
        return None
    zones, home = tariff.network_zones, catalogue.brand.country
    union = {member.country for member in GROUPS["eea"]} - {home}
    return Bundle(price, _sum(data, zones, {home}), _sum(data, zones, union))


def _sum(allowances: Iterable[Allowance], zones: Mapping[str, NetworkZone], places: set[str]) -> int | None:
    found = [one for one in allowances if _covers(one, zones, places)]
    if any(one.amount is None for one in found):
        return None
    return sum(one.amount.amount for one in found if one.amount is not None)


def _covers(allowance: Allowance, zones: Mapping[str, NetworkZone], places: set[str]) -> bool:
    include = allowance.scope.include
    return not include or any(_clause_covers(one, zones, places) for one in include)


def _clause_covers(clause: Conditions, zones: Mapping[str, NetworkZone], places: set[str]) -> bool:
    if clause.usage_types and UsageType.DATA not in clause.usage_types:
        return False
    if clause.rating_groups or clause.apns or clause.time_bands or clause.service_ids:
        return False
    named = [zones[key] for key in clause.network_zones if key in zones]
    return not clause.network_zones or any(zone.countries & places for zone in named)


def _net_price(catalogue: Catalogue, offering: ProductOffering) -> Decimal | None:
    brand, total = catalogue.brand, Decimal(0)
    for price in offering.prices:
        if price.minimum_of is not None or (not price.recurring and any(one.recurring for one in offering.prices)):
            continue
        amount = Decimal(price.amount.micros) / 10**6
        if price.tax_mode is TaxMode.GROSS:
            try:
                day = local_date(catalogue.valid_from, brand.zone)
                rate = tax_rate(brand.tax_country, price.tax_category, day).fraction
            except (NoTaxRates, DomainError):
                return None
            amount = amount * rate.denominator / (rate.denominator + rate.numerator)
        total += amount
    return total


def fair_abroad(catalogue: Catalogue) -> Iterator[Problem]:
    """One problem for each plan of the European Union that gives less data abroad in the Union than the law asks."""
    day = local_date(catalogue.valid_from, catalogue.brand.zone)
    for key, offering in catalogue.offerings.items():
        bundle = bundle_of(catalogue, offering)
        if bundle is None or not lawful_here(catalogue.brand, day):
            continue
        due = due_abroad(bundle.price, bundle.at_home, day)
        if bundle.in_union is not None and (due is None or bundle.in_union < due):
            said = "without a limit" if due is None else Quantity(due, Unit.OCTET).human()
            given = Quantity(bundle.in_union, Unit.OCTET).human()
            message = f"{key} gives {given} of data in the roaming union, and fair use asks for {said}"
            yield Problem("charging.fair_use", message, f"offerings.{key}.allowances", given, f"at least {said}")
