"""What is wrong with a tariff that can be read: caps of the law, rules that nobody reaches, zones without a price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from linehouse.kernel.money import MICROS, Money
from linehouse.rating.countries import group
from linehouse.rating.values import Conditions, Direction, NumberZone, Rule, Tariff, TaxMode, UsageType

EU_CALL_CAP = Decimal("0.19")
EU_MESSAGE_CAP = Decimal("0.06")
"""Euro per minute and per message, without VAT: Regulation (EU) 2015/2120 Art. 5a, from 15 May 2019, consumers only."""
_MINUTE = 60_000


class Severity(StrEnum):
    """Whether a tariff may be published with it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, with the rule concerned (empty: the tariff as a whole)."""

    severity: Severity
    code: str
    rule: str
    message: str


def lint(tariff: Tariff, *, home_country: str, tax_rate: Fraction) -> tuple[Finding, ...]:
    """Judge one tariff. ``tax_rate`` (21/100) takes the tax out of gross prices before caps are compared."""
    return (*_eu_caps(tariff, home_country, tax_rate), *_unreachable(tariff), *_unpriced_zones(tariff))


def _eu_caps(tariff: Tariff, home_country: str, tax_rate: Fraction) -> Iterator[Finding]:
    if tariff.currency != "EUR" or home_country not in group("eea", tariff.valid_from.date()):
        return
    abroad = group("eea", tariff.valid_from.date()) - {home_country}
    for rule in tariff.rules:
        if rule.price is None or not _from_home(rule.conditions, tariff, home_country):
            continue
        zones = [tariff.number_zones[key] for key in rule.conditions.number_zones if key in tariff.number_zones]
        if not rule.conditions.number_zones:
            zones = list(tariff.number_zones.values())
        if not any(_reaches(zone, abroad) for zone in zones):
            continue
        for usage, unit, cap, words in (
            (UsageType.VOICE, _MINUTE, EU_CALL_CAP, "a minute"),
            (UsageType.SMS, 1, EU_MESSAGE_CAP, "a message"),
        ):
            if usage in rule.conditions.usage_types:
                yield from _over_cap(rule, tariff, tax_rate, unit, cap, words)


def _reaches(zone: NumberZone, countries: frozenset[str]) -> bool:
    return bool(zone.countries & countries)


def _from_home(conditions: Conditions, tariff: Tariff, home_country: str) -> bool:
    if conditions.directions and Direction.OUT not in conditions.directions:
        return False
    zones = [tariff.network_zones[key] for key in conditions.network_zones if key in tariff.network_zones]
    return not conditions.network_zones or any(home_country in zone.countries for zone in zones)


def _over_cap(rule: Rule, tariff: Tariff, tax_rate: Fraction, unit: int, cap: Decimal, words: str) -> Iterator[Finding]:
    if rule.price is None:
        return
    factor = 1 + tax_rate if tariff.tax_mode is TaxMode.GROSS else Fraction(1)
    allowed = Fraction(cap) * MICROS * factor
    dearest = max(Fraction(step.price * unit, step.unit) for step in rule.price.steps)
    fees = [fee for fee in (rule.price.connect, rule.price.finish) if fee is not None and fee.micros]
    flats = any(step.flat for step in rule.price.steps)
    if dearest > allowed or fees or flats:
        shown = Money(int(dearest), tariff.currency)
        limit = Money(int(allowed), tariff.currency)
        extra = " with fees besides" if fees or flats else ""
        yield Finding(
            Severity.ERROR,
            "eu-cap",
            rule.key,
            f"{rule.name}: {shown} {words}{extra}; from home to the EU and EEA the law allows {limit}",
        )


def _unreachable(tariff: Tariff) -> Iterator[Finding]:
    """A rule whose conditions are all implied by those of an earlier rule that holds at any time."""
    for place, rule in enumerate(tariff.rules):
        for earlier in tariff.rules[:place]:
            if _wider(earlier.conditions, rule.conditions):
                yield Finding(
                    Severity.ERROR,
                    "unreachable",
                    rule.key,
                    f"{rule.name} is never asked: {earlier.key!r} before it takes everything that it would price",
                )
                break


def _wider(wide: Conditions, narrow: Conditions) -> bool:
    pairs = (
        (wide.usage_types, narrow.usage_types),
        (wide.directions, narrow.directions),
        (wide.number_zones, narrow.number_zones),
        (wide.network_zones, narrow.network_zones),
        (wide.time_bands, narrow.time_bands),
        (wide.rating_groups, narrow.rating_groups),
        (wide.apns, narrow.apns),
        (wide.service_ids, narrow.service_ids),
    )
    implied = all(not asked or (given and set(given) <= set(asked)) for asked, given in pairs)
    return implied and (wide.on_net is None or wide.on_net == narrow.on_net)


def _unpriced_zones(tariff: Tariff) -> Iterator[Finding]:
    """A number zone that no rule of the tariff or its fallbacks reaches: its usage would go to suspense."""
    asked: Tariff | None = tariff
    named: set[str] = set()
    while asked is not None:
        for rule in asked.rules:
            voice = not rule.conditions.usage_types or UsageType.VOICE in rule.conditions.usage_types
            out = not rule.conditions.directions or Direction.OUT in rule.conditions.directions
            if voice and out:
                named.update(rule.conditions.number_zones or tariff.number_zones)
        asked = asked.fallback
    for key, zone in tariff.number_zones.items():
        if key not in named:
            yield Finding(Severity.WARNING, "unpriced-zone", "", f"no rule prices calls to {zone.name} ({key})")
