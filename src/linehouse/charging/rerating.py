"""Rating again what was rated: the records of a subscriber over the buckets as they were, and what differs.

Nothing moves here. The records that are rated again are first given back to the buckets that paid for them; then each
is decided as at first, in the order in which the records were charged (``sequence``), or in that of the events where
that is asked for. So a record that follows a changed one changes, too, where the bucket had run out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from linehouse.balance.values import BucketView
from linehouse.charging.decision import Decided, Suspended, TariffAt, after_taking, count, decide
from linehouse.charging.told import NO_COUNTERS, NOTHING, Counters, Told
from linehouse.charging.values import Line, RatedUsage
from linehouse.rating.values import PaidBy
from linehouse.usage.values import NormalisedUsage

TariffOf = Callable[[RatedUsage], TariffAt]
"""The tariffs by which a rated record is rated again."""


class Order(StrEnum):
    """In which order records are rated again."""

    SEQUENCE = "sequence"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Again:
    """A rated record, and what rating it again says."""

    before: RatedUsage
    after: Decided | Suspended
    place: int = 0
    """Its place from now on in the order in which records are rated again; 0: the one that it has."""

    @property
    def amount(self) -> int | None:
        """What would now be charged, micro-units in the tariff's tax mode; None when it would go to suspense."""
        if isinstance(self.after, Suspended):
            return None
        return self.after.consumption.priced.total.micros - self.after.consumption.uncollected

    @property
    def unit_takes(self) -> dict[str, int]:
        """Units that it would now take, by bucket."""
        return {} if isinstance(self.after, Suspended) else _real(self.after.consumption.unit_takes)

    @property
    def money_takes(self) -> dict[str, int]:
        """Money that it would now take, by bucket."""
        return {} if isinstance(self.after, Suspended) else _real(self.after.consumption.money_takes)

    @property
    def counted(self) -> dict[str, int]:
        """What it would now add to the period's counters."""
        return {} if isinstance(self.after, Suspended) else _real(self.after.consumption.counted)

    @property
    def rule(self) -> str:
        """The rules that would now price it, or why it could not be priced."""
        if isinstance(self.after, Suspended):
            return self.after.message
        parts = self.after.consumption.priced.parts
        return ", ".join(dict.fromkeys(part.rule for part in parts))

    @property
    def covered_by(self) -> str:
        """The allowances that would now pay."""
        if isinstance(self.after, Suspended):
            return ""
        parts = self.after.consumption.priced.parts
        return ", ".join(dict.fromkeys(part.bucket_name for part in parts if part.paid_by is PaidBy.BUCKET))

    @property
    def changes(self) -> bool:
        """Whether anything moves: the charge, what nobody pays, who pays, or what is counted in the period.

        Another name of the same is no change.
        """
        if isinstance(self.after, Suspended):
            return True
        found, before = self.after.consumption, self.before
        return (self.amount, found.uncollected, found.blocked, self.unit_takes, self.money_takes, self.counted) != (
            before.amount.micros,
            before.uncollected.micros,
            before.blocked + before.redirected,
            _real(before.unit_takes),
            _real(before.money_takes),
            _real(before.counted),
        )

    @property
    def enters(self) -> bool:
        """Whether the record gets a new entry: because something changes, or because its place does."""
        return self.changes or self.place not in (0, self.before.sequence)


def _real(takes: Mapping[str, int]) -> dict[str, int]:
    return {ref: amount for ref, amount in takes.items() if amount}


def tariff_key(label: str) -> str:
    """The key of a tariff from its label: ``robin-standard v3`` → ``robin-standard``."""
    return label.rpartition(" v")[0]


def given_back(buckets: Sequence[BucketView], rated: Sequence[RatedUsage]) -> dict[str, BucketView]:
    """The buckets, by reference, as if the rated records had never been charged."""
    held = {bucket.ref: bucket for bucket in buckets}
    for row in rated:
        for ref, amount in (*row.unit_takes.items(), *row.money_takes.items()):
            if ref in held:
                held[ref] = _without(held[ref], amount, row)
    return held


def _without(bucket: BucketView, amount: int, row: RatedUsage) -> BucketView:
    if amount < 0:
        return replace(bucket, granted=(bucket.granted or 0) + amount)
    return bucket.before(amount, row.subscription, row.subscription_id)


