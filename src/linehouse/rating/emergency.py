"""Emergency numbers: free and never blocked, whatever a tariff's rules say or leave out."""

from __future__ import annotations

from linehouse.rating.matching import Facts, candidates
from linehouse.rating.values import Direction, NumberZone, PaidBy, Part, RuleEffect, UsageType

EMERGENCY = "emergency"
"""The rule that is named where the tariff has none that says it is free."""
_KINDS = frozenset({UsageType.VOICE, UsageType.SMS})


def emergency_zone(facts: Facts) -> NumberZone | None:
    """The emergency zone, of the tariff or of a fallback, that was called or texted; None: no emergency."""
    if facts.event.direction is Direction.IN or facts.event.usage_type not in _KINDS:
        return None
    seen: Facts | None = facts
    while seen is not None:
        tariff = seen.tariff
        if seen.number.zone in tariff.emergency_keys:
            return tariff.number_zones[seen.number.zone]
        fallback = tariff.fallback
        asked = fallback is not None and fallback.asks_emergency
        seen = Facts.of(fallback, facts.event) if asked and fallback is not None else None
    return None


def free_part(facts: Facts, zone: NumberZone) -> Part:
    """The whole event, free: by the tariff's own rule where one says so, else by the law."""
    said = next((one for one in candidates(facts) if one.rule.effect is RuleEffect.FREE), None)
    quantity = facts.event.quantity
    return Part(
        start=0,
        end=quantity,
        paid_by=PaidBy.FREE_RULE,
        tariff=said.tariff.label if said is not None else facts.tariff.label,
        rule=said.rule.key if said is not None else EMERGENCY,
        rule_name=said.rule.name if said is not None else zone.name,
        step=0,
        blocks=quantity,
        block=1,
    )
