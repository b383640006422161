"""Tariffs from text. What this version cannot price yet is refused by name; nothing is ignored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import require_currency
from linehouse.kernel.period import day_start
from linehouse.kernel.quantity import Unit
from linehouse.kernel.rounding import Rounding
from linehouse.rating.cost_text import read_exchange, require_cost_tariff
from linehouse.rating.errors import TariffLinkBroken
from linehouse.rating.example_text import parse_example
from linehouse.rating.marked import FieldSet, MarkedNode
from linehouse.rating.values import (
    UNKNOWN_ZONE,
    BandChange,
    Conditions,
    Direction,
    Due,
    Fee,
    Price,
    RoundTo,
    Rule,
    RuleEffect,
    Step,
    Tariff,
    TaxMode,
    UsageType,
    ZoneKind,
)
from linehouse.rating.week_cover import uncovered
from linehouse.rating.zone_text import ZoneSet, read_zones

TARIFF = FieldSet(
    "tariff",
    required=("tariff", "name", "version", "valid-from", "currency", "prices", "time-zone", "zones", "rules"),
    optional=("round", "band-change", "fallback", "lines", "examples", "covers-week", "cost-tariff", "exchange"),
    unbuilt=("attribute", "one-bucket", "counts", "packages", "period-charges", "corrections"),
)
ROUND = FieldSet("round", optional=("mode", "decimals"))
RULE = FieldSet("rule", required=("rule", "when", "price"), optional=("name", "line"))
WHEN = FieldSet(
    "condition",
    optional=(
        "usage-type", "direction", "number-zone", "network-zone", "time-band",
        "rating-group", "apn", "service-id", "on-net",
    ),
    unbuilt=("closed-user-group", "friends-and-family", "segment", "accumulated-usage", "dnn"),
)  # fmt: skip
PRICE = FieldSet(
    "price",
    required=("steps",),
    optional=("connect", "finish", "free", "minimum", "maximum"),
    unbuilt=("percent", "per", "volume", "counts", "aggregate", "invoice-at", "own-price"),
)
STEP = FieldSet(
    "step",
    required=("price", "unit"),
    optional=("from", "block", "flat", "overhang"),
    unbuilt=("per", "volume", "counts"),
)
FEE = FieldSet("fee", required=("amount",), optional=("due",))
MAXIMUM = FieldSet("maximum", required=("amount",), optional=("then",))


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
    if given["time-zone"].text() == "serving":
        given["time-zone"].fail("`time-zone: serving` is not supported by this version of Linehouse")
    zone = given["time-zone"].zone()
    day = given["valid-from"].day()
    zone_files = [_zone_file(item, zones) for item in given["zones"].many()]
    zone_set = read_zones(zone_files, day)
    if "covers-week" in given:
        _whole_week(given["covers-week"], zone_set)
    currency = _currency(given["currency"])
    lines = _lines(given["lines"]) if "lines" in given else {}
    rules = tuple(_rule(item, zone_set, currency, lines) for item in given["rules"].items())
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
        time_zone=zone,
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


def _number_zones(nodes: Iterable[MarkedNode], zones: ZoneSet) -> tuple[str, ...]:
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


def _rule(node: MarkedNode, zones: ZoneSet, currency: str, lines: Mapping[str, Mapping[str, str]]) -> Rule:
    given = node.mapping(RULE)
    key = given["rule"].key()
    conditions = parse_conditions(given["when"], zones)
    price_node = given["price"]
    effect, price = RuleEffect.PRICE, None
    if price_node.is_mapping:
        price = _price(price_node, currency, _unit_of(given["when"], conditions))
    else:
        effect = RuleEffect(price_node.choice((RuleEffect.FREE, RuleEffect.BLOCKED)))
    emergency = {zone.key for zone in zones.number_zones.values() if zone.kind is ZoneKind.EMERGENCY}
    if effect is not RuleEffect.FREE and emergency & set(conditions.number_zones):
        price_node.fail("emergency numbers are free and never blocked: this would never be asked", "`price: free`")
    name = given["name"].text() if "name" in given else key
    line = given["line"].choice(lines) if "line" in given else ""
    return Rule(key=key, name=name, conditions=conditions, effect=effect, price=price, line=line)


def _unit_of(node: MarkedNode, conditions: Conditions) -> Unit:
    """A price counts in one unit, so the rule must say for which usage it is."""
    units = {usage.unit for usage in conditions.usage_types}
    if len(units) != 1:
        node.fail("a rule with a price needs `usage-type`, all counted in one unit", ", ".join(UsageType))
    return units.pop()


def parse_conditions(node: MarkedNode, zones: ZoneSet) -> Conditions:
    """The conditions of a rule, or one clause of a scope. Raises SourceTextInvalid."""
    given = node.mapping(WHEN)

    def words(key: str, choices: Iterable[str]) -> tuple[str, ...]:
        allowed = tuple(choices)
        return tuple(item.choice(allowed) for item in given[key].many()) if key in given else ()

    def texts(key: str) -> tuple[str, ...]:
        return tuple(item.text() for item in given[key].many()) if key in given else ()

    groups = given["rating-group"].many() if "rating-group" in given else ()
    return Conditions(
        usage_types=tuple(UsageType(word) for word in words("usage-type", UsageType)),
        directions=tuple(Direction(word) for word in words("direction", Direction)),
        number_zones=_number_zones(given["number-zone"].many(), zones) if "number-zone" in given else (),
        network_zones=words("network-zone", (*zones.network_zones, UNKNOWN_ZONE)),
        time_bands=words("time-band", zones.time_bands),
        rating_groups=tuple(item.integer(0) for item in groups),
        apns=tuple(text.lower() for text in texts("apn")),
        service_ids=texts("service-id"),
        on_net=given["on-net"].boolean() if "on-net" in given else None,
    )


def _price(node: MarkedNode, currency: str, unit: Unit) -> Price:
    given = node.mapping(PRICE)
    minimum = given["minimum"].micros(currency) if "minimum" in given else None
    maximum = _maximum(given["maximum"], currency) if "maximum" in given else None
    if minimum is not None and maximum is not None and maximum < minimum:
        given["maximum"].fail("the maximum is below the minimum")
    return Price(
        steps=_steps(given["steps"], currency, unit),
        connect=_fee(given["connect"], currency) if "connect" in given else None,
        finish=_fee(given["finish"], currency) if "finish" in given else None,
        free=given["free"].quantity(unit).amount if "free" in given else 0,
        minimum=minimum,
        maximum=maximum,
    )


def _fee(node: MarkedNode, currency: str) -> Fee:
    if not node.is_mapping:
        return Fee(node.micros(currency))
    given = node.mapping(FEE)
    due = Due(given["due"].choice(Due)) if "due" in given else Due.CHARGED
    return Fee(given["amount"].micros(currency), due)


def _maximum(node: MarkedNode, currency: str) -> int:
    if not node.is_mapping:
        return node.micros(currency)
    given = node.mapping(MAXIMUM)
    if "then" in given and given["then"].choice(("free", "disconnect")) == "disconnect":
        given["then"].fail("`then: disconnect` is not supported by this version of Linehouse")
    return given["amount"].micros(currency)


def _steps(node: MarkedNode, currency: str, unit: Unit) -> tuple[Step, ...]:
    items = node.items()
    steps = [_step(item, currency, unit) for item in items]
    if not steps:
        node.fail("a price needs at least one step")
    if steps[0].start != 0:
        items[0].fail("the first step begins at 0", "no `from`, or `from: 0`")
    for item, step, after in zip(items, steps, [*steps[1:], None], strict=True):
        if after is None:
            continue
        length = after.start - step.start
        if length <= 0:
            item.fail("steps begin one after the other", "`from` in ascending order")
        if length % step.block and not step.overhang:
            item.fail("the step's length is no multiple of its block", "another `block`, or `overhang: pay`")
    return tuple(steps)


def _step(node: MarkedNode, currency: str, unit: Unit) -> Step:
    given = node.mapping(STEP)
    priced = given["unit"].quantity(unit)
    if priced.amount <= 0:
        given["unit"].fail("a unit is more than nothing")
    counted_one_by_one = unit in {Unit.MESSAGE, Unit.EVENT}
    if "block" not in given and not counted_one_by_one:
        node.fail("a step needs `block`: what is paid in full once it has begun", "`block: 1 s` or `block: 1 MB`")
    block = given["block"].quantity(unit).amount if "block" in given else 1
    if block <= 0:
        given["block"].fail("a block is more than nothing")
    start = 0
    if "from" in given and given["from"].text() != "0":
        start = given["from"].quantity(unit).amount
    overhang = "overhang" in given and given["overhang"].choice(("pay",)) == "pay"
    return Step(
        start=start,
        price=given["price"].micros(currency),
        unit=priced.amount,
        block=block,
        flat=given["flat"].micros(currency) if "flat" in given else 0,
        overhang=overhang,
    )