def rate_again(
    rated: Sequence[RatedUsage],
    records: Mapping[UUID, NormalisedUsage],
    line: Line | None,
    buckets: Sequence[BucketView],
    tariff_of: TariffOf,
    told: Told = NOTHING,
    counters: Counters = NO_COUNTERS,
    order: Order = Order.SEQUENCE,
    standing: Sequence[RatedUsage] = (),
) -> list[Again]:
    """Rate a subscriber's records again, all of them from the first that may change.

    A record sees the buckets that existed when it was first charged: credit bought later does not pay for it. It is
    paid for as it was then, also when the subscription has moved to another plan or account since. In the order of the
    events the records change places with each other, so that rating them again in ``sequence`` is the same.
    ``counters`` are those of now; what all these records had added to them is taken off first. ``standing`` are
    records in between that are left as they are: they only count, in their place.
    """
    held = given_back(buckets, rated)
    used = uncounted(counters, [*rated, *standing])
    by_sequence = order is Order.SEQUENCE
    answers = []
    replayed = sorted([*rated, *standing], key=lambda r: (r.sequence,) if by_sequence else (r.started_at, r.sequence))
    places = iter(sorted(row.sequence for row in rated))
    left = {row.record_id for row in standing}
    for row in replayed:
        if row.record_id in left:
            if row.counted_in is not None:
                count(used.setdefault((row.subscription_id, row.counted_in), {}), row.counted)
            continue
        views = [bucket for bucket in held.values() if bucket.created_at <= row.rated_at]
        terms = {} if line is None else {line.subscription_id: as_charged(line, row)}
        (answer,) = decide([records[row.record_id]], terms, {row.subscription_id: views}, tariff_of(row), told, used)
        if isinstance(answer, Decided):
            for taken in answer.taken:
                held[taken.bucket.ref] = after_taking(taken)
            count(used.setdefault((row.subscription_id, answer.period), {}), answer.consumption.counted)
        answers.append(Again(row, answer, next(places)))
    return answers


def as_charged(line: Line, row: RatedUsage) -> Line:
    """The line as the record was charged: by its tariff, for whom it was then, who paid, and in which segments."""
    return replace(
        line,
        tariff_key=tariff_key(row.tariff),
        customer_id=row.customer_id,
        account_id=row.account_id,
        account=row.account,
        billing_mode=row.billing_mode,
        currency=row.amount.currency,
        offering=row.offering or line.offering,
        segment=row.segment or line.segment,
        segments=frozenset(row.told["segment"]) if "segment" in row.told else line.segments,
    )


def uncounted(counters: Counters, rated: Sequence[RatedUsage]) -> dict[tuple[UUID, date], dict[str, int]]:
    """The counters as if the rated records had never been counted."""
    found = {period: dict(counted) for period, counted in counters.items()}
    for row in rated:
        if row.counted_in is not None:
            less = {key: -more for key, more in row.counted.items()}
            count(found.setdefault((row.subscription_id, row.counted_in), {}), less)
    return found


@dataclass(frozen=True, slots=True)
class Sum:
    """What changes for one subscriber by one rule: micro-units, and units that allowances give."""

    subscription: str
    rule: str
    currency: str
    unit: str
    records: int
    before: int
    after: int
    covered_before: int
    covered_after: int

    @property
    def difference(self) -> int:
        """How much more is charged, micro-units; negative: less."""
        return self.after - self.before


def summed(answers: Sequence[Again]) -> list[Sum]:
    """The sums of those that change, per subscriber and the rule that first priced them.

    What would go to suspense counts as charged nothing.
    """
    found: dict[tuple[str, str, str, str], list[int]] = {}
    for one in answers:
        if not one.changes:
            continue
        row = one.before
        sums = found.setdefault(
            (row.subscription, row.rule, row.amount.currency, row.quantity.unit.value), [0, 0, 0, 0, 0]
        )
        figures = (
            1,
            row.amount.micros,
            one.amount or 0,
            sum(row.unit_takes.values()),
            sum(one.unit_takes.values()),
        )
        for place, figure in enumerate(figures):
            sums[place] += figure
    return [Sum(*key, *sums) for key, sums in sorted(found.items())]
