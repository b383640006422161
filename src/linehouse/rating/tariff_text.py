"""Tariffs from text. What this version cannot price yet is refused by name; nothing is ignored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import require_currency
from linehouse.kernel.period import Period, day_start
from linehouse.kernel.rounding import Rounding
from linehouse.rating.accepted_text import read_accepted
from linehouse.rating.condition_text import parse_conditions, read_counters, unit_of
from linehouse.rating.cost_text import read_exchange, require_cost_tariff
from linehouse.rating.errors import TariffLinkBroken
from linehouse.rating.example_text import parse_example
from linehouse.rating.marked import FieldSet, MarkedNode
from linehouse.rating.price_text import parse_price
from linehouse.rating.values import (
    Attribute,
    BandChange,
    Counter,
    Counts,
    RoundTo,
    Rule,
    RuleEffect,
    Tariff,
    TaxMode,
    ZoneKind,
)
from linehouse.rating.week_cover import uncovered
from linehouse.rating.zone_text import ZoneSet, read_zones

TARIFF = FieldSet(
    "tariff",
    required=("tariff", "name", "version", "valid-from", "currency", "prices", "time-zone", "zones", "rules"),
    optional=(
        "round", "band-change", "fallback", "lines", "examples", "covers-week", "cost-tariff", "exchange", "attribute",
        "one-bucket", "counts", "counters", "home-time-zone", "accepted",
    ),
    unbuilt=("period-charges",),
    elsewhere=(
        ("corrections", "in the feed of the source that sends them"),
        ("packages", "`package: 100 MB` in a price's `steps`"),
        ("time-bands", "in a zone file"),
    ),
)  # fmt: skip
ROUND = FieldSet("round", optional=("mode", "decimals"))
RULE = FieldSet("rule", required=("rule", "when", "price"), optional=("name", "line", "valid", "regulated"))
VALID = FieldSet("time of a rule", optional=("from", "until"))


def read_tariffs(tariffs: Iterable[MarkedNode], zones: Mapping[str, MarkedNode]) -> dict[str, Tariff]:
    """Read tariff files with the zone files that they name, and link their fallbacks.

    Raises SourceTextInvalid and TariffLinkBroken. Examples are kept, not run: see ``failed_examples``.
    """
    found: dict[str, Tariff] = {}
    for node in tariffs:
        tariff = parse_tariff(node, zones)
        if tariff.key in found:
            node.fail(f"tariff {tariff.key!r} is already written in {found[tariff.key].source}")
        found[tariff.key] = tariff
    return link(found)


def link(tariffs: Mapping[str, Tariff]) -> dict[str, Tariff]:
    """Put each fallback in its place. Raises TariffLinkBroken: unknown, in a circle, or in another currency."""
    linked: dict[str, Tariff] = {}

    def resolve(key: str, asked: tuple[str, ...]) -> Tariff:
        if key in asked:
            raise TariffLinkBroken(
                f"tariffs fall back in a circle: {' → '.join((*asked, key))}", field="fallback", value=key
            )
        if key in linked:
            return linked[key]
        tariff = tariffs.get(key)
        if tariff is None:
            raise TariffLinkBroken(
                f"tariff {asked[-1]!r} falls back to {key!r}, which does not exist", field="fallback", value=key
            )
        if tariff.fallback_key is not None:
            fallback = resolve(tariff.fallback_key, (*asked, key))
            if (fallback.currency, fallback.tax_mode) != (tariff.currency, tariff.tax_mode):
                raise TariffLinkBroken(
                    f"tariff {key!r} and its fallback {fallback.key!r} differ in currency or tax",
                    field="fallback",
                    value=key,
                )
            tariff = replace(tariff, fallback=fallback)
        if tariff.cost_key is not None:
            require_cost_tariff(tariff, tariffs)
            tariff = replace(tariff, cost=resolve(tariff.cost_key, (*asked, key)))
        linked[key] = tariff
        return tariff

    for key in tariffs:
        resolve(key, ())
    return linked


def parse_tariff(node: MarkedNode, zones: Mapping[str, MarkedNode]) -> Tariff:
    """One tariff file. ``zones`` holds the zone files by the names that tariffs use. Raises SourceTextInvalid."""
    given = node.mapping(TARIFF)
    serving, zone = _time_zone(given)
    day = given["valid-from"].day()
    zone_files = [_zone_file(item, zones) for item in given["zones"].many()]
    zone_set = read_zones(zone_files, day)
    if "covers-week" in given:
        _whole_week(given["covers-week"], zone_set)
    currency = _currency(given["currency"])
    lines = _lines(given["lines"]) if "lines" in given else {}
    counters = read_counters(given["counters"], zone_set) if "counters" in given else {}
    around = _Around(zone_set, currency, zone, lines, counters)
    rules = tuple(_rule(item, around) for item in given["rules"].items())
    if not rules:
        given["rules"].fail("a tariff needs at least one rule")
    seen: dict[str, int] = {}
    for item, rule in zip(given["rules"].items(), rules, strict=True):
        if rule.key in seen:
            item.fail(f"rule {rule.key!r} is already written on line {seen[rule.key]}")
        seen[rule.key] = item.line
    tariff = Tariff(
        key=given["tariff"].key(),
        name=given["name"].text(),
        version=given["version"].text(),
        valid_from=day_start(day, zone),
        currency=currency,
        tax_mode=TaxMode(given["prices"].choice(TaxMode)),
        accepted=read_accepted(given["accepted"]) if "accepted" in given else (),
        time_zone=zone,
        serving_time=serving,
        attribute=Attribute(given["attribute"].choice(Attribute)) if "attribute" in given else Attribute.GRANT,
        one_bucket="one-bucket" in given and given["one-bucket"].boolean(),
        period_counts=Counts(given["counts"].choice(Counts)) if "counts" in given else Counts.CHARGED,
        counters=counters,
        rules=rules,
        number_zones=zone_set.number_zones,
        network_zones=zone_set.network_zones,
        time_bands=zone_set.time_bands,
        round_to=_round(given.get("round")),
        band_change=BandChange(given["band-change"].choice(BandChange)) if "band-change" in given else BandChange.BLOCK,
        lines=lines,
        fallback_key=given["fallback"].key() if "fallback" in given else None,
        cost_key=given["cost-tariff"].key() if "cost-tariff" in given else None,
        exchange=read_exchange(given["exchange"], currency, zone) if "exchange" in given else (),
        source=f"{node.source}:{node.line}",
    )
    examples = given["examples"].items() if "examples" in given else ()
    return replace(tariff, examples=tuple(parse_example(item, tariff) for item in examples))


def _zone_file(node: MarkedNode, zones: Mapping[str, MarkedNode]) -> MarkedNode:
    return zones[node.choice(zones)]


def _whole_week(node: MarkedNode, zones: ZoneSet) -> None:
    """The bands that are named share out the week: refused with the first hours that are in none or in two."""
    bands = [zones.time_bands[item.choice(zones.time_bands)] for item in node.many()]
    if wrong := next(uncovered(bands), None):
        node.fail(f"the bands do not share out the week: {wrong}", "every hour in one of them, none in two")


def _currency(node: MarkedNode) -> str:
    try:
        return require_currency(node.text())
    except DomainError as problem:
        node.fail(problem.message, problem.expected)


def _round(node: MarkedNode | None) -> RoundTo:
    if node is None:
        return RoundTo()
    given = node.mapping(ROUND)
    mode = Rounding(given["mode"].choice(Rounding)) if "mode" in given else Rounding.HALF_UP
    decimals = given["decimals"].integer(0) if "decimals" in given else 6
    if decimals > 6:
        given["decimals"].fail("amounts have at most six decimals", "0 to 6")
    return RoundTo(mode, decimals)


def _lines(node: MarkedNode) -> dict[str, Mapping[str, str]]:
    """Invoice lines: each with its text by language (BCP 47 primary tags)."""
    found: dict[str, Mapping[str, str]] = {}
    for key, texts in node.keyed().items():
        found[key] = texts.by_language()
        if not found[key]:
            texts.fail(f"line {key!r} has no text", "`en: …`")
    return found


@dataclass(frozen=True, slots=True)
class _Around:
    """What a rule may refer to."""

    zones: ZoneSet
    currency: str
    zone: ZoneInfo
    lines: Mapping[str, Mapping[str, str]]
    counters: Mapping[str, Counter]


def _rule(node: MarkedNode, around: _Around) -> Rule:
    given = node.mapping(RULE)
    key = given["rule"].key()
    zones = around.zones
    conditions = parse_conditions(given["when"], zones, around.counters)
    price_node = given["price"]
    effect, price = RuleEffect.PRICE, None
    if price_node.is_mapping:
        unit = unit_of(given["when"], conditions, "a rule with a price")
        price = parse_price(price_node, around.currency, unit, around.counters)
    else:
        effect = RuleEffect(price_node.choice((RuleEffect.FREE, RuleEffect.BLOCKED)))
    named = (zones.number_zones.get(zone) for zone in conditions.number_zones)
    emergency = any(zone is not None and zone.kind is ZoneKind.EMERGENCY for zone in named)
    if effect is not RuleEffect.FREE and emergency:
        price_node.fail("emergency numbers are free and never blocked: this would never be asked", "`price: free`")
    return Rule(
        key=key,
        name=given["name"].text() if "name" in given else key,
        conditions=conditions,
        effect=effect,
        price=price,
        line=given["line"].choice(around.lines) if "line" in given else "",
        valid=_valid(given["valid"], around.zone) if "valid" in given else None,
        regulated=given["regulated"].key() if "regulated" in given else "",
    )


def _valid(node: MarkedNode, zone: ZoneInfo) -> Period:
    """A price for a time: from a day on, until (not including) another."""
    given = node.mapping(VALID)
    if "from" not in given:
        node.fail("a price for a time begins some day", "`from: 2026-07-01`")
    start = day_start(given["from"].day(), zone)
    end = day_start(given["until"].day(), zone) if "until" in given else None
    if end is not None and end <= start:
        given["until"].fail("the time ends before it begins", "a later day; the day itself is the first one without")
    return Period(start, end)


def _time_zone(given: Mapping[str, MarkedNode]) -> tuple[bool, ZoneInfo]:
    """Whether the offset that came with a record counts, and the zone that counts otherwise."""
    node = given["time-zone"]
    if node.text() != "serving":
        if "home-time-zone" in given:
            given["home-time-zone"].at_key.fail("the tariff has one time zone", "`time-zone: serving`, or no such line")
        return False, node.zone()
    if "home-time-zone" not in given:
        node.fail("records may come without an offset", "`home-time-zone: Europe/Amsterdam`, which counts then")
    return True, given["home-time-zone"].zone()
