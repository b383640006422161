"""What a tariff must be told besides the event itself, so that whoever prices by it knows whether it can be told."""

from __future__ import annotations

from collections.abc import Iterator

from linehouse.rating.values import Attribute, Conditions, Per, Rule, Tariff

_COUNTED = frozenset({"accumulated-usage", "per: period", "percent"})
"""Words that need the period's counters; a percentage counts its free events and amounts there."""


def asked_by(tariff: Tariff) -> Iterator[tuple[str, str]]:
    """Each thing that a rule asks (``closed-user-group`` …) with the rule's key; of the tariff itself with none."""
    asked: Tariff | None = tariff
    while asked is not None:
        if asked.attribute is not Attribute.GRANT:
            yield "attribute", ""
        if asked.serving_time:
            yield "time-zone", ""
        for rule in asked.rules:
            yield from ((word, rule.key) for word in _of_rule(rule))
        asked = asked.fallback


def counts_period(tariff: Tariff) -> bool:
    """Whether usage by it is counted in the period: a counter is declared, or a price or condition asks for one."""
    asked: Tariff | None = tariff
    while asked is not None:
        if asked.counters or any(word in _COUNTED for rule in asked.rules for word in _of_rule(rule)):
            return True
        asked = asked.fallback
    return False


def asked_in(conditions: Conditions) -> Iterator[str]:
    """What conditions, of a rule or of an allowance's scope, ask."""
    if conditions.closed_user_groups:
        yield "closed-user-group"
    if conditions.friend_lists:
        yield "friends-and-family"
    if conditions.segments:
        yield "segment"
    if conditions.accumulated is not None:
        yield "accumulated-usage"


def _of_rule(rule: Rule) -> Iterator[str]:
    price = rule.price
    yield from asked_in(rule.conditions)
    if price is not None and price.per is Per.PERIOD:
        yield "per: period"
    if price is not None and price.percent is not None:
        yield "percent"
