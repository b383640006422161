"""Which rules can price an event: conditions that do not change during it are decided once, the others per block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from linehouse.rating.time_bands import holds
from linehouse.rating.values import (
    Accumulated,
    Conditions,
    Counter,
    NetworkMatch,
    NumberMatch,
    Per,
    Rule,
    Tariff,
    TimeBand,
    UsageEvent,
)
from linehouse.rating.zones import match_network, match_number

# The operator identifier that a network appends to an APN (3GPP TS 23.003 §9.1.2) says nothing about the service.
_OPERATOR_PART = re.compile(r"\.mnc\d{3}\.mcc\d{3}\.gprs$", re.IGNORECASE)
_MOST_KINDS = 4096
"""So many kinds of events are remembered per tariff; then all are forgotten."""
_MANY_RULES = 64
"""From so many rules on, they are found by the number zone."""
_BY_ZONE = "rules by number zone"


@dataclass(frozen=True, slots=True)
class Facts:
    """An event seen through the zones of one tariff."""

    tariff: Tariff
    event: UsageEvent
    number: NumberMatch
    network: NetworkMatch

    @classmethod
    def of(cls, tariff: Tariff, event: UsageEvent) -> Facts:
        """Look up both zones."""
        return cls(tariff, event, match_number(tariff, event), match_network(tariff, event))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that prices the event whenever one of its bands holds (no bands: always) and it is in force.

    ``usage`` is the key of the period's counter of its own (empty: it has none).
    """

    tariff: Tariff
    rule: Rule
    bands: tuple[TimeBand, ...]
    usage: str = ""

    @property
    def accumulated(self) -> Accumulated | None:
        """Its condition on the period's usage."""
        return self.rule.conditions.accumulated

    @property
    def always(self) -> bool:
        """Whether it is in force at every block."""
        return not self.bands and self.rule.valid is None and self.rule.conditions.accumulated is None

    def holds(self, instant: datetime, zone: tzinfo | None = None) -> bool:
        """Whether the rule can price a block that starts at the instant, accumulated usage aside."""
        valid = self.rule.valid
        if valid is not None and not valid.contains(instant):
            return False
        return not self.bands or any(holds(band, instant, zone or self.tariff.time_zone) for band in self.bands)


@dataclass(frozen=True, slots=True)
class Matched:
    """The rules that may price a kind of event, in order, and the counters that count it."""

    rules: tuple[Candidate, ...]
    counters: tuple[Counter, ...]
    by_key: dict[tuple[str, str], Candidate]
    always: Candidate | None
    """The first rule, when it is in force at every block."""

    @classmethod
    def of(cls, rules: tuple[Candidate, ...], counters: tuple[Counter, ...]) -> Matched:
        """With an index by tariff and rule."""
        by_key = {(one.tariff.label, one.rule.key): one for one in rules}
        return cls(rules, counters, by_key, rules[0] if rules and rules[0].always else None)


def network_identifier(apn: str | None) -> str | None:
    """The APN without the operator identifier, in lower case."""
    return None if apn is None else _OPERATOR_PART.sub("", apn).lower()


def hold_throughout(conditions: Conditions, facts: Facts) -> bool:
    """Whether every condition but the time bands and the accumulated usage holds."""
    event = facts.event
    return (
        (not conditions.usage_types or event.usage_type in conditions.usage_types)
        and (not conditions.directions or event.direction in conditions.directions)
        and (not conditions.number_zones or facts.number.zone in conditions.number_zones)
        and (not conditions.network_zones or facts.network.zone in conditions.network_zones)
        and (not conditions.rating_groups or event.rating_group in conditions.rating_groups)
        and (not conditions.apns or network_identifier(event.apn) in conditions.apns)
        and (not conditions.service_ids or event.service_id in conditions.service_ids)
        and (conditions.on_net is None or conditions.on_net is event.on_net)
        and _shared(conditions.closed_user_groups, event.closed_user_groups)
        and _shared(conditions.friend_lists, event.friend_lists)
        and _shared(conditions.segments, event.segments)
        and (not conditions.other_networks or event.other_network in conditions.other_networks)
    )


