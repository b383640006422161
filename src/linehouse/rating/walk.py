"""The one way through an event: from block to block in closed form, a run of equal blocks at a time.

The work grows with the number of steps, bands and buckets that the event meets, never with its length. What a walk
found can be kept and gone on with: a report later, in the block that has begun.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from linehouse.kernel.rounding import ceil_div
from linehouse.rating.burn_order import in_burn_order, may_cover
from linehouse.rating.event_money import EventMoney
from linehouse.rating.matching import Candidate, Facts, matched
from linehouse.rating.percentage import NO_STEPS, percent_due
from linehouse.rating.period_use import UNCOUNTED_IN_EVENT, PeriodUse, charged_key, entered_key, step_counter
from linehouse.rating.runs import Run, ratio, times
from linehouse.rating.timeline import Timeline
from linehouse.rating.values import (
    BandChange,
    Bucket,
    Counts,
    Due,
    Exact,
    OwnPrice,
    PaidBy,
    Part,
    Price,
    RestState,
    RuleEffect,
    Step,
    WalkState,
    WhenEmpty,
)

_AT_EMPTY = {
    WhenEmpty.THROTTLE: PaidBy.THROTTLED,
    WhenEmpty.REDIRECT: PaidBy.REDIRECTED,
    WhenEmpty.BLOCK: PaidBy.EMPTY,
}
_MILDEST = (PaidBy.THROTTLED, PaidBy.REDIRECTED, PaidBy.EMPTY)
"""What any allowance still promises counts: going on slowly before an offer before an end."""


class Walk:
    """Assigns every block of the event (quantity > 0) to a unit bucket, to money, or to nobody.

    ``gap`` is the position at which no rule was in force, ``amount_missing`` says that a percentage had nothing to be
    taken of: the event is unrated. ``kept`` is the state to go on from, with ``kept_owed`` of ``money.owed`` in it.
    """

    def __init__(
        self,
        facts: Facts,
        buckets: Sequence[Bucket],
        counters: Mapping[str, int],
        state: WalkState | None,
    ) -> None:
        self.facts = facts
        self.end = facts.event.quantity
        self.cut = facts.tariff.band_change is BandChange.CUT
        self.matched = matched(facts)
        self.use = PeriodUse(self.matched, counters, state)
        self.money = EventMoney(self.end, state)
        begun = state if state is not None else _NOTHING
        self.state = state
        self.position = begun.position
        self.rest = begun.rest
        self.free = begun.free
        self.begun = begun.begun
        self.paid_first = begun.paid_first
        self.skipped = begun.skipped
        self.amount_priced = begun.amount_priced
        self.entered = set(begun.entered)
        self.connected = set(begun.connected)
        self.taken: dict[str, Exact] = dict(begun.taken)
        self.booked: Mapping[str, int] = begun.units_booked
        self.parts = list(begun.parts)
        self.first = self.matched.by_key.get(begun.first) if begun.first is not None else None
        if self.first is not None and self.first.rule.price is not None:
            self.money.bound_by(self.first.rule.price, self.first.rule.key)
        able = [bucket for bucket in buckets if may_cover(bucket, facts)]
        if len(able) > 1:
            able = in_burn_order(able)
        self.time = Timeline(facts, self.matched, able, self.use, dict(begun.opened), begun.used)
        self.passed: list[Bucket] = []
        self.gap: int | None = None
        self.amount_missing = False
        self.kept: WalkState | None = None
        self.kept_owed = 0
        if begun.used:
            self._extend(begun.used)

    @property
    def counts_volume(self) -> bool:
        """Whether a rule may price the usage of the whole period anew."""
        return any(one.usage and one.rule.price is not None and one.rule.price.volume for one in self.matched.rules)

    def go(self) -> Walk:
        """Block by block, except that equal blocks go together."""
        while (self.position < self.end or self.rest is not None) and not self.amount_missing:
            rule = self._rule()
            if rule is None:
                self.gap = self.position
                break
            if self.first is None:
                self.first = rule
                if rule.rule.price is not None:
                    self.free = rule.rule.price.free
                    self.money.bound_by(rule.rule.price, rule.rule.key)
            if rule.rule.price is None:
                self._unpriced(rule)
            else:
                self._priced(rule, rule.rule.price)
        return self

    def keep(self) -> WalkState:
        """Everything that is needed to go on; money buckets and what was booked are put in by the caller."""
        self.kept_owed = len(self.money.owed)
        first = self.first
        return WalkState(
            used=min(self.end, self.position),
            position=self.position,
            rest=self.rest,
            first=(first.tariff.label, first.rule.key) if first is not None else None,
            free=self.free,
            begun=self.begun,
            paid_first=self.paid_first,
            finish=Fraction(self.money.finish),
            charged=Fraction(self.money.sum),
            skipped=self.skipped,
            amount_priced=self.amount_priced,
            ends_at=self.money.ends_at,
            entered=tuple(sorted(self.entered)),
            connected=tuple(sorted(self.connected)),
            opened=dict(self.time.opened),
            taken={ref: Fraction(taken) for ref, taken in self.taken.items()},
            walked=dict(self.use.added),
            parts=tuple(self.parts),
            fees=tuple(self.money.fees),
        )

    def _rule(self) -> Candidate | None:
        if self.rest is not None:
            return self.matched.by_key.get((self.rest.tariff, self.rest.rule))
        return self.time.rule_at(self.position)

    def _extend(self, used: int) -> None:
        """The block that has begun is paid for: more usage of it only makes the last part longer."""
        more = min(self.end, self.position) - used
        if more > 0 and self.parts:
            last = self.parts[-1]
            self.parts[-1] = longer(last, last.end + more)
            for key in last.counters:
                self.use.add(key, more)
            if last.paid_by in UNCOUNTED_IN_EVENT:
                self.skipped += more

    def _unpriced(self, rule: Candidate) -> None:
        payer = PaidBy.FREE_RULE if rule.rule.effect is RuleEffect.FREE else PaidBy.BLOCKED
        edge = self.time.rule_edge(self.position, self.end, self.use.keys(rule, payer))
        self._part(rule, 0, Run(self.position, 1, edge - self.position, edge, edge), payer)

    def _priced(self, rule: Candidate, price: Price) -> None:
        if self.position < self.free:
            edge = min(self.time.rule_edge(self.position, self.end, ()), self.free)
            self._part(rule, 0, Run(self.position, 1, edge - self.position, edge, edge), PaidBy.FREE_UNITS)
            return
        if not self.begun:
            self.begun = True
            if self.first is not None and self.first.rule.price is not None:
                self.money.due_fees(self.first.rule.price, Due.ALWAYS, self.position)
        steps = price.steps or NO_STEPS
        index = self.rest.step if self.rest is not None else _step_at(steps, self._at(rule, price))
        if self.money.at_maximum:
            self._at_maximum(rule)
        elif not self._units(rule, price, steps, index):
            self._money(rule, price, steps, index)

    def _at_maximum(self, rule: Candidate) -> None:
        edge = self._edge(rule, PaidBy.MAXIMUM, self.end) if self.rest is None else self.rest.stop
        # What is left of a block may be no usage at all; then there is nothing to give away.
        if edge <= self.position:
            self._advance(edge)
        else:
            run = Run(self.position, 1, edge - self.position, edge, min(edge, self.end))
            self._part(rule, 0, run, PaidBy.MAXIMUM)

    def _at(self, rule: Candidate, price: Price) -> int:
        """The position in the steps: in the period's counter, or in the event."""
        counter = step_counter(rule)
        if counter:
            return self.use.at(counter)
        return self.position - self.free - (self.skipped if price.counts is Counts.CHARGED else 0)

    def _edge(self, rule: Candidate, payer: PaidBy, end: int) -> int:
        return self.time.rule_edge(self.position, end, self.use.keys(rule, payer))

    def _step_edge(
        self, rule: Candidate, price: Price, steps: tuple[Step, ...], index: int, payer: PaidBy
    ) -> int | None:
        """The position in the event at which the next step begins while ``payer`` pays; None: never."""
        if index + 1 >= len(steps):
            return None
        counter = step_counter(rule)
        if counter:
            moves = counter in self.use.keys(rule, payer)
        else:
            moves = price.counts is Counts.ALL or payer not in UNCOUNTED_IN_EVENT
        return self.position + steps[index + 1].start - self._at(rule, price) if moves else None

    def _run(self, rule: Candidate, payer: PaidBy, block: int, step_edge: int | None, overhang: bool) -> Run:
        """The blocks of this size that begin before anything changes."""
        start, rest = self.position, self.rest
        if rest is not None:
            return Run(start, rest.end - start, 1, rest.stop, max(start, min(self.end, rest.stop)))
        limit = min(self._edge(rule, payer, self.end), self.time.bucket_edge(start, self.end))
        if step_edge is not None and step_edge > start:
            limit = min(limit, step_edge)
        count = ceil_div(limit - start, block)
        full = stop = start + count * block
        # Looked up beyond the event's own end as well: usage may be reported there later.
        if self.cut:
            stop = min(stop, self._edge(rule, payer, full))
        if overhang and step_edge is not None and step_edge > start:
            stop = min(stop, step_edge)
        return Run(start, block, count, stop, min(stop, self.end))

    def _tariff_run(self, rule: Candidate, price: Price, steps: tuple[Step, ...], index: int, payer: PaidBy) -> Run:
        step = steps[index]
        return self._run(rule, payer, step.block, self._step_edge(rule, price, steps, index, payer), step.overhang)

    def _units(self, rule: Candidate, price: Price, steps: tuple[Step, ...], index: int) -> bool:
        """Let the first unit bucket that can cover a block take all it can; False: money is asked."""
        passed: list[Bucket] = []
        self.passed = passed
        promised: set[PaidBy] = set()
        for bucket in self.time.covering(self.position):
            if bucket.is_money:
                break
            if self._bucket(rule, price, steps, index, bucket, passed):
                return True
            passed.append(bucket)
            if bucket.when_empty is not WhenEmpty.CHARGE:
                promised.add(_AT_EMPTY[bucket.when_empty])
            if bucket.stop:
                promised.add(PaidBy.EMPTY)
                break
        if not promised:
            return False
        payer = next(one for one in _MILDEST if one in promised)
        self._part(rule, index, self._bound(self._tariff_run(rule, price, steps, index, payer), passed), payer)
        return True

    def _bucket(
        self, rule: Candidate, price: Price, steps: tuple[Step, ...], index: int, bucket: Bucket, passed: list[Bucket]
    ) -> bool:
        own, step = bucket.price, steps[index]
        if own is not None:
            place = _step_at(own.steps, self.position - self.free)
            later = own.steps[place + 1].start + self.free if place + 1 < len(own.steps) else None
            paying: Step | None = own.steps[place]
            size, overhang = bucket.block or own.steps[place].block, own.steps[place].overhang
        else:
            place, paying = index, None
            later = self._step_edge(rule, price, steps, index, PaidBy.BUCKET)
            size, overhang = bucket.block or step.block, step.overhang
        run = self._bound(self._run(rule, PaidBy.BUCKET, size, later, overhang), passed)
        count = self._coverable(bucket, run)
        if count:
            run = run.first(count)
            if bucket.exact and run.tail:
                if run.count > 1:
                    run = run.first(run.count - 1)
                elif run.stop > self.end and self.kept is None:
                    # More usage may be reported that the bucket cannot cover: then the block is decided as a whole.
                    self.kept = self.keep()
            covered = run.used_to - run.start if bucket.exact else run.count * run.block
            self._bucket_part(rule, index, bucket, run, covered, paying, place)
            return True
        if bucket.exact and run.idle:
            if self.kept is None:
                self.kept = self.keep()
            self._advance(run.stop)
            return True
        if bucket.partial and (part := self._whole_left(bucket)):
            self._take_part(rule, index, bucket, run.first(1), part, paying, place)
            return True
        return False

    def _left(self, bucket: Bucket) -> Exact | None:
        """Base units of usage that the bucket can still cover; None: any number."""
        room = bucket.room
        if room is None:
            return None
        left = room + self.booked.get(bucket.ref, 0) - self.taken.get(bucket.ref, 0)
        factor = bucket.factor
        return left if factor == 1 else Fraction(left) / factor

    def _whole_left(self, bucket: Bucket) -> int:
        left = self._left(bucket)
        return 0 if left is None else max(0, int(left // 1))

    def _coverable(self, bucket: Bucket, run: Run) -> int:
        left = self._left(bucket)
        if left is None:
            return run.count
        whole = max(0, int(left // run.block))
        if whole >= run.count:
            return run.count
        tail = run.tail
        if bucket.exact and tail and whole >= run.count - 1 and left >= (run.count - 1) * run.block + tail:
            return run.count
        return whole

    def _bound(self, run: Run, passed: list[Bucket]) -> Run:
        """Stop before the first block whose used part an exact bucket, too empty for a whole one, could still cover."""
        for bucket in passed:
            if bucket.exact and (left := self._left(bucket)):
                before = ceil_div(max(0, run.used_to - run.start - int(left // 1)), run.block)
                run = run.first(max(1, before))
        return run

    def _take_part(
        self, rule: Candidate, index: int, bucket: Bucket, run: Run, part: int, paying: Step | None, place: int
    ) -> None:
        """A bucket with ``partial`` takes what it has; the rest of the block goes on, pro rata."""
        part = min(part, run.block)
        reached = self.position + part
        end = self.rest.end if self.rest is not None else run.start + run.block
        used = Run(self.position, part, 1, reached, min(reached, run.used_to))
        if self._bucket_part(rule, index, bucket, used, part, paying, place) and reached < end:
            self.rest = RestState(rule.tariff.label, rule.rule.key, index, end, run.stop)

    def _bucket_part(
        self, rule: Candidate, index: int, bucket: Bucket, run: Run, covered: int, paying: Step | None, place: int
    ) -> bool:
        amount: Exact = 0
        flat = 0
        self.paid_first = True
        if bucket.price is not None and paying is not None:
            self._own_connect(bucket, bucket.price)
            if self.money.at_maximum:
                return False
            flat = self._flat(("", bucket.ref, place), paying.flat)
            run, amount = self.money.blocks(run, flat, ratio(paying.price * run.block, paying.unit))
            covered = min(covered, run.count * run.block)
        if bucket.lasts is not None:
            self.time.opened.setdefault(bucket.ref, self.time.instant(self.position))
        taken = times(bucket.factor, covered)
        self.taken[bucket.ref] = self.taken.get(bucket.ref, 0) + taken
        self._part(rule, index, run, PaidBy.BUCKET, amount, flat, paying if amount else None, bucket, taken)
        return True

    def _own_connect(self, bucket: Bucket, own: OwnPrice) -> None:
        if own.connect and bucket.ref not in self.connected:
            self.connected.add(bucket.ref)
            self.money.fee("bucket-connect", own.connect, self.position, bucket.ref)

    def _flat(self, key: tuple[str, str, int], flat: int) -> int:
        if not flat or key in self.entered:
            return 0
        self.entered.add(key)
        return flat

    def _money(self, rule: Candidate, price: Price, steps: tuple[Step, ...], index: int) -> None:
        if not self.paid_first:
            self.paid_first = True
            if self.first is not None and self.first.rule.price is not None:
                self.money.due_fees(self.first.rule.price, Due.CHARGED, self.position)
            if self.money.at_maximum:
                return
        if price.percent is not None and not self._percent(rule, price):
            return
        step = steps[index]
        run = self._bound(self._tariff_run(rule, price, steps, index, PaidBy.MONEY), self.passed)
        flat = self._entry(rule, price, step, index)
        run, amount = self.money.blocks(run, flat, ratio(step.price * run.block, step.unit))
        self.money.paid = True
        if price.volume and rule.usage:
            self.use.add(charged_key(rule), run.count * run.block)
        self._part(rule, index, run, PaidBy.MONEY, amount, flat, step)

    def _entry(self, rule: Candidate, price: Price, step: Step, index: int) -> int:
        """The flat amount of a step, the first time that money pays a block in it."""
        if not step.flat or price.volume:
            return 0
        if not step_counter(rule):
            return self._flat((rule.tariff.label, rule.rule.key, index), step.flat)
        key = entered_key(rule, index)
        if self.use.at(key):
            return 0
        self.use.add(key, 1)
        return step.flat

    def _percent(self, rule: Candidate, price: Price) -> bool:
        """A share of what is new of the event's amount; False: it carries none."""
        amount = self.facts.event.amount
        if amount is None or amount < 0 or price.percent is None:
            self.amount_missing = True
            return False
        due = percent_due(rule, price.percent, self.use, self.amount_priced, amount)
        self.amount_priced = max(amount, self.amount_priced)
        if due:
            self.money.fee("percent", due, self.position, rule.rule.key)
        return True

    def _part(
        self,
        rule: Candidate,
        index: int,
        run: Run,
        paid_by: PaidBy,
        amount: Exact = 0,
        flat: int = 0,
        step: Step | None = None,
        bucket: Bucket | None = None,
        taken: Exact = 0,
    ) -> None:
        """Add a part, or make the last one longer when only a boundary that changed nothing lies between them."""
        start = min(run.start, run.stop, self.end)
        end = max(start, min(run.used_to, self.end))
        keys = self.use.keys(rule, paid_by)
        continues = self.rest is not None
        at = self._at(rule, rule.rule.price) if rule.rule.price is not None else start
        ref = bucket.ref if bucket is not None else ""
        for key in keys:
            self.use.add(key, end - start)
        if paid_by in UNCOUNTED_IN_EVENT:
            self.skipped += end - start
        self.position, self.rest = run.stop, None
        last = self.parts[-1] if self.parts else None
        if (
            last is not None
            and not continues
            and not last.continues
            and last.paid_by is paid_by
            and last.block == run.block
            and last.rule == rule.rule.key
            and last.step == index
            and last.bucket == ref
            and last.tariff == rule.tariff.label
            and last.quantity == last.charged
        ):
            self.parts[-1] = longer(last, end, blocks=run.count, amount=amount, flat=flat, taken=taken)
            return
        self.parts.append(
            Part(
                start=start,
                end=end,
                paid_by=paid_by,
                tariff=rule.tariff.label,
                rule=rule.rule.key,
                rule_name=rule.rule.name,
                step=index,
                blocks=run.count,
                block=run.block,
                price=step.price if step is not None else 0,
                unit=step.unit if step is not None else 1,
                flat=flat,
                amount=amount,
                bucket=ref,
                bucket_name=bucket.name if bucket is not None else "",
                taken=taken,
                band=self.time.band_at(rule, start),
                position=at,
                counters=keys,
                exact=bucket is not None and bucket.exact,
                continues=continues,
            )
        )

    def _advance(self, stop: int) -> None:
        self.position = stop
        self.rest = None


_NOTHING = WalkState()


def longer(part: Part, end: int, *, blocks: int = 0, amount: Exact = 0, flat: int = 0, taken: Exact = 0) -> Part:
    """The part up to ``end``, with so much more of everything."""
    return Part(
        start=part.start,
        end=end,
        paid_by=part.paid_by,
        tariff=part.tariff,
        rule=part.rule,
        rule_name=part.rule_name,
        step=part.step,
        blocks=part.blocks + blocks,
        block=part.block,
        price=part.price,
        unit=part.unit,
        flat=part.flat + flat,
        amount=part.amount + amount,
        bucket=part.bucket,
        bucket_name=part.bucket_name,
        taken=part.taken + taken,
        band=part.band,
        position=part.position,
        counters=part.counters,
        exact=part.exact,
        continues=part.continues,
    )


def _step_at(steps: tuple[Step, ...], position: int) -> int:
    """The step in which the position lies; before the first one counts as in it."""
    index = len(steps) - 1
    while index and steps[index].start > position:
        index -= 1
    return index
