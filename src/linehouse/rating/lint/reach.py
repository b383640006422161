"""Which rule prices what: rules that no event reaches, and usage that no rule prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from linehouse.rating.lint.findings import Finding
from linehouse.rating.lint.probes import DIRECTIONS, MOST_PROBES, Places, instants, within
from linehouse.rating.matching import Candidate, Facts, candidates, hold_throughout
from linehouse.rating.values import (
    UNKNOWN_ZONE,
    Conditions,
    Direction,
    Rule,
    RuleEffect,
    Scope,
    Tariff,
    UsageEvent,
    UsageType,
)

_PLAIN = (UsageType.VOICE, UsageType.SMS, UsageType.DATA)


def unreachable(tariff: Tariff) -> Iterator[Finding]:
    """Rules that no event reaches, because earlier ones take everything."""
    places, times = Places.of(tariff), instants(tariff)
    for rule in tariff.rules:
        if not _special(rule.conditions, tariff) and not _wins(rule, tariff, places, times):
            takers = _takers(rule, tariff, places, times)
            by = f"{', '.join(repr(key) for key in takers)} before it take" if takers else "nothing falls into"
            yield Finding("unreachable", rule.key, f"{rule.name} is never asked: {by} everything that it would price")


def _special(conditions: Conditions, tariff: Tariff) -> bool:
    """Asks for what a probe does not carry: numbers that were ported into a zone."""
    zones = (tariff.number_zones.get(key) for key in conditions.number_zones)
    return any(zone is not None and zone.networks for zone in zones)


def _asked(tariff: Tariff, event: UsageEvent, instant: datetime) -> Rule | None:
    """The tariff's own rule that prices the event then; None: a fallback's, or none."""
    found = next((one for one in candidates(Facts.of(tariff, event)) if one.holds(instant)), None)
    return found.rule if found is not None and found.tariff is tariff else None


def _wins(rule: Rule, tariff: Tariff, places: Places, times: Sequence[datetime]) -> bool:
    """Whether some event reaches the rule; a search that was cut off says nothing against it."""
    tried = 0
    for event in within(rule.conditions, tariff, places):
        tried += 1
        chain = candidates(Facts.of(tariff, event))
        if not any(one.rule is rule for one in chain):
            continue
        for instant in times:
            # A rule for a part of the period's usage leaves the rest to those behind it.
            first = next(
                (one for one in chain if one.holds(instant) and (one.accumulated is None or one.rule is rule)), None
            )
            if first is not None and first.rule is rule:
                return True
    return tried >= MOST_PROBES


def _takers(rule: Rule, tariff: Tariff, places: Places, times: Sequence[datetime]) -> list[str]:
    found: dict[str, None] = {}
    for event in within(rule.conditions, tariff, places):
        for instant in times:
            taker = _asked(tariff, event, instant)
            if taker is not None:
                found[taker.key] = None
        if len(found) >= 3:
            break
    return list(found)


def gaps(tariff: Tariff) -> Iterator[Finding]:
    """Calls, messages and data that no rule of the tariff or its fallbacks prices; each kind and direction once."""
    places, times = Places.of(tariff), instants(tariff)
    home = {key for key in places.networks if key == "home"}
    for kind in _PLAIN:
        for direction in DIRECTIONS[kind]:
            missing = _missing(tariff, kind, direction, places, times)
            at_home = sorted({number for number, network in missing if network in home})
            abroad = sorted({network for _, network in missing if network not in home})
            what = f"{kind} {direction}"
            if at_home:
                zones = "" if kind is UsageType.DATA else f", number zones {', '.join(at_home)}"
                yield Finding("gap", "", f"{tariff.key} has no rule for {what} at home{zones}")
            elif abroad:
                yield Finding("gap-abroad", "", f"{tariff.key} has no rule for {what} in {', '.join(abroad)}")


def _missing(
    tariff: Tariff, kind: UsageType, direction: Direction, places: Places, times: Sequence[datetime]
) -> list[tuple[str, str]]:
    """Number and network zones in which some instant has no rule. Unknown zones are meant to be unrated."""
    numbers = (UNKNOWN_ZONE,) if kind is UsageType.DATA or direction is Direction.IN else tuple(places.numbers)
    found = []
    for number in numbers:
        if number == UNKNOWN_ZONE and kind is not UsageType.DATA and direction is not Direction.IN:
            continue
        for network, (plmn, country) in places.networks.items():
            if network == UNKNOWN_ZONE:
                continue
            event = UsageEvent(
                usage_type=kind,
                direction=direction,
                started_at=tariff.valid_from,
                quantity=1,
                other_party=places.numbers[number],
                serving_plmn=plmn,
                serving_country=country,
            )
            chain = candidates(Facts.of(tariff, event))
            if any(not _covered([one for one in chain if one.holds(instant)]) for instant in times):
                found.append((number, network))
    return found


def _covered(rules: Sequence[Candidate]) -> bool:
    """Whether one of the rules is asked wherever the period's counters stand."""
    ends: dict[str, int] = {}
    for one in sorted(rules, key=lambda rule: rule.accumulated.start if rule.accumulated is not None else 0):
        part = one.accumulated
        if part is None:
            return True
        if part.start <= ends.get(part.counter, 0):
            if part.end is None:
                return True
            ends[part.counter] = max(part.end, ends.get(part.counter, 0))
    return False


def covers_nothing(scope: Scope, tariff: Tariff) -> bool:
    """Whether no usage in an allowance's scope is priced by the tariff or its fallbacks; what a probe cannot carry is
    taken to be priced."""
    places, times = Places.of(tariff), instants(tariff)
    for clause in scope.include or (Conditions(),):
        if _special(clause, tariff):
            return False
        for event in within(clause, tariff, places):
            facts = Facts.of(tariff, event)
            if any(not one.time_bands and hold_throughout(one, facts) for one in scope.exclude):
                continue
            chain = candidates(facts)
            if any(one.holds(t) and one.rule.effect is RuleEffect.PRICE for t in times for one in chain):
                return False
    return True


def probe_of(rule: Rule, tariff: Tariff) -> UsageEvent | None:
    """An event that the rule prices at some time; None where there is none that a probe can carry."""
    places = Places.of(tariff)
    for event in within(rule.conditions, tariff, places):
        for instant in instants(tariff):
            if _asked(tariff, event, instant) is rule:
                return replace(event, started_at=instant)
    return None
