"""Tariff rules as sentences that somebody who sells can check against the price list."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise

from linehouse.edge.ui.formats import money_text, number_text, quantity_text
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.values import (
    Accumulated,
    AtMaximum,
    Conditions,
    Per,
    Percent,
    Price,
    Rule,
    RuleEffect,
    Scope,
    Step,
    Tariff,
    UsageType,
)

_TYPES: Final[Mapping[str, StrOrPromise]] = {
    "voice": gettext_lazy("calls"),
    "sms": "SMS",
    "mms": "MMS",
    "data": gettext_lazy("data"),
    "event": gettext_lazy("services"),
}
_DIRECTIONS: Final[Mapping[str, StrOrPromise]] = {
    "out": gettext_lazy("outgoing"),
    "in": gettext_lazy("incoming"),
    "forwarded": gettext_lazy("forwarded"),
}


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
    parts = [
        gettext("; or ").join(", ".join(_conditions(one, tariff)) for one in scope.include) or gettext("all usage")
    ]
    parts += [gettext("not %(value)s") % {"value": ", ".join(_conditions(one, tariff))} for one in scope.exclude]
    return "; ".join(parts)


def _rule(rule: Rule, tariff: Tariff) -> RuleWords:
    match rule.effect:
        case RuleEffect.FREE:
            costs: tuple[str, ...] = (gettext("free"),)
        case RuleEffect.BLOCKED:
            costs = (gettext("barred"),)
        case RuleEffect.PRICE:
            costs = _price(rule.price, _unit(rule.conditions), tariff.currency) if rule.price else ()
    return RuleWords(rule.key, rule.name, tuple(_conditions(rule.conditions, tariff)), costs, rule.effect.value)


def _unit(conditions: Conditions) -> Unit:
    kinds = conditions.usage_types or (UsageType.EVENT,)
    return kinds[0].unit


def _conditions(given: Conditions, tariff: Tariff | None) -> list[str]:
    words: list[str] = []
    if given.usage_types:
        directions = [str(_DIRECTIONS[one.value]) for one in given.directions]
        kinds = ", ".join(str(_TYPES[one.value]) for one in given.usage_types)
        words.append(f"{gettext(' and ').join(directions)} {kinds}".strip())
    elif given.directions:
        words.append(gettext(" and ").join(str(_DIRECTIONS[one.value]) for one in given.directions))
    if given.number_zones:
        zones = ", ".join(_zone(one, tariff.number_zones if tariff else {}) for one in given.number_zones)
        words.append(gettext("numbers: %(zones)s") % {"zones": zones})
    if given.network_zones:
        zones = ", ".join(_zone(one, tariff.network_zones if tariff else {}) for one in given.network_zones)
        words.append(gettext("in: %(zones)s") % {"zones": zones})
    if given.time_bands:
        bands = ", ".join(_zone(one, tariff.time_bands if tariff else {}) for one in given.time_bands)
        words.append(gettext("at: %(bands)s") % {"bands": bands})
    for label, values in (
        (gettext("rating group"), given.rating_groups),
        (gettext("access point"), given.apns),
        (gettext("service"), given.service_ids),
        (gettext("closed user group"), given.closed_user_groups),
        (gettext("list of friends"), given.friend_lists),
        (gettext("segment"), given.segments),
        (gettext("ported to"), given.other_networks),
    ):
        if values:
            words.append(f"{label}: {', '.join(map(str, values))}")
    if given.on_net is not None:
        words.append(gettext("within the brand") if given.on_net else gettext("outside the brand"))
    if given.accumulated is not None:
        words.append(gettext("by what was used in the period: %(counter)s") % {"counter": given.accumulated.counter})
        words += _span(given.accumulated, _counted_in(given, tariff))
    return words or [gettext("everything else")]


def _counted_in(given: Conditions, tariff: Tariff | None) -> Unit:
    counter = tariff.counters.get(given.accumulated.counter) if tariff and given.accumulated else None
    return _unit(counter.what if counter is not None and counter.what.usage_types else given)


def _span(used: Accumulated, unit: Unit) -> list[str]:
    """Between which positions of the counter."""
    words = []
    if used.start:
        words.append(gettext("from %(value)s used on") % {"value": quantity_text(Quantity(used.start, unit))})
    if used.end is not None:
        words.append(gettext("below %(value)s used") % {"value": quantity_text(Quantity(used.end, unit))})
    return words


def _zone(key: str, zones: Mapping[str, object]) -> str:
    return str(getattr(zones.get(key), "name", "") or key)


def _price(price: Price, unit: Unit, currency: str) -> tuple[str, ...]:
    def money(micros: int) -> str:
        return money_text(Money(micros, currency))

    lines: list[str] = []
    if price.connect:
        lines.append(gettext("%(value)s for the connection") % {"value": money(price.connect.micros)})
    if price.free:
        lines.append(gettext("the first %(value)s free") % {"value": quantity_text(Quantity(price.free, unit))})
    if price.percent is not None:
        lines += _percent(price.percent, currency)
    if price.per is Per.PERIOD:
        lines.append(gettext("counted over the period"))
        if price.volume:
            lines.append(gettext("the step that the period reached prices all of it"))
    lines += [_step(step, unit, money(step.price), money(step.flat)) for step in price.steps]
    if price.finish:
        lines.append(gettext("%(value)s at the end") % {"value": money(price.finish.micros)})
    if price.minimum is not None:
        lines.append(gettext("at least %(value)s") % {"value": money(price.minimum)})
    if price.maximum is not None:
        lines.append(gettext("at most %(value)s") % {"value": money(price.maximum)})
        if price.at_maximum is AtMaximum.DISCONNECT:
            lines.append(gettext("then the connection ends"))
    return tuple(lines)


def _percent(percent: Percent, currency: str) -> list[str]:
    lines = [gettext("%(value)s %% of the amount") % {"value": _share(percent.rate)}]
    if percent.free_events is not None:
        lines.append(gettext("free: the first %(number)s of the period") % {"number": number_text(percent.free_events)})
    if percent.free_amount is not None:
        amount = money_text(Money(percent.free_amount, currency))
        lines.append(gettext("free: the first %(value)s of the period's amounts") % {"value": amount})
    return lines


def _share(rate: Fraction) -> str:
    percent = rate * 100
    return number_text(Decimal(percent.numerator) / Decimal(percent.denominator))


def _step(step: Step, unit: Unit, price: str, flat: str) -> str:
    after = gettext("from %(value)s on: ") % {"value": quantity_text(Quantity(step.start, unit))} if step.start else ""
    each = quantity_text(Quantity(step.unit, unit))
    each = each.removeprefix("1 ") if each.startswith("1 ") and each.count(" ") == 1 else each
    blocks = (
        gettext(", in blocks of %(value)s") % {"value": quantity_text(Quantity(step.block, unit))}
        if step.block != step.unit
        else ""
    )
    once = gettext(" and %(flat)s once") % {"flat": flat} if step.flat else ""
    return gettext("%(after)s%(price)s per %(each)s%(once)s%(blocks)s") % {
        "after": after,
        "price": price,
        "each": each,
        "once": once,
        "blocks": blocks,
    }
