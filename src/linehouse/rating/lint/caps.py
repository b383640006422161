"""Prices against what the law allows on the tariff's first day."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from linehouse.kernel.money import MICROS, Money
from linehouse.rating.countries import group
from linehouse.rating.lint.findings import Finding
from linehouse.rating.regulation import MINUTE, Cap, caps
from linehouse.rating.values import (
    Conditions,
    Direction,
    NumberZone,
    Rule,
    RuleEffect,
    Tariff,
    TaxMode,
    UsageType,
    ZoneKind,
)

_WORDS = {UsageType.VOICE: "a minute", UsageType.SMS: "a message"}


def eu_caps(tariff: Tariff, home_country: str, tax_rate: Fraction) -> Iterator[Finding]:
    """Calls and messages from home to other countries of the EEA above the cap of the day, or with fees besides."""
    day = tariff.valid_from.astimezone(tariff.time_zone).date()
    if tariff.currency != "EUR" or home_country not in group("eea", day):
        return
    abroad = group("eea", day) - {home_country}
    for rule in tariff.rules:
        if rule.price is None or not _from_home(rule.conditions, tariff, home_country):
            continue
        zones = [tariff.number_zones[key] for key in rule.conditions.number_zones if key in tariff.number_zones]
        if not rule.conditions.number_zones:
            zones = list(tariff.number_zones.values())
        if any(zone.countries & abroad for zone in zones):
            for cap in caps("intra-eu", day):
                if cap.usage in rule.conditions.usage_types:
                    yield from _over(rule, tariff, tax_rate, cap)


def _from_home(conditions: Conditions, tariff: Tariff, home_country: str) -> bool:
    if conditions.directions and Direction.OUT not in conditions.directions:
        return False
    zones = [tariff.network_zones[key] for key in conditions.network_zones if key in tariff.network_zones]
    return not conditions.network_zones or any(home_country in zone.countries for zone in zones)


def _over(rule: Rule, tariff: Tariff, tax_rate: Fraction, cap: Cap) -> Iterator[Finding]:
    if rule.price is None or not rule.price.steps:
        return
    factor = 1 + tax_rate if tariff.tax_mode is TaxMode.GROSS else Fraction(1)
    allowed = Fraction(cap.amount) * MICROS * factor
    dearest = max(Fraction(step.price * cap.unit, step.unit) for step in rule.price.steps)
    fees = [fee for fee in (rule.price.connect, rule.price.finish) if fee is not None and fee.micros]
    flats = any(step.flat for step in rule.price.steps)
    if dearest > allowed or fees or flats:
        shown, limit = Money(int(dearest), tariff.currency), Money(int(allowed), tariff.currency)
        extra = " with fees besides" if fees or flats else ""
        words = _WORDS[cap.usage]
        message = f"{rule.name}: {shown} {words}{extra}; from home to the EU and EEA the law allows {limit}"
        yield Finding("eu-cap", rule.key, f"{message} ({cap.source})")


def free_numbers(tariff: Tariff) -> Iterator[Finding]:
    """Rules by which calls at home to numbers that cost the caller nothing are charged. Emergency numbers the reader
    keeps free."""
    for rule in tariff.rules:
        conditions = rule.conditions
        outward = not conditions.directions or Direction.OUT in conditions.directions
        if rule.effect is RuleEffect.PRICE and outward and _at_home(conditions):
            for zone in _called(conditions, tariff):
                if zone.kind is ZoneKind.TOLL_FREE and UsageType.VOICE in conditions.usage_types:
                    message = f"{rule.name} asks money for {zone.name} ({zone.key})"
                    yield Finding("toll-free-priced", rule.key, message)


def _called(conditions: Conditions, tariff: Tariff) -> list[NumberZone]:
    return [tariff.number_zones[key] for key in conditions.number_zones if key in tariff.number_zones]


def _at_home(conditions: Conditions) -> bool:
    return not conditions.network_zones or "home" in conditions.network_zones


def huge(tariff: Tariff) -> Iterator[Finding]:
    """Prices that look like a decimal point out of its place."""
    units = {UsageType.VOICE: MINUTE, UsageType.SMS: 1, UsageType.MMS: 1, UsageType.DATA: 10**9}
    limit = 100 * MICROS
    for rule in tariff.rules:
        for kind in rule.conditions.usage_types:
            per = units.get(kind)
            steps = rule.price.steps if rule.price is not None else ()
            dearest = max((Fraction(step.price * per, step.unit) for step in steps), default=Fraction(0)) if per else 0
            # A gigabyte beyond the EU may well cost more than 100.
            if dearest > (limit * 100 if kind is UsageType.DATA else limit):
                amount = Money(int(dearest), tariff.currency)
                yield Finding("huge-price", rule.key, f"{rule.name}: {amount} for {kind} is more than anybody pays")
                break
