"""Where the walk through an event stands, and which equal blocks come next."""

from __future__ import annotations

from linehouse.kernel.rounding import ceil_div
from linehouse.rating.matching import Candidate, Matched
from linehouse.rating.period_use import UNCOUNTED_IN_EVENT, PeriodUse, step_counter
from linehouse.rating.runs import Run
from linehouse.rating.timeline import Timeline
from linehouse.rating.values import Bucket, Counts, PaidBy, Price, RestState, Step, WalkState


class Place:
    """``position`` is where the next block begins; ``rest`` says that one goes on of which a bucket took a share."""

    def __init__(
        self, end: int, matched: Matched, use: PeriodUse, time: Timeline, state: WalkState, *, cut: bool
    ) -> None:
        self.end = end
        self.cut = cut
        self.matched = matched
        self.use = use
        self.time = time
        self.position = state.position
        self.rest: RestState | None = state.rest
        self.free = state.free
        self.skipped = state.skipped

    def rule(self) -> Candidate | None:
        """The rule by which the next block is priced."""
        if self.rest is not None:
            return self.matched.by_key.get((self.rest.tariff, self.rest.rule))
        return self.time.rule_at(self.position)

    def at_step(self, rule: Candidate, price: Price) -> int:
        """The position in the steps: in the period's counter, or in the event."""
        counter = step_counter(rule)
        if counter:
            return self.use.at(counter)
        return self.position - self.free - (self.skipped if price.counts is Counts.CHARGED else 0)

    def edge(self, rule: Candidate, payer: PaidBy, end: int) -> int:
        return self.time.rule_edge(self.position, end, self.use.keys(rule, payer))

    def step_edge(
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
        return self.position + steps[index + 1].start - self.at_step(rule, price) if moves else None

    def run(
        self,
        rule: Candidate,
        payer: PaidBy,
        block: int,
        step_edge: int | None,
        overhang: bool,
        bucket: Bucket | None = None,
    ) -> Run:
        """The blocks of this size that begin before anything changes."""
        start, rest = self.position, self.rest
        if rest is not None:
            return Run(start, rest.end - start, 1, rest.stop, max(start, min(self.end, rest.stop)))
        limit = min(self.edge(rule, payer, self.end), self.time.bucket_edge(start, self.end, bucket))
        if step_edge is not None and step_edge > start:
            limit = min(limit, step_edge)
        count = ceil_div(limit - start, block)
        full = stop = start + count * block
        # Looked up beyond the event's own end as well: usage may be reported there later.
        if self.cut:
            stop = min(stop, self.edge(rule, payer, full))
        if overhang and step_edge is not None and step_edge > start:
            stop = min(stop, step_edge)
        return Run(start, block, count, stop, min(stop, self.end))

    def tariff_run(self, rule: Candidate, price: Price, steps: tuple[Step, ...], index: int, payer: PaidBy) -> Run:
        step = steps[index]
        return self.run(rule, payer, step.block, self.step_edge(rule, price, steps, index, payer), step.overhang)

    def advance(self, stop: int) -> None:
        """Go on behind what needs no part."""
        self.position = stop
        self.rest = None


def step_at(steps: tuple[Step, ...], position: int) -> int:
    """The step in which the position lies; before the first one counts as in it."""
    index = len(steps) - 1
    while index and steps[index].start > position:
        index -= 1
    return index
