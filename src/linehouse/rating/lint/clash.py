"""Rules that contradict each other, or themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from linehouse.kernel.money import Money
from linehouse.rating.lint.findings import Finding
from linehouse.rating.lint.profiles import Profiles
from linehouse.rating.lint.reach import probe_of
from linehouse.rating.price import price
from linehouse.rating.values import Conditions, Per, Rule, Tariff, Verdict


def overlaps(tariff: Tariff) -> Iterator[Finding]:
    """Pairs of rules that price some of the same usage, where neither is the exception from the other: which one
    counts is decided by their order alone."""
    for one, other in _pairs([rule for rule in tariff.rules if rule.price is not None]):
        # Friends who are colleagues, too, are an exception from an exception.
        if one.price == other.price or (_for_some(one) and _for_some(other)) or _apart(one, other):
            continue
        if not _within(one.conditions, other.conditions) and not _within(other.conditions, one.conditions):
            message = f"{one.name} and {other.name} both price {_common(one.conditions, other.conditions)}"
            yield Finding("overlap", other.key, f"{message}; the first of them counts")


def _for_some(rule: Rule) -> bool:
    asked = rule.conditions
    return bool(asked.friend_lists or asked.closed_user_groups or asked.segments or asked.on_net is not None)


def _pairs(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Every two rules, each in its order, that may meet: rules for different number zones never do."""
    everywhere = [place for place, rule in enumerate(rules) if not rule.conditions.number_zones]
    by_zone: dict[str, list[int]] = {}
    for place, rule in enumerate(rules):
        for zone in rule.conditions.number_zones:
            by_zone.setdefault(zone, []).append(place)
    for place, rule in enumerate(rules):
        zones = rule.conditions.number_zones
        others = {*everywhere, *(one for zone in zones for one in by_zone[zone])} if zones else range(len(rules))
        for other in sorted(one for one in others if one > place):
            yield rule, rules[other]


def _sets(conditions: Conditions) -> list[frozenset[object] | None]:
    """What each condition allows; None: everything."""
    lists = [frozenset(values) if values else None for values in conditions.lists]
    on_net = None if conditions.on_net is None else frozenset({conditions.on_net})
    used = None if conditions.accumulated is None else frozenset({conditions.accumulated})
    return [*lists, on_net, used]


def _apart(one: Rule, other: Rule) -> bool:
    """Whether no usage fits both."""
    if one.valid is not None and other.valid is not None:
        first, second = sorted((one.valid, other.valid), key=lambda period: period.start)
        if first.end is not None and first.end <= second.start:
            return True
    pairs = zip(_sets(one.conditions), _sets(other.conditions), strict=True)
    return any(mine is not None and theirs is not None and not mine & theirs for mine, theirs in pairs)


def _within(narrow: Conditions, wide: Conditions) -> bool:
    pairs = zip(_sets(narrow), _sets(wide), strict=True)
    return all(theirs is None or (mine is not None and mine <= theirs) for mine, theirs in pairs)


def _common(one: Conditions, other: Conditions) -> str:
    words = []
    for mine, theirs in zip(one.lists, other.lists, strict=True):
        shared = [value for value in mine if value in theirs] if mine and theirs else list(mine or theirs)
        words += [str(getattr(value, "value", value)) for value in shared[:3]]
    return ", ".join(words)


def exceptions(tariff: Tariff, profiles: Profiles) -> Iterator[Finding]:
    """Rules for friends, closed groups or the own network by which usage costs more than without them."""
    for rule in tariff.rules:
        asked = rule.conditions
        if rule.price is None or not (asked.friend_lists or asked.closed_user_groups or asked.on_net):
            continue
        probe = probe_of(rule, tariff)
        profile = profiles.get(probe.usage_type) if probe is not None else None
        if probe is None or profile is None:
            continue
        ours = replace(probe, quantity=profile.p50)
        plain = replace(ours, friend_lists=frozenset(), closed_user_groups=frozenset(), on_net=False)
        special, usual = price(tariff, ours), price(tariff, plain)
        if usual.verdict in (Verdict.PRICED, Verdict.FREE) and special.exact > usual.exact:
            what = f"{ours.used.human()} cost {special.total}, everybody else pays {usual.total}"
            yield Finding("dearer-exception", rule.key, f"{rule.name}: {what}")


def sums(tariff: Tariff) -> Iterator[Finding]:
    """Maxima that every event reaches."""
    for rule in tariff.rules:
        asked = rule.price
        if asked is None or asked.maximum is None or asked.per is not Per.EVENT:
            continue
        least = max(asked.minimum or 0, asked.connect.micros if asked.connect is not None else 0)
        if least >= asked.maximum:
            low, high = Money(least, tariff.currency), Money(asked.maximum, tariff.currency)
            yield Finding("fixed-sum", rule.key, f"{rule.name}: at least {low} and at most {high}")


def past(tariff: Tariff) -> Iterator[Finding]:
    """Rules that are over before the tariff begins."""
    for rule in tariff.rules:
        if rule.valid is not None and rule.valid.end is not None and rule.valid.end <= tariff.valid_from:
            day = rule.valid.end.astimezone(tariff.time_zone).date()
            yield Finding("past-rule", rule.key, f"{rule.name} ended on {day}, before the tariff begins")
