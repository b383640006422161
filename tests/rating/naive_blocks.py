"""A second, naive implementation: one block at a time, no shortcuts, written from docs/rules and not from the product.

It knows steps of the event and of the period (graduated and volume), what counts, time bands, rules that are in force
for a time or by accumulated usage, free units, fees, bounds, unit buckets with their own block, price, exact, partial,
factor, cap and life from first use, what an empty bucket does, and money buckets that cover everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil

from linehouse.kernel.quantity import Unit
from linehouse.rating.matching import Facts, hold_throughout
from linehouse.rating.service import in_burn_order
from linehouse.rating.time_bands import holds
from linehouse.rating.values import (
    BandChange,
    Bucket,
    Counts,
    Due,
    Per,
    Price,
    Rule,
    RuleEffect,
    Step,
    Tariff,
    UsageEvent,
    WhenEmpty,
)

MOVES = {"money", "maximum", "free"}


class Naive:
    """What the naive walk finds."""

    def __init__(self, tariff: Tariff, event: UsageEvent, buckets: Sequence[Bucket], counters: Mapping[str, int]):
        self.tariff, self.event, self.counters = tariff, event, counters
        self.facts = Facts.of(tariff, event)
        self.buckets = [bucket for bucket in in_burn_order(buckets) if not bucket.is_money]
        self.end = event.quantity
        self.exact = Fraction(0)
        self.taken: dict[str, Fraction] = {}
        self.payers: list[str] = []  # who paid, base unit by base unit
        self.counted: dict[str, int] = {}
        self.first: Rule | None = None
        self.free = 0
        self.begun = self.paid_first = self.money_paid = self.unrated = False
        self.entered: set[tuple[str, int]] = set()
        self.connected: set[str] = set()
        self.opened: dict[str, datetime] = {}
        self.finish = Fraction(0)
        self.volumes: dict[str, list[Fraction]] = {}
        self._go()

    @property
    def blocked(self) -> int:
        """Usage that was forbidden."""
        return sum(payer in {"blocked", "empty", "redirected"} for payer in self.payers)

    @property
    def units(self) -> dict[str, int]:
        """Rounded up once per event."""
        return {ref: ceil(taken) for ref, taken in self.taken.items() if taken}

    def _go(self) -> None:
        position = 0
        while position < self.end and not self.unrated:
            rule = self._rule_at(position)
            if rule is None:
                self.unrated = True
                return
            if self.first is None:
                self.first, self.free = rule, rule.price.free if rule.price else 0
            position = self._block(position, rule)
        self._finish()

    def _block(self, at: int, rule: Rule) -> int:
        if rule.price is None:
            return self._use(rule, at, at + 1, "free" if rule.effect is RuleEffect.FREE else "blocked")
        if at < self.free:
            return self._use(rule, at, at + 1, "free-units")
        if not self.begun:
            self.begun = True
            self._fees(Due.ALWAYS)
        if self._full():
            return self._use(rule, at, at + 1, "maximum")
        index, step = self._step(rule.price, rule, at)
        promised = set()
        for bucket in self.buckets:
            if not self._covers(bucket, at):
                continue
            stop = self._bucket_pays(bucket, rule, at, step, index)
            if stop is not None:
                return stop
            if bucket.when_empty is not WhenEmpty.CHARGE:
                promised.add(bucket.when_empty)
        stop = self._stop(rule, at, step.block, step, index)
        for word, payer in (("throttle", "throttled"), ("redirect", "redirected"), ("block", "empty")):
            if word in promised:
                return self._use(rule, at, stop, payer)
        if not self._first_paid():
            return at
        self._charge(self._flat(rule, index, step) + self._price(rule, step, step.block))
        return self._use(rule, at, stop, "money")

    def _first_paid(self) -> bool:
        """Fees before the first block that money pays; False: they used up the maximum."""
        if not self.paid_first:
            self.paid_first = True
            self._fees(Due.CHARGED)
            if self._full():
                return False
        self.money_paid = True
        return True

    def _bucket_pays(self, bucket: Bucket, rule: Rule, at: int, step: Step, index: int) -> int | None:
        own = None
        size, paying = bucket.block or step.block, step
        if bucket.price is not None:
            own = max(i for i, one in enumerate(bucket.price.steps) if i == 0 or one.start <= at - self.free)
            paying = bucket.price.steps[own]
            size = bucket.block or paying.block
        stop = self._stop(rule, at, size, paying, own if own is not None else index, own_price=own is not None)
        used = min(stop, self.end) - at
        need = used if bucket.exact else size
        room = self._left(bucket)
        if room is None or room >= need:
            self.paid_first = True
            if own is not None and not self._own(bucket, own, paying, size):
                return at
            self._take(bucket, need, at)
            return self._use(rule, at, stop, "bucket")
        if not bucket.partial or room < 1:
            return None
        self.paid_first = True
        part = int(room)
        if own is not None and not self._own(bucket, own, paying, part):
            return at
        self._take(bucket, part, at)
        rest, rest_used = size - part, max(0, min(stop, self.end) - (at + part))
        self._use(rule, at, min(at + part, stop, self.end), "bucket")
        self._rest(bucket, rule, (rest, rest_used, at + part, stop), step, index)
        return stop

    def _rest(self, bucket: Bucket, rule: Rule, left: tuple[int, int, int, int], step: Step, index: int) -> None:
        rest, used, at, stop = left
        if self._full():
            self._use(rule, at, min(stop, self.end), "maximum")
            return
        promised = {bucket.when_empty}
        for other in self.buckets[self.buckets.index(bucket) + 1 :]:
            need = used if other.exact else rest
            room = self._left(other)
            if room is None or room >= need:
                self._take(other, need, at)
                self._use(rule, at, min(stop, self.end), "bucket")
                return
            promised.add(other.when_empty)
        for word, payer in (("throttle", "throttled"), ("redirect", "redirected"), ("block", "empty")):
            if word in promised:
                self._use(rule, at, min(stop, self.end), payer)
                return
        self.money_paid = True
        self._charge(self._flat(rule, index, step) + self._price(rule, step, rest))
        self._use(rule, at, min(stop, self.end), "money")

    def _own(self, bucket: Bucket, index: int, step: Step, size: int) -> bool:
        assert bucket.price is not None
        if bucket.ref not in self.connected:
            self.connected.add(bucket.ref)
            self._charge(Fraction(bucket.price.connect))
        if self._full():
            return False
        flat = 0 if (bucket.ref, index) in self.entered else step.flat
        self.entered.add((bucket.ref, index))
        self._charge(flat + Fraction(step.price * size, step.unit))
        return True

    def _use(self, rule: Rule, at: int, stop: int, payer: str) -> int:
        """Usage from ``at`` to ``stop`` (or the event's end), unit by unit."""
        for _ in range(at, min(stop, self.end)):
            self.payers.append(payer)
            for key, counts, applies in self._counters(rule):
                if applies and (payer in MOVES or (counts is Counts.ALL and payer in {"bucket", "throttled"})):
                    self.counted[key] = self.counted.get(key, 0) + 1
        return stop

    def _counters(self, rule: Rule):
        for counter in self.tariff.counters.values():
            yield counter.key, counter.counts, hold_throughout(counter.what, self.facts)
        price = rule.price
        if (
            price is not None
            and price.per is Per.PERIOD
            and (price.volume or price.counter not in self.tariff.counters)
        ):
            yield self._own_counter(rule), self.tariff.period_counts, True

    def _own_counter(self, rule: Rule) -> str:
        return f"{self.tariff.label}/{rule.key}"

    def _stands(self, key: str, *, before: bool = False) -> int:
        return self.counters.get(key, 0) + (0 if before else self.counted.get(key, 0))

    def _step(self, price: Price, rule: Rule, at: int) -> tuple[int, Step]:
        if price.per is Per.PERIOD:
            key = price.counter if price.counter in self.tariff.counters and not price.volume else None
            place = self._stands(key or self._own_counter(rule))
        else:
            place = at - self.free
            if price.counts is Counts.CHARGED:
                place -= sum(payer in {"bucket", "throttled", "empty", "redirected"} for payer in self.payers)
        index = max(i for i, one in enumerate(price.steps) if i == 0 or one.start <= place)
        return index, price.steps[index]

    def _stop(self, rule: Rule, at: int, size: int, step: Step, index: int, *, own_price: bool = False) -> int:
        """Where a block that begins here ends: early only at a step's overhang or a cut."""
        stop = at + size
        steps = rule.price.steps if rule.price else ()
        if step.overhang and not own_price and index + 1 < len(steps):
            stop = min(stop, steps[index + 1].start + self.free)
        if self.tariff.band_change is BandChange.CUT:
            for one in range(at + 1, min(stop, self.end)):
                if self._rule_at(one) is not rule:
                    return one
        return stop

    def _rule_at(self, at: int) -> Rule | None:
        for rule in self.tariff.rules:
            bands = [self.tariff.time_bands[key] for key in rule.conditions.time_bands]
            asked = rule.conditions.accumulated
            if (
                hold_throughout(rule.conditions, self.facts)
                and (not bands or any(holds(band, self._instant(at), self.tariff.time_zone) for band in bands))
                and (rule.valid is None or rule.valid.contains(self._instant(at)))
                and (asked is None or asked.holds(self._stands(asked.counter)))
            ):
                return rule
        return None

    def _instant(self, at: int) -> datetime:
        passes = self.event.usage_type.unit is Unit.MILLISECOND
        return self.event.started_at + timedelta(milliseconds=at) if passes else self.event.started_at

    def _covers(self, bucket: Bucket, at: int) -> bool:
        instant = self._instant(at)
        first = self.opened.get(bucket.ref)
        if bucket.lasts is not None and first is not None:
            return instant < first + bucket.lasts
        return bucket.valid.contains(instant)

    def _left(self, bucket: Bucket) -> Fraction | None:
        rooms = [room for room in (bucket.available, bucket.cap_left) if room is not None]
        if not rooms:
            return None
        return (max(0, min(rooms)) - self.taken.get(bucket.ref, Fraction(0))) / bucket.factor

    def _take(self, bucket: Bucket, covered: int, at: int) -> None:
        if bucket.lasts is not None:
            self.opened.setdefault(bucket.ref, self._instant(at))
        self.taken[bucket.ref] = self.taken.get(bucket.ref, Fraction(0)) + bucket.factor * covered

    def _full(self) -> bool:
        price = self.first.price if self.first else None
        return price is not None and price.maximum is not None and self.exact >= price.maximum

    def _charge(self, amount: Fraction) -> None:
        price = self.first.price if self.first else None
        cap = price.maximum if price is not None else None
        self.exact += amount if cap is None else min(amount, cap - self.exact)

    def _fees(self, due: Due) -> None:
        price = self.first.price if self.first else None
        if price is not None:
            if price.connect is not None and price.connect.due is due:
                self._charge(Fraction(price.connect.micros))
            if price.finish is not None and price.finish.due is due:
                self.finish += price.finish.micros

    def _flat(self, rule: Rule, index: int, step: Step) -> int:
        assert rule.price is not None
        if rule.price.volume or not step.flat:
            return 0
        if rule.price.per is Per.PERIOD:
            key = f"{self.tariff.label}/{rule.key}#{index}"
            if self._stands(key):
                return 0
            self.counted[key] = 1
            return step.flat
        flat = 0 if (rule.key, index) in self.entered else step.flat
        self.entered.add((rule.key, index))
        return flat

    def _price(self, rule: Rule, step: Step, size: int) -> Fraction:
        amount = Fraction(step.price * size, step.unit)
        if rule.price is not None and rule.price.volume:
            key = f"{self._own_counter(rule)}:charged"
            self.counted[key] = self.counted.get(key, 0) + size
            self.volumes.setdefault(rule.key, []).append(amount)
        return amount

    def _finish(self) -> None:
        for rule in self.tariff.rules:
            if rule.price is not None and rule.price.volume:
                worth = self._worth(rule) - self._worth(rule, before=True)
                self.exact += worth - sum(self.volumes.get(rule.key, ()))
        price = self.first.price if self.first else None
        if self.finish:
            self._charge(self.finish)
        if price is not None and price.minimum is not None and self.money_paid:
            self.exact = max(self.exact, Fraction(price.minimum))

    def _worth(self, rule: Rule, *, before: bool = False) -> Fraction:
        """All of the period's usage at the step that it reached."""
        assert rule.price is not None
        used = self._stands(self._own_counter(rule), before=before)
        charged = self._stands(f"{self._own_counter(rule)}:charged", before=before)
        if not charged:
            return Fraction(0)
        step = [one for i, one in enumerate(rule.price.steps) if i == 0 or one.start < used][-1]
        return step.flat + Fraction(step.price * charged, step.unit)
