"""Which rules and which usage a clause of the law is about."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache

from linehouse.rating.countries import country_of_number, group
from linehouse.rating.lint.reach import probe_of
from linehouse.rating.matching import Facts, candidates
from linehouse.rating.price import price
from linehouse.rating.regulation import Clause, Numbers, Where
from linehouse.rating.values import (
    Conditions,
    Direction,
    NumberZone,
    Rule,
    Tariff,
    UsageEvent,
    UsageType,
    Verdict,
    ZoneKind,
)
from linehouse.rating.zones import match_number

TYPICAL: dict[UsageType, tuple[int, ...]] = {
    UsageType.VOICE: (61_000, 600_000),
    UsageType.SMS: (1,),
    UsageType.MMS: (1,),
    UsageType.DATA: (5_000_000, 1_000_000_000),
}
_ORDINARY = (None, ZoneKind.MOBILE, ZoneKind.FIXED)
_NOT_OF_COUNTRIES = (ZoneKind.PREMIUM, ZoneKind.SATELLITE, ZoneKind.SHARED_COST, ZoneKind.TOLL_FREE, ZoneKind.PERSONAL)


def bound_rules(tariff: Tariff, clause: Clause, home: str, day: date) -> Iterator[Rule]:
    """The tariff's own rules whose prices the clause bounds from the day on."""
    for rule in tariff.rules:
        if rule.price is None or not set(rule.conditions.usage_types or UsageType) & set(clause.usage_types):
            continue
        if rule.valid is not None and rule.valid.end is not None and rule.valid.end <= _noon(day):
            continue
        if rule.regulated == clause.key or (
            clause.to is not None
            and _directed(rule.conditions, clause)
            and _placed(rule.conditions, tariff, clause, home, day)
            and any(_reaches(zone, tariff, clause.to, home, day) for zone in _zones(rule.conditions, tariff, clause))
            and (rule.conditions.number_zones or _asked_at_all(rule, tariff, clause, home, day))
        ):
            yield rule


def _asked_at_all(rule: Rule, tariff: Tariff, clause: Clause, home: str, day: date) -> bool:
    """Whether a rule for all that is left is asked for usage that is meant, behind those that are for less."""
    plain = tariff.fallback is None and not rule.conditions.friend_lists and not rule.conditions.segments
    return not plain or any(
        any(one.rule is rule for one in candidates(Facts.of(tariff, event)))
        for event in bound_usage(tariff, clause, home, day)
    )


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _directed(conditions: Conditions, clause: Clause) -> bool:
    return not conditions.directions or clause.direction in conditions.directions


def _placed(conditions: Conditions, tariff: Tariff, clause: Clause, home: str, day: date) -> bool:
    wanted = {home} if clause.where is Where.HOME else group("roaming-union", day) - {home}
    zones = [tariff.network_zones[key] for key in conditions.network_zones if key in tariff.network_zones]
    return not conditions.network_zones or any(zone.countries & wanted for zone in zones)


def _zones(conditions: Conditions, tariff: Tariff, clause: Clause) -> list[NumberZone | None]:
    """The number zones that a rule is for; None stands for data, which calls nobody."""
    if UsageType.DATA in clause.usage_types and len(clause.usage_types) == 1:
        return [None]
    if not conditions.number_zones:
        return list(tariff.number_zones.values())
    return [tariff.number_zones[key] for key in conditions.number_zones if key in tariff.number_zones]


def _reaches(zone: NumberZone | None, tariff: Tariff, numbers: Numbers, home: str, day: date) -> bool:
    """Whether numbers that are meant lie in the zone."""
    if zone is None:
        return True
    if zone.short_codes & set(numbers.short_codes):
        return True
    if numbers.of_countries:
        if zone.kind in _NOT_OF_COUNTRIES:
            return False
        lands = numbers.lands(home, day)
        if zone.countries:
            return bool(zone.countries & lands)
        if not lands.isdisjoint(_least_by_country(zone.prefixes)):
            return True
    if numbers.prefixes and any(prefix.startswith(numbers.prefixes) for prefix in zone.prefixes):
        return True
    return any(_zone_of(tariff, _number(prefix)) == zone.key for prefix in numbers.prefixes)


@lru_cache(maxsize=1024)
def _least_by_country(prefixes: frozenset[str]) -> Mapping[str, str]:
    """The least prefix of each country; a deck of a hundred thousand is gone through once, not for every clause."""
    found: dict[str, str] = {}
    for prefix in prefixes:
        land = country_of_number(prefix)
        if land is not None and prefix < found.get(land, "x"):
            found[land] = prefix
    return found


def _zone_of(tariff: Tariff, number: str) -> str:
    probe = UsageEvent(usage_type=UsageType.VOICE, started_at=tariff.valid_from, quantity=1, other_party=number)
    return match_number(tariff, probe).zone


def _number(prefix: str) -> str:
    return f"+{prefix}{'5' * max(1, 11 - len(prefix))}"


