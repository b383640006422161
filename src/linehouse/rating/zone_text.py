"""Zones and time bands from a file: number zones, network zones, time bands, by key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from linehouse.kernel.error import DomainError
from linehouse.kernel.numbering import Plmn
from linehouse.rating.band_text import parse_band
from linehouse.rating.countries import (
    GROUPS,
    country_of_mcc,
    group,
    known_countries,
    mobile_countries,
    prefixes_of,
    with_prefixes,
)
from linehouse.rating.marked import FieldSet, MarkedNode
from linehouse.rating.prefix_deck import E164, PREFIX, PrefixesNode
from linehouse.rating.values import UNKNOWN_ZONE, NetworkZone, NumberZone, TimeBand, ZoneKind

ZONE_FILE = FieldSet("zone file", optional=("number-zones", "network-zones", "time-bands"))
NUMBER_ZONE = FieldSet(
    "number zone",
    required=("name",),
    optional=("kind", "prefixes", "short-codes", "countries", "groups", "except", "others", "networks"),
)
NETWORK_ZONE = FieldSet(
    "network zone",
    required=("name",),
    optional=("plmns", "countries", "groups", "except", "others"),
)
_SHORT = re.compile(r"^\d{2,6}$")


@dataclass(frozen=True, slots=True)
class ZoneSet:
    """All zones that a tariff may name, each prefix, short code, network and country in at most one of them."""

    number_zones: Mapping[str, NumberZone] = field(default_factory=dict)
    network_zones: Mapping[str, NetworkZone] = field(default_factory=dict)
    time_bands: Mapping[str, TimeBand] = field(default_factory=dict)


def read_zones(files: Iterable[MarkedNode], day: date) -> ZoneSet:
    """Read zone files together, groups of countries as they stand on ``day``.

    Raises SourceTextInvalid: an unknown country or group, a zone key twice, or one prefix, short code, network or
    country in two zones.
    """
    numbers: dict[str, MarkedNode] = {}
    networks: dict[str, MarkedNode] = {}
    bands: dict[str, MarkedNode] = {}
    for file in files:
        parts = file.mapping(ZONE_FILE)
        for name, found in (("number-zones", numbers), ("network-zones", networks), ("time-bands", bands)):
            for key, node in parts[name].keyed().items() if name in parts else ():
                if key in found or key == UNKNOWN_ZONE:
                    node.fail(f"the key {key!r} is taken")
                found[key] = node
    return ZoneSet(
        _number_zones(numbers, day),
        _network_zones(networks, day),
        {key: parse_band(key, node, day) for key, node in bands.items()},
    )


def _number_zones(nodes: Mapping[str, MarkedNode], day: date) -> dict[str, NumberZone]:
    zones: dict[str, NumberZone] = {}
    taken: dict[str, str] = {}
    ported: dict[str, str] = {}
    countries = _countries_by_zone(nodes, NUMBER_ZONE, day, with_prefixes(known_countries()))
    for key, node in nodes.items():
        given = node.mapping(NUMBER_ZONE)
        prefixes = _prefixes(given.get("prefixes"))
        prefixes |= {prefix for land in countries[key] for prefix in prefixes_of(land)}
        codes = {_matching(item, _SHORT, "2 to 6 digits") for item in _many(given, "short-codes")}
        networks = {_plmn(item) for item in _many(given, "networks")}
        kind = ZoneKind(given["kind"].choice(ZoneKind)) if "kind" in given else None
        _claim(taken, prefixes | {f"short code {code}" for code in codes}, key, node)
        _claim(ported, {f"network {network}" for network in networks}, key, node)
        if not prefixes and not codes and not networks:
            node.fail(f"zone {key!r} is empty", "prefixes, short-codes, countries, groups or networks")
        if kind is ZoneKind.SHORT_CODE and prefixes:
            given["kind"].fail("a zone of short codes has no prefixes", '`short-codes: ["1200"]`')
        zones[key] = NumberZone(
            key=key,
            name=given["name"].text(),
            prefixes=prefixes,
            short_codes=frozenset(codes),
            countries=frozenset(countries[key]),
            kind=kind,
            networks=frozenset(networks),
        )
    return zones


def _prefixes(node: MarkedNode | None) -> frozenset[str]:
    if node is None:
        return frozenset()
    if isinstance(node, PrefixesNode):
        return node.prefixes
    return frozenset(_matching(item, PREFIX, E164) for item in node.many())


def _network_zones(nodes: Mapping[str, MarkedNode], day: date) -> dict[str, NetworkZone]:
    zones: dict[str, NetworkZone] = {}
    taken: dict[str, str] = {}
    countries = _countries_by_zone(nodes, NETWORK_ZONE, day, mobile_countries())
    for key, node in nodes.items():
        given = node.mapping(NETWORK_ZONE)
        plmns = {_plmn(item) for item in _many(given, "plmns")}
        _claim(taken, {str(plmn) for plmn in plmns} | countries[key], key, node)
        if not plmns and not countries[key]:
            node.fail(f"zone {key!r} is empty", "plmns, countries or groups")
        zones[key] = NetworkZone(
            key=key, name=given["name"].text(), plmns=frozenset(plmns), countries=frozenset(countries[key])
        )
    return zones


def _countries_by_zone(
    nodes: Mapping[str, MarkedNode], fields: FieldSet, day: date, usable: frozenset[str]
) -> dict[str, set[str]]:
    """The countries of each zone; ``others`` takes what no zone of the tariff names."""
    found: dict[str, set[str]] = {}
    rest: list[str] = []
    for key, node in nodes.items():
        given = node.mapping(fields)
        countries = {_country(item) for item in _many(given, "countries")}
        for item in _many(given, "groups"):
            countries |= group(item.choice(GROUPS), day) & usable
        countries -= {_country(item) for item in _many(given, "except")}
        if "others" in given and given["others"].boolean():
            rest.append(key)
        found[key] = countries
    if len(rest) > 1:
        nodes[rest[1]].fail(f"zones {rest[0]!r} and {rest[1]!r} both take all others")
    if rest:
        named = set().union(*found.values())
        excluded = {_country(item) for item in _many(nodes[rest[0]].mapping(fields), "except")}
        found[rest[0]] |= usable - named - excluded
    return found


def _claim(taken: dict[str, str], values: AbstractSet[str], key: str, node: MarkedNode) -> None:
    if twice := taken.keys() & values:
        value = min(twice)
        node.fail(f"{value} is in zone {taken[value]!r} and in zone {key!r}", "each in one zone only")
    taken.update(dict.fromkeys(values, key))


def _many(given: Mapping[str, MarkedNode], key: str) -> tuple[MarkedNode, ...]:
    return given[key].many() if key in given else ()


def _matching(node: MarkedNode, pattern: re.Pattern[str], expected: str) -> str:
    text = node.text()
    if not pattern.match(text):
        node.fail(f"{text!r} does not fit", expected)
    return text


def _country(node: MarkedNode) -> str:
    text = node.text()
    if text not in known_countries():
        node.fail(f"{text!r} is no country", "an ISO 3166-1 code such as NL")
    return text


def _plmn(node: MarkedNode) -> Plmn:
    try:
        plmn = Plmn.parse(node.text())
    except DomainError as problem:
        node.fail(problem.message, "MCC-MNC such as 204-04")
    if country_of_mcc(plmn.mcc) is None:
        node.fail(f"no country has the MCC {plmn.mcc}", "a mobile country code of ITU-T E.212")
    return plmn
