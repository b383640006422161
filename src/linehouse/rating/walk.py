"""The one way through an event: from block to block in closed form, a run of equal blocks at a time.

The work grows with the number of steps, bands and buckets that the event meets, never with its length. What a walk
found can be kept and gone on with: a report later, in the block that has begun.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from linehouse.kernel.rounding import ceil_div
from linehouse.rating.burn_order import in_burn_order, may_cover
from linehouse.rating.event_money import EventMoney
from linehouse.rating.matching import Candidate, Facts, matched
from linehouse.rating.part_list import append, begun_in
from linehouse.rating.percentage import NO_STEPS, percent_due
from linehouse.rating.period_use import UNCOUNTED_IN_EVENT, PeriodUse, charged_key, entered_key, step_counter
from linehouse.rating.place import Place, step_at
from linehouse.rating.runs import Run, ratio
from linehouse.rating.timeline import Timeline
from linehouse.rating.unit_takes import UnitTakes
from linehouse.rating.values import (
    BandChange,
    Bucket,
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


class Walk(Place):
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
        begun = state if state is not None else _NOTHING
        end, found = facts.event.quantity, matched(facts)
        able = [bucket for bucket in buckets if may_cover(bucket, facts)]
        if len(able) > 1:
            able = in_burn_order(able)
        use = PeriodUse(found, counters, state)
        time = Timeline(facts, found, able, use, dict(begun.opened), begun.used)
        super().__init__(end, found, use, time, begun, cut=facts.tariff.band_change is BandChange.CUT)
        self.facts = facts
        self.state = state
        self.money = EventMoney(end, state)
        self.begun = begun.begun
        self.paid_first = begun.paid_first
        self.amount_priced = begun.amount_priced
        self.entered = set(begun.entered)
        self.connected = set(begun.connected)
        self.units = UnitTakes(begun)
        self.parts = list(begun.parts)
        self.first = self.matched.by_key.get(begun.first) if begun.first is not None else None
        if self.first is not None and self.first.rule.price is not None:
            self.money.bound_by(self.first.rule.price, self.first.rule.key)
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
            rule = self.rule()
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
            money_paid=self.money.paid,
            finish=Fraction(self.money.finish),
            charged=Fraction(self.money.sum),
            skipped=self.skipped,
            amount_priced=self.amount_priced,
            ends_at=self.money.ends_at,
            entered=tuple(sorted(self.entered)),
            connected=tuple(sorted(self.connected)),
            opened=dict(self.time.opened),
            taken={ref: Fraction(taken) for ref, taken in self.units.taken.items()},
            walked=dict(self.use.added),
            parts=tuple(self.parts),
            fees=tuple(self.money.fees),
        )

    def _extend(self, used: int) -> None:
        """The block that has begun is paid for: more usage of it only makes its last parts longer."""
        reached = min(self.end, self.position)
        if reached <= used or not self.parts:
            return
        place = first = begun_in(self.parts)
        edge = self.parts[first].start
        while place < len(self.parts):
            part = self.parts[place]
            start, edge = min(edge, reached), edge + part.charged
            end = reached if place + 1 == len(self.parts) else min(edge, reached)
            more = end - start - part.quantity
            self.parts[place] = replace(part, start=start, end=end)
            for key in part.counters:
                self.use.add(key, more)
            if part.paid_by in UNCOUNTED_IN_EVENT:
                self.skipped += more
            place += 1

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
        index = self.rest.step if self.rest is not None else step_at(steps, self.at_step(rule, price))
        if self.money.at_maximum:
            self._at_maximum(rule)
        elif not self._units(rule, price, steps, index):
            self._money(rule, price, steps, index)

    def _at_maximum(self, rule: Candidate) -> None:
        edge = self.edge(rule, PaidBy.MAXIMUM, self.end) if self.rest is None else self.rest.stop
        # What is left of a block may be no usage at all; then there is nothing to give away.
        if edge <= self.position:
            self.advance(edge)
        else:
            run = Run(self.position, 1, edge - self.position, edge, min(edge, self.end))
            self._part(rule, 0, run, PaidBy.MAXIMUM)

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
        self._part(
            rule, index, self.units.bound(self.tariff_run(rule, price, steps, index, payer), passed, self.free), payer
        )
        return True

    def _bucket(
        self, rule: Candidate, price: Price, steps: tuple[Step, ...], index: int, bucket: Bucket, passed: list[Bucket]
    ) -> bool:
        own, step = bucket.price, steps[index]
        if own is not None:
            place = step_at(own.steps, self.position - self.free)
            later = own.steps[place + 1].start + self.free if place + 1 < len(own.steps) else None
            paying: Step | None = own.steps[place]
            size, overhang = bucket.block or own.steps[place].block, own.steps[place].overhang
        else:
            place, paying = index, None
            later = self.step_edge(rule, price, steps, index, PaidBy.BUCKET)
            size, overhang = bucket.block or step.block, step.overhang
        run = self.units.bound(self.run(rule, PaidBy.BUCKET, size, later, overhang, bucket), passed, self.free)
        if own is not None and passed:
            # The tariff's next step may have blocks that a bucket which was passed over can cover.
            edge = self.step_edge(rule, price, steps, index, PaidBy.BUCKET)
            if edge is not None and edge > run.start:
                run = self.units.bound(run.first(ceil_div(edge - run.start, run.block)), passed, self.free)
        if bucket.exact and run.idle:
            if self.kept is None:
                self.kept = self.keep()
            self.advance(run.stop)
            return True
        count = self.units.coverable(bucket, run)
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
        if bucket.partial and (part := self.units.whole_left(bucket)):
            self._take_part(rule, index, bucket, run.first(1), part, paying, place)
            return True
        return False

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
        taken = self.units.take(bucket, covered)
        self._part(rule, place, run, PaidBy.BUCKET, amount, flat, paying if amount else None, bucket, taken)
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
        run = self.units.bound(self.tariff_run(rule, price, steps, index, PaidBy.MONEY), self.passed, self.free)
        flat = self._entry(rule, price, step, index)
        run, amount = self.money.blocks(run, flat, ratio(step.price * run.block, step.unit))
        # An event whose amount is free of the percentage, and that has no steps, costs nothing: no minimum either.
        self.money.paid = self.money.paid or price.percent is None or bool(price.steps)
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
            self.money.paid = True
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
        """Assign a run, count it, and go on behind it."""
        start = min(run.start, run.stop, self.end)
        end = max(start, min(run.used_to, self.end))
        keys = self.use.keys(rule, paid_by)
        continues = self.rest is not None
        if continues:
            at = self.parts[-1].position
        else:
            at = max(0, self.at_step(rule, rule.rule.price)) if rule.rule.price is not None else start
        for key in keys:
            self.use.add(key, end - start)
        if paid_by in UNCOUNTED_IN_EVENT:
            self.skipped += end - start
        self.position, self.rest = run.stop, None
        append(
            self.parts,
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
                bucket=bucket.ref if bucket is not None else "",
                bucket_name=bucket.name if bucket is not None else "",
                taken=taken,
                band=self.time.band_at(rule, start) if rule.bands else "",
                position=at,
                counters=keys,
                exact=bucket is not None and bucket.exact,
                continues=continues,
            ),
        )


_NOTHING = WalkState()
