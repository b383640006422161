"""Events that stand for all others: one for each combination of what a tariff's rules can tell apart."""

from __future__ import annotations

from collections import deque
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
class Apart:
    """Values by which a tariff's rules tell usage apart, besides zones: all that some rule names, and one that none
    does."""

    rating_groups: tuple[int | None, ...]
    apns: tuple[str | None, ...]
    services: tuple[str | None, ...]
    on_net: tuple[bool | None, ...]
    closed_user_groups: tuple[str | None, ...]
    friend_lists: tuple[str | None, ...]
    segments: tuple[str | None, ...]
    other_networks: tuple[Plmn | None, ...]

    @classmethod
    def of(cls, tariff: Tariff) -> Apart:
        """What the tariff's rules name."""
        asked = [rule.conditions for rule in tariff.rules]
        return cls(
            _named([one.rating_groups for one in asked]),
            _named([one.apns for one in asked]),
            _named([one.service_ids for one in asked]),
            (None, True, False) if any(one.on_net is not None for one in asked) else (None,),
            _named([one.closed_user_groups for one in asked]),
            _named([one.friend_lists for one in asked]),
            _named([one.segments for one in asked]),
            _named([one.other_networks for one in asked]),
        )


@dataclass(frozen=True, slots=True)
class Places:
    """Where a tariff's usage can go, each zone by a sample of its own, and what else its rules tell apart."""

    numbers: dict[str, str]
    networks: dict[str, tuple[Plmn | None, str | None]]
    apart: Apart

    @classmethod
    def of(cls, tariff: Tariff) -> Places:
        """A number and a network of each zone; zones that nothing falls into are left out."""
        known = next((places for seen, places in tuple(_seen) if seen is tariff), None)
        if known is None:
            known = cls._of(tariff)
            _seen.append((tariff, known))
        return known

    @classmethod
    def _of(cls, tariff: Tariff) -> Places:
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
        return cls(numbers, networks, Apart.of(tariff))


_seen: deque[tuple[Tariff, Places]] = deque(maxlen=8)
"""The tariffs that were looked at last: a carrier's deck brings thousands of zones, and each rule is asked about."""


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
    apart = places.apart
    kinds = conditions.usage_types or tuple(UsageType)
    numbers = conditions.number_zones or tuple(places.numbers)
    networks = conditions.network_zones or tuple(places.networks)
    groups: Sequence[int | None] = conditions.rating_groups or apart.rating_groups
    apns: Sequence[str | None] = conditions.apns or apart.apns
    services: Sequence[str | None] = conditions.service_ids or apart.services
    on_net: Sequence[bool | None] = apart.on_net if conditions.on_net is None else (conditions.on_net,)
    closed = conditions.closed_user_groups or apart.closed_user_groups
    friends = conditions.friend_lists or apart.friend_lists
    segments = conditions.segments or apart.segments
    others = conditions.other_networks or apart.other_networks
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
