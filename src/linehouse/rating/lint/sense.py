"""What contradicts itself, or does nothing: steps, zones, bands, lines, examples."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from linehouse.kernel.numbering import Plmn
from linehouse.rating.countries import prefixes_of
from linehouse.rating.example_run import event_of
from linehouse.rating.lint.findings import Finding
from linehouse.rating.matching import Facts, candidates
from linehouse.rating.values import Per, Price, RuleEffect, Tariff, ZoneKind

_TOO_STEEP = 10


def steps(tariff: Tariff) -> Iterator[Finding]:
    """Steps that are never reached, and steps whose price leaps."""
    for rule in tariff.rules:
        price = rule.price
        if price is None or not price.steps:
            continue
        if price.maximum is not None and price.per is Per.EVENT:
            for start in _beyond_maximum(price, price.maximum):
                message = f"{rule.name}: the maximum is reached before the step from {start} begins"
                yield Finding("never-step", rule.key, message)
        prices = [Fraction(step.price, step.unit) for step in price.steps if step.price]
        if prices and max(prices) > _TOO_STEEP * min(prices):
            low, high = min(prices), max(prices)
            message = f"{rule.name}: one step costs {high / low!s} times as much as another"
            yield Finding("falling-price", rule.key, message)


def _beyond_maximum(price: Price, maximum: int) -> Iterator[int]:
    paid = Fraction(price.connect.micros if price.connect is not None else 0)
    for step, after in zip(price.steps, [*price.steps[1:], None], strict=True):
        if paid >= maximum and step.start:
            yield step.start
        if after is not None:
            paid += step.flat + Fraction((after.start - step.start) * step.price, step.unit)


def unused(tariff: Tariff, also: tuple[Tariff, ...] = ()) -> Iterator[Finding]:
    """Zones, bands and lines that nobody asks for; ``also`` are tariffs that share the zones."""
    chain = list(_chain(tariff))
    asked = [rule.conditions for one in (*chain, *also) for rule in one.rules]
    numbers = {key for one in asked for key in one.number_zones}
    networks = {key for one in asked for key in one.network_zones}
    bands = {key for one in asked for key in one.time_bands}
    open_to_all = any(not one.number_zones for one in asked)
    for key, zone in tariff.number_zones.items():
        if key not in numbers and not open_to_all:
            yield Finding("unused-zone", "", f"no rule asks for number zone {zone.name} ({key})")
    for key, network in tariff.network_zones.items():
        if key not in networks and not any(not one.network_zones for one in asked):
            yield Finding("unused-zone", "", f"no rule asks for network zone {network.name} ({key})")
    for key, band in tariff.time_bands.items():
        if key not in bands:
            yield Finding("unused-band", "", f"no rule asks for time band {band.name} ({key})")
    own = {rule.line for rule in tariff.rules}
    for line in tariff.lines:
        if line not in own and line != "included":
            yield Finding("unused-line", "", f"no rule belongs to the invoice line {line!r}")


def bands(tariff: Tariff) -> Iterator[Finding]:
    """Bands that never hold."""
    first = tariff.valid_from.astimezone(tariff.time_zone).date()
    for key, band in tariff.time_bands.items():
        if not band.windows and not band.dates:
            yield Finding("empty-band", "", f"time band {band.name} ({key}) holds at no time")
        elif not band.windows and max(band.dates) < first:
            yield Finding("stale-holidays", "", f"every day of time band {band.name} ({key}) is past on {first}")


def strange_prefixes(tariff: Tariff, home_country: str) -> Iterator[Finding]:
    """Prefixes of other countries in zones of toll-free, paid, mobile or fixed numbers at home.

    A zone is at home where most of its prefixes are.
    """
    home = tuple(prefixes_of(home_country))
    for key, zone in tariff.number_zones.items():
        if zone.countries or len(zone.prefixes) < 1 or (zone.kind is None and len(zone.prefixes) < 2):
            continue
        abroad = sorted(prefix for prefix in zone.prefixes if not prefix.startswith(home))
        kinds = zone.kind is not None and zone.kind is not ZoneKind.SATELLITE
        if abroad and (2 * len(abroad) < len(zone.prefixes) or kinds):
            message = f"number zone {zone.name} ({key}) holds {', '.join(abroad[:5])}, which is not in {home_country}"
            yield Finding("strange-prefix", "", message)


def home_network(tariff: Tariff, network: Plmn) -> Iterator[Finding]:
    """Whether the network at home is named by a zone: by its country alone it shares the zone of every other one."""
    if tariff.network_zones and network not in tariff.plmn_index:
        yield Finding("home-network", "", f"no network zone names {network}, the network at home")


def lines(tariff: Tariff) -> Iterator[Finding]:
    """Rules that charge under no invoice line, where the tariff has some."""
    if not tariff.lines:
        return
    for rule in tariff.rules:
        if rule.effect is RuleEffect.PRICE and not rule.line:
            yield Finding("no-line", rule.key, f"{rule.name} charges and names no invoice line")


def examples(tariff: Tariff) -> Iterator[Finding]:
    """Rules that charge and that no example touches."""
    touched: set[tuple[str, str]] = set()
    for example in tariff.examples:
        event = event_of(example)
        found = next((one for one in candidates(Facts.of(tariff, event)) if one.holds(event.started_at)), None)
        if found is not None:
            touched.add((found.tariff.key, found.rule.key))
    for rule in tariff.rules:
        if rule.effect is RuleEffect.PRICE and (tariff.key, rule.key) not in touched:
            yield Finding("no-example", rule.key, f"{rule.name} has no example of what it costs")


def _chain(tariff: Tariff) -> Iterator[Tariff]:
    seen: Tariff | None = tariff
    while seen is not None:
        yield seen
        seen = seen.fallback
