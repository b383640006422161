"""Prices that nobody means: for free numbers, and with a decimal point out of its place."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from linehouse.kernel.money import MICROS, Money
from linehouse.rating.lint.findings import Finding
from linehouse.rating.regulation import MINUTE
from linehouse.rating.values import (
    Conditions,
    Direction,
    NumberZone,
    RuleEffect,
    Tariff,
    UsageType,
    ZoneKind,
)


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
