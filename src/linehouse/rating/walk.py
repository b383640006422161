"""The one way through an event: from block to block in closed form, a run of equal blocks at a time.

The work grows with the number of steps, bands and buckets that the event meets, never with its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from linehouse.kernel.rounding import ceil_div
from linehouse.rating.burn_order import in_burn_order, may_cover
from linehouse.rating.matching import Candidate, Facts, candidates
from linehouse.rating.timeline import Timeline
from linehouse.rating.values import (
    BandChange,
    Bucket,
    Due,
    FeePart,
    PaidBy,
    Part,
    Price,
    RuleEffect,
    Step,
    WhenEmpty,
)

MAX_QUANTITY = 2**62
"""Beyond this no meter counts; an event that claims it is broken."""
MAX_MILLISECONDS = 10 * 366 * 86_400_000


@dataclass(frozen=True, slots=True)
class Run:
    """``count`` equal blocks from ``start``; the last may be used in part only, and may end early (``stop``)."""

    start: int
    block: int
    count: int
    stop: int
    """Where the next block may begin when all ``count`` are taken."""
    used_to: int
    """Where usage within the run ends."""

    @property
    def tail(self) -> int:
        """Usage in the last block when that is not used whole, else 0."""
        used = self.used_to - (self.start + (self.count - 1) * self.block)
        return used if used < self.block else 0

    def first(self, count: int) -> Run:
        """The first ``count`` blocks."""
        if count >= self.count:
            return self
        stop = self.start + count * self.block
        return replace(self, count=count, stop=stop, used_to=min(stop, self.used_to))


@dataclass(frozen=True, slots=True)
class _Rest:
    """The rest of a block of which a bucket took a part: it goes on at the price in force when the block began."""

    rule: Candidate
    step: int
    end: int
    stop: int


@dataclass(slots=True)
class Walk:
    """What came of it.

    ``due`` lists exact amounts of money with the position at which each fell due, in order. ``gap`` is the position at
    which no rule was in force: the event is unrated.
    """

    timeline: Timeline
    parts: list[Part] = field(default_factory=list)
    fees: list[FeePart] = field(default_factory=list)
    due: list[tuple[int, Fraction]] = field(default_factory=list)
    taken: dict[str, Fraction] = field(default_factory=dict)
    gap: int | None = None


def walk(facts: Facts, buckets: Sequence[Bucket]) -> Walk:
    """Assign every block of the event (quantity > 0) to a unit bucket, to money, or to nobody."""
    return _Walker(facts, [b for b in in_burn_order(buckets) if may_cover(b, facts)]).go()


class _Walker:
    def __init__(self, facts: Facts, buckets: list[Bucket]) -> None:
        self.end = facts.event.quantity
        self.cut = facts.tariff.band_change is BandChange.CUT
        self.time = Timeline(facts, candidates(facts), buckets)
        self.walk = Walk(self.time)
        self.position = 0
        self.rest: _Rest | None = None
        self.money = Fraction(0)
        self.free = 0
        self.first: Candidate | None = None
        self.begun = False
        self.paid_first = False
        self.entered: set[tuple[str, str, int]] = set()
        self.passed: list[Bucket] = []

    def go(self) -> Walk:
        """Block by block, except that equal blocks go together."""
        while self.position < self.end or self.rest is not None:
            rule = self.rest.rule if self.rest is not None else self.time.rule_at(self.position)
            if rule is None:
                self.walk.gap = self.position
                return self.walk
            if self.first is None:
                self._begin(rule)
            if rule.rule.price is None:
                self._unpriced(rule)
            else:
                self._priced(rule, rule.rule.price)
        self._finish()
        return self.walk

    def _begin(self, rule: Candidate) -> None:
        self.first = rule
        self.free = rule.rule.price.free if rule.rule.price is not None else 0

    def _unpriced(self, rule: Candidate) -> None:
        edge = self.time.rule_edge(self.position, self.end)
        free = rule.rule.effect is RuleEffect.FREE
        run = Run(self.position, 1, edge - self.position, edge, edge)
        self._part(rule, 0, run, PaidBy.FREE_RULE if free else PaidBy.BLOCKED)

    def _priced(self, rule: Candidate, price: Price) -> None:
        if self.position < self.free:
            edge = min(self.time.rule_edge(self.position, self.end), self.free)
            self._part(rule, 0, Run(self.position, 1, edge - self.position, edge, edge), PaidBy.FREE_UNITS)
            return
        if not self.begun:
            self.begun = True
            self._fees(Due.ALWAYS)
        index = self.rest.step if self.rest is not None else self._step_at(price, self.position - self.free)
        step = price.steps[index]
        if self._at_maximum():
            edge = self.time.rule_edge(self.position, self.end) if self.rest is None else self.rest.stop
            # What is left of a block may be no usage at all; then there is nothing to give away.
            if edge <= self.position:
                self._advance(edge)
            else:
                run = Run(self.position, 1, edge - self.position, edge, min(edge, self.end))
                self._part(rule, index, run, PaidBy.MAXIMUM)
            return
        if not self._units(rule, price, index, step):
            self._money(rule, price, index, step)

    def _step_at(self, price: Price, position: int) -> int:
        return max(index for index, step in enumerate(price.steps) if step.start <= position)

    def _run(self, price: Price, index: int, block: int) -> Run:
        """The blocks of this size that begin before anything changes."""
        start, rest = self.position, self.rest
        if rest is not None:
            return Run(start, rest.end - start, 1, rest.stop, max(start, min(self.end, rest.stop)))
        rule_edge = self.time.rule_edge(start, self.end)
        limit = min(rule_edge, self.time.bucket_edge(start, self.end))
        hard = rule_edge if self.cut else self.end
        if index + 1 < len(price.steps):
            step_end = price.steps[index + 1].start + self.free
            limit = min(limit, step_end)
            if price.steps[index].overhang:
                hard = min(hard, step_end)
        count = ceil_div(limit - start, block)
        full = start + count * block
        # Usage beyond the event's own end is only what is left of its last block, which is paid for.
        stop = min(full, hard) if hard < self.end else full
        return Run(start, block, count, stop, min(stop, self.end))

    def _units(self, rule: Candidate, price: Price, index: int, step: Step) -> bool:
        """Let the first unit bucket that can cover a block take all it can; False: money is asked."""
        passed: list[Bucket] = []
        blocked = False
        for bucket in self.time.covering(self.position):
            if bucket.is_money:
                break
            own = bucket.block if bucket.block is not None and self.rest is None else step.block
            run = self._bound(self._run(price, index, own), passed)
            count = self._coverable(bucket, run)
            if count:
                self._take(rule, index, bucket, run.first(count))
                return True
            if bucket.partial and (part := self._whole_left(bucket)):
                self._take_part(rule, index, bucket, run.first(1), part)
                return True
            passed.append(bucket)
            blocked = blocked or bucket.when_empty is WhenEmpty.BLOCK or bucket.stop
            if bucket.stop:
                break
        if blocked:
            self._part(rule, index, self._bound(self._run(price, index, step.block), passed), PaidBy.EMPTY)
        self.passed = passed
        return blocked

    def _left(self, bucket: Bucket) -> Fraction | None:
        """Base units of usage that the bucket can still cover; None: any number."""
        if bucket.available is None:
            return None
        return (bucket.available - self.walk.taken.get(bucket.ref, Fraction(0))) / bucket.factor

    def _whole_left(self, bucket: Bucket) -> int:
        left = self._left(bucket)
        return 0 if left is None else left.numerator // left.denominator

    def _coverable(self, bucket: Bucket, run: Run) -> int:
        left = self._left(bucket)
        if left is None:
            return run.count
        whole = int(left // run.block)
        if whole >= run.count:
            return run.count
        if bucket.exact and run.tail and whole >= run.count - 1 and left >= (run.count - 1) * run.block + run.tail:
            return run.count
        return min(whole, run.count)

    def _bound(self, run: Run, passed: list[Bucket]) -> Run:
        """Stop before the first block whose used part an exact bucket, too empty for a whole one, could still cover."""
        for bucket in passed:
            left = self._left(bucket)
            if bucket.exact and left:
                before = ceil_div(max(0, run.used_to - run.start - int(left // 1)), run.block)
                run = run.first(max(1, before))
        return run

    def _take(self, rule: Candidate, index: int, bucket: Bucket, run: Run) -> None:
        covered = run.used_to - run.start if bucket.exact else run.count * run.block
        self._bucket_part(rule, index, bucket, run, covered)
        self._advance(run.stop)

    def _take_part(self, rule: Candidate, index: int, bucket: Bucket, run: Run, part: int) -> None:
        part = min(part, run.block)
        reached = self.position + part
        used = Run(self.position, part, 1, reached, min(reached, run.used_to))
        self._bucket_part(rule, index, bucket, used, part)
        end = self.rest.end if self.rest is not None else run.start + run.block
        self.position = reached
        self.rest = _Rest(rule, index, end, run.stop) if reached < end else None

    def _bucket_part(self, rule: Candidate, index: int, bucket: Bucket, run: Run, covered: int) -> None:
        taken = bucket.factor * covered
        self.walk.taken[bucket.ref] = self.walk.taken.get(bucket.ref, Fraction(0)) + taken
        self.paid_first = True
        part = self._new_part(rule, index, run, PaidBy.BUCKET)
        self._append(replace(part, bucket=bucket.ref, bucket_name=bucket.name, taken=taken))

    def _money(self, rule: Candidate, price: Price, index: int, step: Step) -> None:
        if not self.paid_first:
            self.paid_first = True
            self._fees(Due.CHARGED)
            if self._at_maximum():
                return
        run = self._bound(self._run(price, index, step.block), self.passed)
        key = (rule.tariff.key, rule.rule.key, index)
        flat = 0 if key in self.entered else step.flat
        self.entered.add(key)
        per_block = Fraction(step.price * run.block, step.unit)
        amount = flat + run.count * per_block
        maximum = self._maximum()
        if maximum is not None and self.money + amount > maximum:
            room = maximum - self.money
            run = run.first(max(1, -(-(room - flat) // per_block) if per_block else 1))
            amount = room
        self._charge(amount)
        part = self._new_part(rule, index, run, PaidBy.MONEY)
        self._append(replace(part, amount=amount, flat=flat, price=step.price, unit=step.unit))
        self._advance(run.stop)

    def _part(self, rule: Candidate, index: int, run: Run, paid_by: PaidBy) -> None:
        self._append(self._new_part(rule, index, run, paid_by))
        self._advance(run.stop)

    def _append(self, part: Part) -> None:
        """Add a part, or make the last one longer when only a boundary that changed nothing lies between them."""
        parts = self.walk.parts
        last = parts[-1] if parts else None
        if last is not None and last.quantity == last.charged and _clause(last) == _clause(part):
            parts[-1] = replace(
                last,
                end=part.end,
                blocks=last.blocks + part.blocks,
                amount=last.amount + part.amount,
                flat=last.flat + part.flat,
                taken=last.taken + part.taken,
            )
        else:
            parts.append(part)

    def _charge(self, amount: Fraction) -> None:
        self.money += amount
        self.walk.due.append((min(self.position, self.end - 1), amount))

    def _new_part(self, rule: Candidate, index: int, run: Run, paid_by: PaidBy) -> Part:
        start = min(run.start, self.end)
        return Part(
            start=start,
            end=max(start, min(run.used_to, self.end)),
            paid_by=paid_by,
            tariff=rule.tariff.label,
            rule=rule.rule.key,
            rule_name=rule.rule.name,
            step=index,
            blocks=run.count,
            block=run.block,
        )

    def _advance(self, stop: int) -> None:
        self.position = stop
        self.rest = None

    def _first_price(self) -> Price | None:
        return self.first.rule.price if self.first is not None else None

    def _maximum(self) -> int | None:
        price = self._first_price()
        return price.maximum if price is not None else None

    def _at_maximum(self) -> bool:
        maximum = self._maximum()
        return maximum is not None and self.money >= maximum

    def _fees(self, due: Due) -> None:
        price = self._first_price()
        if price is None:
            return
        for kind, fee in (("connect", price.connect), ("finish", price.finish)):
            if fee is not None and fee.due is due:
                self._fee(kind, Fraction(fee.micros))

    def _fee(self, kind: str, amount: Fraction) -> None:
        maximum = self._maximum()
        if maximum is not None:
            amount = min(amount, maximum - self.money)
        if amount and self.first is not None:
            self._charge(amount)
            self.walk.fees.append(FeePart(kind, self.first.rule.key, amount))

    def _finish(self) -> None:
        price = self._first_price()
        charged = any(part.paid_by is PaidBy.MONEY for part in self.walk.parts)
        if price is not None and price.minimum is not None and charged and self.money < price.minimum:
            self._fee("minimum", price.minimum - self.money)


def _clause(part: Part) -> tuple[object, ...]:
    return part.paid_by, part.tariff, part.rule, part.step, part.block, part.bucket
