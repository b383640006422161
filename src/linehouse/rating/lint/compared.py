"""What a tariff says otherwise than the version before it, where that is rarely meant: leaps, losses.

Told once, between two versions; the new one may be right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.lint.findings import Finding
from linehouse.rating.lint.profiles import LENGTHS
from linehouse.rating.lint.reach import probe_of
from linehouse.rating.price import price
from linehouse.rating.values import Conditions, Price, RoundTo, Rule, RuleEffect, Tariff, UsageEvent, UsageType, Verdict
from linehouse.rating.zones import match_number

_COARSER = 10
"""By which factor a block may change before it is told."""


def compared(before: Tariff, after: Tariff, jump: Fraction) -> Iterator[Finding]:
    """What changed by more than somebody may have meant. ``jump`` is the factor from which a price is told."""
    old = {rule.key: rule for rule in before.rules}
    if before.currency != after.currency or before.tax_mode is not after.tax_mode:
        message = (
            f"{after.name} was in {before.currency}, {before.tax_mode}; it is in {after.currency}, {after.tax_mode}"
        )
        yield Finding("price-jump", "", message)
        return
    for rule in after.rules:
        was = old.get(rule.key)
        if was is None:
            continue
        yield from _leaps(was, rule, before, after, jump)
        yield from _blocks(was, rule)
        yield from _effects(was, rule)
        yield from _rests(was, rule)
    yield from _terms(before, after)
    yield from _lost_rules(before, after)
    yield from _lost_numbers(before, after)
    yield from _lost_examples(before, after)


def _leaps(was: Rule, rule: Rule, before: Tariff, after: Tariff, jump: Fraction) -> Iterator[Finding]:
    """The price of some part, or of usual usage as a whole, by the factor or more."""
    if was.price is None or rule.price is None:
        return
    told = next(_of_parts(was.price, rule.price, jump, rule, after.currency), None)
    if told is None:
        told = next(_of_usage(rule, before, after, jump), None)
    if told is not None:
        yield Finding("price-jump", rule.key, f"{rule.name}: {told}")


def _of_parts(was: Price, now: Price, jump: Fraction, rule: Rule, currency: str) -> Iterator[str]:
    yield from _amounts(was, now, jump, currency)
    yield from _lost_parts(was, now, currency)
    for name in ("volume", "per", "counts", "counter", "free", "at_maximum"):
        before, after = getattr(was, name), getattr(now, name)
        if before != after:
            yield f"`{name.replace('_', ' ')}` was {_said(before)} and is {_said(after)}"
    unit = (rule.conditions.usage_types or (UsageType.EVENT,))[0].unit
    for old, new in zip(was.steps, now.steps, strict=False):
        if old.start and new.start and _leapt(Fraction(old.start), Fraction(new.start), jump):
            yield f"the step from {_length(old.start, unit)} begins at {_length(new.start, unit)}"


def _amounts(was: Price, now: Price, jump: Fraction, currency: str) -> Iterator[str]:
    for number, (one, other) in enumerate(zip(was.steps, now.steps, strict=False), 1):
        before, after = Fraction(one.price, one.unit), Fraction(other.price, other.unit)
        if _leapt(before, after, jump):
            # Both in the new price's unit, so that they compare.
            amounts = f"{_amount(before * other.unit, currency)} becomes {_amount(after * other.unit, currency)}"
            yield f"price of step {number}: {amounts}"
    new = dict(_figures(now))
    for what, old in _figures(was):
        if what in new and _leapt(old, new[what], jump):
            shares = f"{_percent(old)} becomes {_percent(new[what])}"
            amounts = f"{_amount(old, currency)} becomes {_amount(new[what], currency)}"
            yield f"{what}: {shares if what.startswith('share of') else amounts}"


def _lost_parts(was: Price, now: Price, currency: str) -> Iterator[str]:
    for name, gone in (("maximum", was.maximum), ("minimum", was.minimum)):
        if gone is not None and getattr(now, name) is None:
            yield f"the {name} of {Money(gone, currency)} is gone"
    if len(now.steps) < len(was.steps):
        yield f"{len(was.steps)} steps become {len(now.steps)}"
    if was.connect is not None and was.connect.micros and now.connect is None:
        yield f"the connection fee of {Money(was.connect.micros, currency)} is gone"
    if was.percent is not None and now.percent is not None:
        for name in ("free_events", "free_amount"):
            before, after = getattr(was.percent, name), getattr(now.percent, name)
            if before != after:
                yield f"`{name.replace('_', '-')}` of the share was {_said(before)} and is {_said(after)}"


def _figures(price: Price) -> Iterator[tuple[str, Fraction]]:
    for number, step in enumerate(price.steps, 1):
        yield f"sum at the start of step {number}", Fraction(step.flat)
    for name, fee in (("connection fee", price.connect), ("fee at the end", price.finish)):
        if fee is not None:
            yield name, Fraction(fee.micros)
    for name, bound in (("minimum", price.minimum), ("maximum", price.maximum)):
        if bound is not None:
            yield name, Fraction(bound)
    if price.percent is not None:
        yield "share of the amount", price.percent.rate


def _leapt(old: Fraction, new: Fraction, jump: Fraction) -> bool:
    if not old or not new:
        return old != new
    return new >= old * jump or old >= new * jump


def _of_usage(rule: Rule, before: Tariff, after: Tariff, jump: Fraction) -> Iterator[str]:
    probe = probe_of(rule, after)
    if probe is None:
        return
    for length in LENGTHS.get(probe.usage_type, ()):
        event = replace(probe, quantity=length)
        old, new = price(before, event), price(after, event)
        if (
            old.verdict is Verdict.PRICED
            and new.verdict is Verdict.PRICED
            and _leapt(Fraction(old.exact), Fraction(new.exact), jump)
        ):
            yield f"{event.used.human()} cost {old.total} and will cost {new.total}"


def _amount(micros: Fraction, currency: str) -> Money:
    return Money(micros.numerator // micros.denominator, currency)


def _percent(rate: Fraction) -> str:
    share = rate * 100
    return f"{share.numerator}/{share.denominator} %" if share.denominator != 1 else f"{share.numerator} %"


def _said(value: object) -> str:
    if isinstance(value, RoundTo):
        return f"{value.mode}, {value.decimals} decimals"
    return str(getattr(value, "value", "none" if value is None else value)) or "its own"


def _blocks(was: Rule, rule: Rule) -> Iterator[Finding]:
    if was.price is None or rule.price is None:
        return
    unit = (rule.conditions.usage_types or (UsageType.EVENT,))[0].unit
    for old, new in zip(was.price.steps, rule.price.steps, strict=False):
        if old.block != new.block and (new.block >= old.block * _COARSER or old.block >= new.block * _COARSER):
            message = f"{rule.name}: blocks of {_length(old.block, unit)} become blocks of {_length(new.block, unit)}"
            yield Finding("block-jump", rule.key, message)
            return


def _length(amount: int, unit: Unit) -> str:
    return Quantity(amount, unit).human()


def _effects(was: Rule, rule: Rule) -> Iterator[Finding]:
    if was.effect is not rule.effect:
        words = {RuleEffect.PRICE: "priced", RuleEffect.FREE: "free", RuleEffect.BLOCKED: "barred"}
        message = f"{rule.name} was {words[was.effect]} and is {words[rule.effect]}"
        yield Finding("effect-change", rule.key, message)


def _rests(was: Rule, rule: Rule) -> Iterator[Finding]:
    """A condition that is gone, a value that is lost from one, an invoice line that is gone."""
    lost = []
    for name in _CONDITIONS:
        old, new = getattr(was.conditions, name), getattr(rule.conditions, name)
        if old and not new:
            lost.append(f"does not ask for {name.replace('_', ' ')} any more")
        elif isinstance(old, tuple) and set(old) - set(new):
            gone = ", ".join(str(getattr(one, "value", one)) for one in old if one not in new)
            lost.append(f"is not for {gone} any more")
    old_part, new_part = was.conditions.accumulated, rule.conditions.accumulated
    if old_part is not None and new_part is not None and old_part != new_part:
        lost.append("begins or ends elsewhere in the period's usage")
    if was.line and not rule.line:
        lost.append(f"belongs to no invoice line any more, before it was {was.line}")
    if lost:
        yield Finding("rule-narrowed", rule.key, f"{rule.name} {' and '.join(lost)}")


_CONDITIONS = tuple(name for name in Conditions.__dataclass_fields__ if name != "on_net")


def _terms(before: Tariff, after: Tariff) -> Iterator[Finding]:
    """How the tariff counts, rounds and goes on, and what its counters count."""
    for name in _TERMS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            words = name.removesuffix("_key").replace("_", "-")
            yield Finding("terms-change", "", f"{after.name}: `{words}` was {_said(old)} and is {_said(new)}")
    for key, counter in before.counters.items():
        now = after.counters.get(key)
        if now is not None and (counter.what, counter.counts) != (now.what, now.counts):
            yield Finding("terms-change", "", f"{after.name}: the counter {key} counts something else than before")


_TERMS = ("band_change", "round_to", "attribute", "one_bucket", "period_counts", "serving_time", "fallback_key")


def _lost_rules(before: Tariff, after: Tariff) -> Iterator[Finding]:
    kept = {rule.key for rule in after.rules}
    for rule in before.rules:
        if rule.key not in kept:
            yield Finding("rule-lost", "", f"{rule.name} ({rule.key}) is gone: what it priced goes to later rules")


def _lost_numbers(before: Tariff, after: Tariff) -> Iterator[Finding]:
    """Prefixes and codes that left a zone for a wider one or for none; networks and countries likewise."""
    for key, zone in before.number_zones.items():
        now = after.number_zones.get(key)
        if now is None:
            continue
        for what, old, new in (("prefixes", zone.prefixes, now.prefixes), ("codes", zone.short_codes, now.short_codes)):
            moved = sorted(one for one in old - new if not _named(after, one))
            if moved:
                where = _goes_to(after, moved[0], prefix=what == "prefixes")
                shown = ", ".join(moved[:5]) + (f" and {len(moved) - 5} more" if len(moved) > 5 else "")
                yield Finding("numbers-lost", "", f"number zone {zone.name} ({key}) loses {shown} to {where}")
    for key, network in before.network_zones.items():
        there = after.network_zones.get(key)
        if there is None:
            continue
        gone = sorted([*map(str, network.plmns - there.plmns), *(network.countries - there.countries)])
        if gone:
            yield Finding("numbers-lost", "", f"network zone {network.name} ({key}) loses {', '.join(gone[:5])}")


def _named(tariff: Tariff, code: str) -> bool:
    """Whether another zone names it now: then it was moved, not lost."""
    return code in tariff.prefix_index or code in tariff.short_index


def _goes_to(tariff: Tariff, code: str, *, prefix: bool) -> str:
    number = f"+{code}{'5' * max(1, 11 - len(code))}" if prefix else code
    event = UsageEvent(usage_type=UsageType.VOICE, started_at=tariff.valid_from, quantity=1, other_party=number)
    return match_number(tariff, event).zone


def _lost_examples(before: Tariff, after: Tariff) -> Iterator[Finding]:
    """Examples that are gone and that no other one of the same usage replaces."""
    kept = {example.sentence.partition(" costs ")[0].partition(" is ")[0] for example in after.examples}
    for example in before.examples:
        if example.sentence.partition(" costs ")[0].partition(" is ")[0] not in kept:
            yield Finding("example-lost", "", f"the example «{example.sentence}» is gone")
