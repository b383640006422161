"""Tariff rules as sentences that somebody who sells can check against the price list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from linehouse.edge.ui.formats import money_text
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.values import Conditions, Price, Rule, RuleEffect, Scope, Step, Tariff, UsageType

_TYPES: Final[Mapping[str, str]] = {"voice": "calls", "sms": "SMS", "mms": "MMS", "data": "data", "event": "services"}
_DIRECTIONS: Final[Mapping[str, str]] = {"out": "outgoing", "in": "incoming", "forwarded": "forwarded"}


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule in words: what it is for, where, and what it costs, one line for each step or fee."""

    key: str
    name: str
    applies: tuple[str, ...]
    costs: tuple[str, ...]
    effect: str


def rules_in_words(tariff: Tariff) -> tuple[RuleWords, ...]:
    """All rules in their order; the first that fits prices the usage."""
    return tuple(_rule(rule, tariff) for rule in tariff.rules)


def scope_in_words(scope: Scope, tariff: Tariff | None) -> str:
    """Which usage an allowance covers."""
    parts = ["; or ".join(", ".join(_conditions(one, tariff)) for one in scope.include) or "all usage"]
    parts += [f"not {', '.join(_conditions(one, tariff))}" for one in scope.exclude]
    return "; ".join(parts)


def _rule(rule: Rule, tariff: Tariff) -> RuleWords:
    match rule.effect:
        case RuleEffect.FREE:
            costs: tuple[str, ...] = ("free",)
        case RuleEffect.BLOCKED:
            costs = ("barred",)
        case RuleEffect.PRICE:
            costs = _price(rule.price, _unit(rule.conditions), tariff.currency) if rule.price else ()
    return RuleWords(rule.key, rule.name, tuple(_conditions(rule.conditions, tariff)), costs, rule.effect.value)


def _unit(conditions: Conditions) -> Unit:
    kinds = conditions.usage_types or (UsageType.EVENT,)
    return kinds[0].unit


def _conditions(given: Conditions, tariff: Tariff | None) -> list[str]:
    words: list[str] = []
    if given.usage_types:
        directions = [_DIRECTIONS[one.value] for one in given.directions]
        kinds = ", ".join(_TYPES[one.value] for one in given.usage_types)
        words.append(f"{' and '.join(directions)} {kinds}".strip())
    elif given.directions:
        words.append(" and ".join(_DIRECTIONS[one.value] for one in given.directions))
    if given.number_zones:
        words.append(
            "numbers: " + ", ".join(_zone(one, tariff.number_zones if tariff else {}) for one in given.number_zones)
        )
    if given.network_zones:
        words.append(
            "in: " + ", ".join(_zone(one, tariff.network_zones if tariff else {}) for one in given.network_zones)
        )
    if given.time_bands:
        words.append("at: " + ", ".join(_zone(one, tariff.time_bands if tariff else {}) for one in given.time_bands))
    for label, values in (
        ("rating group", given.rating_groups),
        ("access point", given.apns),
        ("service", given.service_ids),
    ):
        if values:
            words.append(f"{label}: {', '.join(map(str, values))}")
    if given.on_net is not None:
        words.append("within the brand" if given.on_net else "outside the brand")
    return words or ["everything else"]


def _zone(key: str, zones: Mapping[str, object]) -> str:
    return str(getattr(zones.get(key), "name", "") or key)


def _price(price: Price, unit: Unit, currency: str) -> tuple[str, ...]:
    def money(micros: int) -> str:
        return money_text(Money(micros, currency))

    lines: list[str] = []
    if price.connect:
        lines.append(f"{money(price.connect.micros)} for the connection")
    if price.free:
        lines.append(f"the first {Quantity(price.free, unit).human()} free")
    lines += [_step(step, unit, money(step.price), money(step.flat)) for step in price.steps]
    if price.finish:
        lines.append(f"{money(price.finish.micros)} at the end")
    if price.minimum is not None:
        lines.append(f"at least {money(price.minimum)}")
    if price.maximum is not None:
        lines.append(f"at most {money(price.maximum)}")
    return tuple(lines)


def _step(step: Step, unit: Unit, price: str, flat: str) -> str:
    after = f"from {Quantity(step.start, unit).human()} on: " if step.start else ""
    each = Quantity(step.unit, unit).human()
    each = each.removeprefix("1 ") if each.startswith("1 ") and each.count(" ") == 1 else each
    blocks = f", in blocks of {Quantity(step.block, unit).human()}" if step.block != step.unit else ""
    once = f" and {flat} once" if step.flat else ""
    return f"{after}{price} per {each}{once}{blocks}"
