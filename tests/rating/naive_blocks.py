"""A second, naive implementation: one block at a time, no shortcuts, written from docs/rules and not from the product.

It knows what the properties below use: steps, time bands by block, free units, fees, bounds, unit buckets with their
own block, exact, partial and factor, what an empty bucket does, and money buckets that cover everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil

from linehouse.kernel.quantity import Unit
from linehouse.rating.matching import Facts, hold_throughout
from linehouse.rating.service import in_burn_order
from linehouse.rating.time_bands import holds
from linehouse.rating.values import BandChange, Bucket, Due, Rule, RuleEffect, Tariff, UsageEvent, WhenEmpty


@dataclass
class Naive:
    """What the naive walk found."""

    exact: Fraction = Fraction(0)
    taken: dict[str, Fraction] = field(default_factory=dict)
    blocked: int = 0
    unrated: bool = False


def naive(tariff: Tariff, event: UsageEvent, buckets: Sequence[Bucket]) -> Naive:  # noqa: C901  # one piece on purpose
    """Walk the event block by block."""
    result = Naive()
    facts = Facts.of(tariff, event)
    usable = [bucket for bucket in in_burn_order(buckets) if not bucket.is_money]
    end, position, free = event.quantity, 0, 0
    first: Rule | None = None
    entered: set[tuple[int, int]] = set()
    first_block_done = False

    def instant(at: int) -> datetime:
        passes = event.usage_type.unit is Unit.MILLISECOND
        return event.started_at + timedelta(milliseconds=at) if passes else event.started_at

    def rule_at(at: int) -> Rule | None:
        for rule in tariff.rules:
            bands = [tariff.time_bands[key] for key in rule.conditions.time_bands]
            if hold_throughout(rule.conditions, facts) and (
                not bands or any(holds(band, instant(at), tariff.time_zone) for band in bands)
            ):
                return rule
        return None

    def charge(amount: Fraction) -> None:
        cap = first.price.maximum if first is not None and first.price else None
        result.exact += amount if cap is None else min(amount, cap - result.exact)

    def left(bucket: Bucket) -> Fraction | None:
        if bucket.available is None:
            return None
        return (bucket.available - result.taken.get(bucket.ref, Fraction(0))) / bucket.factor

    def take(bucket: Bucket, covered: int) -> None:
        result.taken[bucket.ref] = result.taken.get(bucket.ref, Fraction(0)) + bucket.factor * covered

    def fees(due: Due) -> None:
        if first is not None and first.price:
            connect, finish = first.price.connect, first.price.finish
            if connect is not None and connect.due is due:
                charge(Fraction(connect.micros))
            if finish is not None and finish.due is due:
                at_the_end.append(Fraction(finish.micros))

    begun = False
    at_the_end: list[Fraction] = []
    while position < end:
        rule = rule_at(position)
        if rule is None:
            return Naive(unrated=True)
        if first is None:
            first, free = rule, rule.price.free if rule.price else 0
        if rule.effect is not RuleEffect.PRICE:
            result.blocked += rule.effect is RuleEffect.BLOCKED
            position += 1
            continue
        if position < free:
            position += 1
            continue
        if not begun:
            begun = True
            fees(Due.ALWAYS)
        cap = first.price.maximum if first.price else None
        if cap is not None and result.exact >= cap:
            position += 1
            continue
        assert rule.price is not None
        index = max(i for i, s in enumerate(rule.price.steps) if s.start <= position - free)
        step = rule.price.steps[index]
        # Where the event, the step (with overhang) or the rule (when it is cut) ends a block early.
        hard = end
        if step.overhang and index + 1 < len(rule.price.steps):
            hard = min(hard, rule.price.steps[index + 1].start + free)

        def block_end(size: int, rule=rule, hard=hard, position=position) -> int:
            stop = position + size
            if hard < end:
                stop = min(stop, hard)
            if tariff.band_change is BandChange.CUT:
                for at in range(position + 1, min(stop, end)):
                    if rule_at(at) is not rule:
                        return at
            return stop

        paid = False
        blocked = False
        for bucket in usable:
            size = bucket.block or step.block
            stop = block_end(size)
            used = min(stop, end) - position
            need = used if bucket.exact else size
            room = left(bucket)
            if room is None or room >= need:
                first_block_done = True
                take(bucket, need)
                position, paid = stop, True
                break
            if bucket.partial and room >= 1:
                first_block_done = True
                part = int(room)
                take(bucket, part)
                rest, stop_at = size - part, stop
                rest_used = max(0, min(stop, end) - (position + part))
                for other in usable[usable.index(bucket) + 1 :]:
                    other_need = rest_used if other.exact else rest
                    other_room = left(other)
                    if other_room is None or other_room >= other_need:
                        take(other, other_need)
                        rest = 0
                        break
                if rest:
                    if any(b.when_empty is WhenEmpty.BLOCK for b in usable):
                        result.blocked += rest_used
                    else:
                        charge(money_for(step, rest, index, rule, entered))
                position, paid = stop_at, True
                break
            blocked = blocked or bucket.when_empty is WhenEmpty.BLOCK
        if paid:
            continue
        stop = block_end(step.block)
        if blocked:
            result.blocked += min(stop, end) - position
        else:
            if not first_block_done:
                first_block_done = True
                fees(Due.CHARGED)
            if cap is not None and result.exact >= cap:
                continue
            charge(money_for(step, step.block, index, rule, entered))
        position = stop
    for amount in at_the_end:
        charge(amount)
    if first is not None and first.price and first.price.minimum is not None and entered:
        result.exact = max(result.exact, Fraction(first.price.minimum))
    return result


def money_for(step, size: int, index: int, rule: Rule, entered: set) -> Fraction:
    """The price of one block, with the step's flat amount the first time."""
    flat = 0 if (rule.key, index) in entered else step.flat
    entered.add((rule.key, index))
    return flat + Fraction(step.price * size, step.unit)


def units_taken(result: Naive) -> dict[str, int]:
    """Rounded up once per event."""
    return {ref: ceil(taken) for ref, taken in result.taken.items() if taken}
