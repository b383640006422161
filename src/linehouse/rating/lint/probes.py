"""Events that stand for all others: one for each combination of what a tariff's rules can tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, product
from typing import TypeVar

from linehouse.kernel.numbering import Plmn
from linehouse.rating.example_text import sample_number
from linehouse.rating.time_bands import next_edge
from linehouse.rating.values import UNKNOWN_ZONE, Conditions, Direction, Tariff, UsageEvent, UsageType

V = TypeVar("V")
MOST_PROBES = 40_000
"""How many combinations are tried for one rule; the rest is taken to be like them."""
_WEEK = timedelta(days=7)
DIRECTIONS = {
    UsageType.VOICE: (Direction.OUT, Direction.IN, Direction.FORWARDED),
    UsageType.SMS: (Direction.OUT, Direction.IN),
    UsageType.MMS: (Direction.OUT, Direction.IN),
    UsageType.DATA: (Direction.OUT,),
    UsageType.EVENT: (Direction.OUT,),
}
"""Which directions each kind of usage has."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a tariff's usage can go, each zone by a sample of its own."""

    numbers: dict[str, str]
    networks: dict[str, tuple[Plmn | None, str | None]]

    @classmethod
    def of(cls, tariff: Tariff) -> Places:
        """A number and a network of each zone; zones that nothing falls into are left out."""
        numbers = {UNKNOWN_ZONE: "unknown"}
        for key in tariff.number_zones:
            sample = sample_number(tariff, key)
            if sample is not None:
                numbers[key] = sample
        networks: dict[str, tuple[Plmn | None, str | None]] = {UNKNOWN_ZONE: (None, None)}
        for key, zone in tariff.network_zones.items():
            if zone.plmns:
                networks[key] = (min(zone.plmns), None)
            elif zone.countries:
                networks[key] = (None, min(zone.countries))
        return cls(numbers, networks)


def instants(tariff: Tariff) -> tuple[datetime, ...]:
    """Instants between which no band begins or ends: a week from the tariff's first day, and each band's dates."""
    bands = tuple(tariff.time_bands.values())
    found = [tariff.valid_from]
    end = tariff.valid_from + _WEEK
    while bands and (edge := next_edge(bands, found[-1], tariff.time_zone)) is not None and edge < end:
        found.append(edge)
    for band in bands:
        days = sorted(day for day in (*band.dates, *band.except_dates) if day >= tariff.valid_from.date())
        found += [datetime(day.year, day.month, day.day, 12, tzinfo=tariff.time_zone) for day in days[:2]]
    return tuple(found)


def within(conditions: Conditions, tariff: Tariff, places: Places) -> Iterator[UsageEvent]:
    """Events that fulfil the conditions (their time bands aside), in every way that the tariff's rules tell apart."""
    asked = [rule.conditions for rule in tariff.rules]
    kinds = conditions.usage_types or tuple(UsageType)
    numbers = conditions.number_zones or tuple(places.numbers)
    networks = conditions.network_zones or tuple(places.networks)
    groups: Sequence[int | None] = conditions.rating_groups or _named([c.rating_groups for c in asked])
    apns: Sequence[str | None] = conditions.apns or _named([c.apns for c in asked])
    services: Sequence[str | None] = conditions.service_ids or _named([c.service_ids for c in asked])
    on_net: Sequence[bool | None] = (None, True, False) if any(c.on_net is not None for c in asked) else (None,)
    if conditions.on_net is not None:
        on_net = (conditions.on_net,)
    closed = conditions.closed_user_groups or _named([c.closed_user_groups for c in asked])
    friends = conditions.friend_lists or _named([c.friend_lists for c in asked])
    segments = conditions.segments or _named([c.segments for c in asked])
    others = conditions.other_networks or _named([c.other_networks for c in asked])
    circles = tuple(product(closed, friends, segments, others))
    combinations = (
        (kind, direction, number, network, group, apn, service, own, circle)
        for kind in kinds
        for direction in (conditions.directions or DIRECTIONS[kind])
        for circle in circles
        for number, network, group, apn, service, own in product(numbers, networks, groups, apns, services, on_net)
        if number in places.numbers and network in places.networks
    )
    for kind, direction, number, network, group, apn, service, own, circle in islice(combinations, MOST_PROBES):
        plmn, country = places.networks[network]
        yield UsageEvent(
            usage_type=kind,
            direction=direction,
            started_at=tariff.valid_from,
            quantity=1,
            other_party=places.numbers[number],
            serving_plmn=plmn,
            serving_country=country,
            rating_group=group,
            apn=apn,
            service_id=service,
            on_net=own,
            closed_user_groups=_only(circle[0]),
            friend_lists=_only(circle[1]),
            segments=_only(circle[2]),
            other_network=circle[3],
        )


def _only(value: str | None) -> frozenset[str]:
    return frozenset() if value is None else frozenset({value})


def _named(given: Sequence[tuple[V, ...]]) -> tuple[V | None, ...]:
    """Every value that some rule names, and one that none does."""
    return (None, *dict.fromkeys(value for values in given for value in values))
