"""Conditions from text: of a rule, of a counter, of one line of an allowance's scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from linehouse.kernel.error import DomainError
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.quantity import Unit
from linehouse.rating.marked import FieldSet, MarkedNode
from linehouse.rating.values import (
    UNKNOWN_ZONE,
    Accumulated,
    Conditions,
    Counter,
    Counts,
    Direction,
    UsageType,
    ZoneKind,
)
from linehouse.rating.zone_text import ZoneSet

WHEN = FieldSet(
    "condition",
    optional=(
        "usage-type", "direction", "number-zone", "network-zone", "time-band", "rating-group", "apn", "dnn",
        "service-id", "on-net", "closed-user-group", "friends-and-family", "segment", "ported-to", "accumulated-usage",
    ),
    elsewhere=(("zone", "`number-zone` for who is called, `network-zone` for where the subscriber is"),),
)  # fmt: skip
ACCUMULATED = FieldSet("accumulated usage", required=("counter",), optional=("from", "below"))
COUNTER = FieldSet("counter", required=("of",), optional=("name", "counts"))


def parse_conditions(node: MarkedNode, zones: ZoneSet, counters: Mapping[str, Counter] | None = None) -> Conditions:
    """The conditions of a rule, or one clause of a scope. Raises SourceTextInvalid."""
    given = node.mapping(WHEN)

    def words(key: str, choices: Iterable[str]) -> tuple[str, ...]:
        allowed = tuple(choices)
        return _each(given, key, lambda item: item.choice(allowed))

    def texts(*keys: str) -> tuple[str, ...]:
        return tuple(text for key in keys for text in _each(given, key, MarkedNode.text))

    groups = given["rating-group"].many() if "rating-group" in given else ()
    accumulated = given.get("accumulated-usage")
    return Conditions(
        usage_types=tuple(UsageType(word) for word in words("usage-type", UsageType)),
        directions=tuple(Direction(word) for word in words("direction", Direction)),
        number_zones=_number_zones(given["number-zone"].many(), zones) if "number-zone" in given else (),
        network_zones=words("network-zone", (*zones.network_zones, UNKNOWN_ZONE)),
        time_bands=words("time-band", zones.time_bands),
        rating_groups=tuple(item.integer(0) for item in groups),
        apns=tuple(text.lower() for text in texts("apn", "dnn")),
        service_ids=texts("service-id"),
        on_net=given["on-net"].boolean() if "on-net" in given else None,
        closed_user_groups=_each(given, "closed-user-group", MarkedNode.key),
        friend_lists=_each(given, "friends-and-family", MarkedNode.key),
        segments=_each(given, "segment", MarkedNode.key),
        other_networks=_networks(given["ported-to"]) if "ported-to" in given else (),
        accumulated=_accumulated(accumulated, counters or {}) if accumulated is not None else None,
    )


def read_counters(node: MarkedNode, zones: ZoneSet) -> dict[str, Counter]:
    """What a tariff counts in a period, by key. Raises SourceTextInvalid."""
    found = {}
    for key, item in node.keyed().items():
        given = item.mapping(COUNTER)
        what = parse_conditions(given["of"], zones)
        if what.time_bands or what.accumulated is not None:
            given["of"].fail("a counter counts whole events, at any time", "no `time-band` and no `accumulated-usage`")
        unit_of(given["of"], what, "a counter")
        found[key] = Counter(
            key=key,
            name=given["name"].text() if "name" in given else key,
            what=what,
            counts=Counts(given["counts"].choice(Counts)) if "counts" in given else Counts.CHARGED,
        )
    return found


def unit_of(node: MarkedNode, conditions: Conditions, who: str) -> Unit:
    """The one unit in which all that the conditions let through is counted."""
    units = {usage.unit for usage in conditions.usage_types}
    if len(units) != 1:
        node.fail(f"{who} needs `usage-type`, all counted in one unit", ", ".join(UsageType))
    return units.pop()


def _each(given: Mapping[str, MarkedNode], key: str, read: Callable[[MarkedNode], str]) -> tuple[str, ...]:
    return tuple(read(item) for item in given[key].many()) if key in given else ()


def _networks(node: MarkedNode) -> tuple[Plmn, ...]:
    found = []
    for item in node.many():
        try:
            found.append(Plmn.parse(item.text()))
        except DomainError as problem:
            item.fail(problem.message, "MCC-MNC such as 204-04")
    return tuple(found)


def _accumulated(node: MarkedNode, counters: Mapping[str, Counter]) -> Accumulated:
    given = node.mapping(ACCUMULATED)
    if not counters:
        given["counter"].fail("the tariff counts nothing yet", "`counters:` with what is counted in a period")
    counter = counters[given["counter"].choice(counters)]
    unit = counter.what.usage_types[0].unit
    start = given["from"].quantity(unit).amount if "from" in given else 0
    end = given["below"].quantity(unit).amount if "below" in given else None
    if "from" not in given and "below" not in given:
        node.fail("accumulated usage needs a bound", "`from: 10 GB`, `below: 10 GB`, or both")
    if end is not None and end <= start:
        given["below"].fail("the bounds leave nothing between them", "`below` above `from`")
    return Accumulated(counter=counter.key, start=start, end=end)


def _number_zones(nodes: Sequence[MarkedNode], zones: ZoneSet) -> tuple[str, ...]:
    """Zones by key; ``any premium`` is every zone of that kind."""
    kinds = {f"any {kind}": kind for kind in ZoneKind}
    found: dict[str, None] = {}
    for node in nodes:
        text = node.text()
        if not text.startswith("any "):
            found[node.choice((*zones.number_zones, UNKNOWN_ZONE))] = None
            continue
        kind = kinds[node.choice(kinds)]
        keys = [zone.key for zone in zones.number_zones.values() if zone.kind is kind]
        if not keys:
            node.fail(f"no zone has `kind: {kind}`", "the kind at a number zone")
        found.update(dict.fromkeys(keys))
    return tuple(found)
