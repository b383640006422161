"""What a tariff asks for calls, read as the deck that would say it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from linehouse.catalog.deck.values import Destination, Terms
from linehouse.kernel.money import MICROS
from linehouse.rating.values import Conditions, Direction, Fee, Price, Rule, RuleEffect, Tariff, UsageType

SECOND = 1_000
"""Calls are counted in milliseconds."""
MINUTE = 60 * SECOND


def destinations_of(tariff: Tariff, keys: Collection[str] | None = None) -> dict[str, Destination]:
    """The zones that a rule prices outgoing calls to, with what it asks; only ``keys``, where given."""
    rules = _by_zone(tariff)
    found: dict[str, Destination] = {}
    for key, zone in tariff.number_zones.items():
        if (keys is not None and key not in keys) or not zone.prefixes or key not in rules:
            continue
        kind = zone.kind.value if zone.kind is not None else ""
        found[key] = Destination(key, zone.name, frozenset(zone.prefixes), terms_of(rules[key]), kind)
    return found


def terms_of(rule: Rule) -> Terms | None:
    """What the rule asks, where a deck can say it."""
    if rule.effect is RuleEffect.BLOCKED:
        return Terms(None)
    if rule.effect is RuleEffect.FREE:
        return Terms(Decimal(0))
    return _simple(rule.price) if rule.price is not None else None


def _simple(price: Price) -> Terms | None:
    """The terms of a price that has nothing but a connection fee and one rate in one or two increments."""
    steps = price.steps
    plain = Price(steps=steps, connect=price.connect)
    if price != plain or not 1 <= len(steps) <= 2 or any(step.flat or step.overhang for step in steps):
        return None
    if any(step.block % SECOND for step in steps):
        return None
    rates = {Decimal(step.price * MINUTE) / (step.unit * MICROS) for step in steps}
    if len(rates) != 1 or (len(steps) == 2 and steps[1].start != steps[0].block):
        return None
    if price.connect is not None and price.connect != Fee(price.connect.micros):
        return None
    connect = Decimal(price.connect.micros) / MICROS if price.connect is not None else Decimal(0)
    return Terms(rates.pop(), steps[0].block // SECOND, steps[-1].block // SECOND, connect)


def _by_zone(tariff: Tariff) -> Mapping[str, Rule]:
    """The first rule for outgoing calls to each zone that it names."""
    found: dict[str, Rule] = {}
    for rule in tariff.rules:
        if _for_calls(rule.conditions) and rule.valid is None:
            for key in rule.conditions.number_zones:
                found.setdefault(key, rule)
    return found


def _for_calls(conditions: Conditions) -> bool:
    return (
        UsageType.VOICE in (conditions.usage_types or (UsageType.VOICE,))
        and Direction.OUT in (conditions.directions or (Direction.OUT,))
        and not any(
            (
                conditions.time_bands,
                conditions.rating_groups,
                conditions.apns,
                conditions.service_ids,
                conditions.closed_user_groups,
                conditions.friend_lists,
                conditions.segments,
                conditions.other_networks,
                conditions.accumulated,
                conditions.on_net is not None,
            )
        )
    )