def _shared(asked: tuple[str, ...], given: frozenset[str]) -> bool:
    return not asked or not given.isdisjoint(asked)


def candidates(facts: Facts) -> tuple[Candidate, ...]:
    """The rules to ask at each block, in order: the tariff's own, then its fallback's.

    The list ends with the first rule that is always in force, because nothing after it can ever be reached.
    """
    return matched(facts).rules


def matched(facts: Facts) -> Matched:
    """What may price the event and what counts it; remembered by tariff and kind of event."""
    event = facts.event
    kind = (
        event.usage_type,
        event.direction,
        event.rating_group,
        event.apn,
        event.service_id,
        event.on_net,
        event.closed_user_groups,
        event.friend_lists,
        event.segments,
        event.other_network,
        facts.number.zone,
        facts.network.zone,
    )
    known = facts.tariff.matched.get(kind)
    if isinstance(known, Matched):
        return known
    if known is None:
        rules = tuple(_own(facts))
        counters = tuple(one for one in facts.tariff.counters.values() if hold_throughout(one.what, facts))
        if facts.tariff.fallback is None or (rules and rules[-1].always):
            found = Matched.of(rules, counters)
            _remember(facts.tariff, kind, found)
            return found
        known = (rules, counters)
        _remember(facts.tariff, kind, known)
    return _with_fallback(facts, kind, *known)


def _with_fallback(
    facts: Facts, kind: tuple[object, ...], rules: tuple[Candidate, ...], counters: tuple[Counter, ...]
) -> Matched:
    fallback = facts.tariff.fallback
    if fallback is None:
        return Matched.of(rules, counters)
    below = matched(Facts.of(fallback, facts.event))
    both = (kind, id(below))
    known = facts.tariff.matched.get(both)
    if known is None or known[0] is not below:
        known = (below, Matched.of((*rules, *below.rules), (*counters, *below.counters)))
        _remember(facts.tariff, both, known)
    found: Matched = known[1]
    return found


def _own(facts: Facts) -> Iterator[Candidate]:
    tariff = facts.tariff
    for rule in _asked(tariff, facts.number.zone):
        if hold_throughout(rule.conditions, facts):
            # A band that the tariff does not know holds at no time.
            asked = rule.conditions.time_bands
            bands = tuple(tariff.time_bands[key] for key in asked if key in tariff.time_bands)
            if asked and not bands:
                continue
            found = Candidate(tariff, rule, bands, _usage(tariff, rule))
            yield found
            if found.always:
                return


def _asked(tariff: Tariff, zone: str) -> Sequence[Rule]:
    """The rules that may hold for a number zone, in their order: a carrier's deck brings thousands, one a zone."""
    if len(tariff.rules) < _MANY_RULES:
        return tariff.rules
    index = tariff.matched.get(_BY_ZONE)
    if index is None:
        by_zone: dict[str, list[int]] = {}
        everywhere = []
        for place, rule in enumerate(tariff.rules):
            for named in rule.conditions.number_zones:
                by_zone.setdefault(named, []).append(place)
            if not rule.conditions.number_zones:
                everywhere.append(place)
        index = (everywhere, by_zone)
        _remember(tariff, _BY_ZONE, index)
    everywhere, by_zone = index
    return [tariff.rules[place] for place in sorted({*everywhere, *by_zone.get(zone, ())})]


def _usage(tariff: Tariff, rule: Rule) -> str:
    """The counter of a price's steps that no tariff declares: it starts anew with each version of the tariff."""
    price = rule.price
    if price is None or price.per is not Per.PERIOD or (price.counter in tariff.counters and not price.volume):
        return ""
    shared = "" if price.volume else price.counter
    return f"{tariff.label}/{shared or rule.key}"


def _remember(tariff: Tariff, kind: object, found: object) -> None:
    if len(tariff.matched) >= _MOST_KINDS:
        tariff.matched.clear()
    tariff.matched[kind] = found
