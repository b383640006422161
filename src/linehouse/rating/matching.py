"""Which rules can price an event: conditions that do not change during it are decided once, time bands per block."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from linehouse.rating.time_bands import holds
from linehouse.rating.values import Conditions, NetworkMatch, NumberMatch, Rule, Tariff, TimeBand, UsageEvent
from linehouse.rating.zones import match_network, match_number

# The operator identifier that a network appends to an APN (3GPP TS 23.003 §9.1.2) says nothing about the service.
_OPERATOR_PART = re.compile(r"\.mnc\d{3}\.mcc\d{3}\.gprs$", re.IGNORECASE)


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
    """A rule that prices the event whenever one of its bands holds; no bands: always."""

    tariff: Tariff
    rule: Rule
    bands: tuple[TimeBand, ...]

    def holds(self, instant: datetime) -> bool:
        """Whether the rule can price a block that starts at the instant."""
        return not self.bands or any(holds(band, instant, self.tariff.time_zone) for band in self.bands)


def network_identifier(apn: str | None) -> str | None:
    """The APN without the operator identifier, in lower case."""
    return None if apn is None else _OPERATOR_PART.sub("", apn).lower()


def hold_throughout(conditions: Conditions, facts: Facts) -> bool:
    """Whether every condition but the time bands holds."""
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
    )


def candidates(facts: Facts) -> tuple[Candidate, ...]:
    """The rules to ask at each block, in order: the tariff's own, then its fallback's.

    The list ends with the first rule that has no time band, because nothing after it can ever be reached.
    """
    found: list[Candidate] = []
    seen: Facts | None = facts
    while seen is not None:
        tariff = seen.tariff
        for rule in tariff.rules:
            if hold_throughout(rule.conditions, seen):
                bands = tuple(tariff.time_bands[key] for key in rule.conditions.time_bands)
                found.append(Candidate(tariff, rule, bands))
                if not bands:
                    return tuple(found)
        seen = Facts.of(tariff.fallback, seen.event) if tariff.fallback is not None else None
    return tuple(found)