def _at(tariff: Tariff, event: UsageEvent, where: Where, home: str, day: date) -> Iterator[UsageEvent]:
    """The event at home, or in a country of the roaming union for each network zone of the tariff that has some."""
    found = tariff.network_zones.get("home")
    if where is Where.HOME:
        plmn = min(found.plmns) if found is not None and found.plmns else None
        yield replace(event, serving_plmn=plmn, serving_country=None if plmn is not None else home)
        return
    union = group("roaming-union", day) - {home}
    for zone in tariff.network_zones.values():
        land = min(zone.countries & union, default=None)
        if land is not None:
            yield replace(event, serving_plmn=None, serving_country=land)


def asked_numbers(tariff: Tariff, clause: Clause, home: str, day: date) -> Iterator[UsageEvent]:
    """A minute's call to each number that the clause names, where it holds."""
    if clause.to is None:
        return
    instant = max(tariff.valid_from, _noon(day))
    for number in (*clause.to.short_codes, *(_number(prefix) for prefix in clause.to.prefixes)):
        call = UsageEvent(
            usage_type=UsageType.VOICE,
            direction=clause.direction,
            started_at=instant,
            quantity=60_000,
            other_party=number,
        )
        yield from _at(tariff, call, clause.where, home, day)


_sampled: deque[tuple[Tariff, tuple[Numbers, str, date], list[str]]] = deque(maxlen=64)
"""The samples that were asked for last: the same for every rule of a tariff, and a carrier's deck has thousands."""


def _samples(tariff: Tariff, numbers: Numbers, home: str, day: date) -> list[str]:
    """A number for each of the tariff's zones, and its fallbacks', that the set reaches; else one made of prefixes."""
    asked = (numbers, home, day)
    known = next((found for seen, which, found in tuple(_sampled) if seen is tariff and which == asked), None)
    if known is None:
        known = _made_samples(tariff, numbers, home, day)
        _sampled.append((tariff, asked, known))
    return known


def _made_samples(tariff: Tariff, numbers: Numbers, home: str, day: date) -> list[str]:
    found: dict[str, None] = dict.fromkeys(numbers.short_codes)
    found |= dict.fromkeys(_number(prefix) for prefix in numbers.prefixes)
    lands = numbers.lands(home, day)
    seen: Tariff | None = tariff
    while seen is not None:
        for zone in seen.number_zones.values():
            if zone.kind not in _ORDINARY or zone.networks or not lands:
                continue
            least = _least_by_country(zone.prefixes)
            prefix = min((least[land] for land in least.keys() & lands), default=None)
            if prefix is not None:
                number = next((n for n in _tries(prefix) if _zone_of(seen, n) == zone.key), None)
                found |= {number: None} if number is not None else {}
        seen = seen.fallback
    return list(found)


def _tries(prefix: str) -> Iterator[str]:
    return (f"+{prefix}{digit * max(1, 11 - len(prefix))}" for digit in "5123467890")


def bound_usage(tariff: Tariff, clause: Clause, home: str, day: date) -> Iterator[UsageEvent]:
    """Usage that the clause is about, short and long."""
    instant = max(tariff.valid_from, _noon(day))
    if clause.to is None:
        for rule in tariff.rules:
            probe = probe_of(rule, tariff) if rule.regulated == clause.key else None
            if probe is not None:
                yield from (replace(probe, quantity=length) for length in TYPICAL.get(probe.usage_type, ()))
        return
    for usage in clause.usage_types:
        numbers = ["unknown"] if usage is UsageType.DATA else _samples(tariff, clause.to, home, day)
        for number in numbers:
            for length in TYPICAL.get(usage, ()):
                event = UsageEvent(
                    usage_type=usage,
                    direction=clause.direction,
                    started_at=instant,
                    quantity=length,
                    other_party=number,
                )
                yield from _at(tariff, event, clause.where, home, day)


def compared_with(tariff: Tariff, clause: Clause, event: UsageEvent, home: str, day: date) -> Iterator[UsageEvent]:
    """The same usage at home, with the numbers with which it is compared."""
    if clause.than is None:
        return
    numbers = ["unknown"] if event.usage_type is UsageType.DATA else _samples(tariff, clause.than, home, day)
    for number in numbers:
        yield from _at(tariff, replace(event, other_party=number), Where.HOME, home, day)


def comparison(tariff: Tariff, rule: Rule, clause: Clause, home: str) -> Iterator[tuple[UsageEvent, UsageEvent]]:
    """Usage of the rule beside the same usage with ordinary numbers at home, each of typical length."""
    probe = probe_of(rule, tariff)
    if probe is None or probe.usage_type not in clause.usage_types:
        return
    day = probe.started_at.astimezone(tariff.time_zone).date()
    for number in _samples(tariff, Numbers(home=True), home, day):
        for length in TYPICAL.get(probe.usage_type, ()):
            mine = replace(probe, quantity=length, direction=Direction.OUT)
            for other in _at(tariff, replace(mine, other_party=number), Where.HOME, home, day):
                if price(tariff, other).verdict is not Verdict.UNRATED:
                    yield mine, other
