"""Prices against what the law allows on the tariff's first day."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from linehouse.kernel.money import MICROS, Money
from linehouse.rating.countries import calling_prefixes, group
from linehouse.rating.lint.findings import Finding
from linehouse.rating.price import price
from linehouse.rating.regulation import MINUTE, Cap, caps
from linehouse.rating.values import (
    Conditions,
    Direction,
    NumberZone,
    Rule,
    RuleEffect,
    Tariff,
    TaxMode,
    UsageEvent,
    UsageType,
    Verdict,
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
        if any(_reaches(zone, abroad) for zone in zones):
            for cap in caps("intra-eu", day):
                if cap.usage in rule.conditions.usage_types:
                    yield from _over(rule, tariff, tax_rate, cap)


def _reaches(zone: NumberZone, abroad: frozenset[str]) -> bool:
    """Whether ordinary numbers of these countries are in the zone, named by country or by their prefixes."""
    if zone.kind in (ZoneKind.PREMIUM, ZoneKind.SATELLITE, ZoneKind.SHARED_COST):
        return False
    if zone.countries:
        return bool(zone.countries & abroad)
    known = calling_prefixes()
    starts = tuple(prefix for country in abroad for prefix in known.get(country, ()))
    return any(prefix.startswith(starts) for prefix in zone.prefixes)


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
    least = rule.price.minimum is not None and rule.price.minimum > allowed
    if dearest > allowed or fees or flats or least:
        shown, limit = Money(int(dearest), tariff.currency), Money(int(allowed), tariff.currency)
        extra = " with fees or a minimum besides" if fees or flats or least else ""
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


def help_numbers(tariff: Tariff, home_country: str) -> Iterator[Finding]:
    """Emergency and help numbers that the tariff charges or bars; nobody may pay for calling them."""
    day = tariff.valid_from.astimezone(tariff.time_zone).date()
    if home_country not in group("eea", day):
        return
    home = tariff.network_zones.get("home")
    plmn = min(home.plmns) if home is not None and home.plmns else None
    for code, numbers in HELP_NUMBERS.items():
        for number in numbers:
            call = UsageEvent(
                usage_type=UsageType.VOICE,
                started_at=tariff.valid_from,
                quantity=MINUTE,
                other_party=number,
                serving_plmn=plmn,
                serving_country=None if plmn is not None else home_country,
            )
            answer = price(tariff, call)
            if answer.verdict in (Verdict.PRICED, Verdict.BLOCKED):
                what = f"costs {answer.total}" if answer.verdict is Verdict.PRICED else "is barred"
                yield Finding(code, "", f"a call to {number} {what}")
            elif answer.verdict is Verdict.UNRATED and tariff.fallback is None and code == "helpline-not-free":
                yield Finding(code, "", f"no zone knows {number}: a call to it would wait in suspense")


HELP_NUMBERS = {
    "emergency-not-free": ("112",),
    "helpline-not-free": ("116000", "116006", "116111", "116117", "116123"),
}
"""112: Directive (EU) 2018/1972 Art. 109. Harmonised numbers of social value: Decision 2007/116/EC and Art. 96."""


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
