"""Going on with an event: the part that is new is assigned, by the tariff version that is in force where it lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linehouse.kernel.copies import changed
from linehouse.kernel.quantity import Unit
from linehouse.rating.buckets import consume
from linehouse.rating.session.terms import Terms
from linehouse.rating.values import Bucket, PaidBy, Part, Priced, Tariff, UsageEvent, Verdict, WalkState

_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """What the new part takes. ``priced`` is the whole event so far, ``walk`` every assignment of it up to ``used``.

    ``units`` and ``money`` are by bucket; ``payers`` are who paid for what is new. ``gap``: no rule prices it, nothing
    was assigned.
    """

    walk: WalkState
    used: int
    priced: Priced | None = None
    units: Mapping[str, int] = field(default_factory=dict)
    money: Mapping[str, int] = field(default_factory=dict)
    uncollected: int = 0
    blocked: int = 0
    counted: Mapping[str, int] = field(default_factory=dict)
    first_used: Mapping[str, datetime] = field(default_factory=dict)
    ends_at: int | None = None
    gap: bool = False
    payers: frozenset[PaidBy] = frozenset()

    @property
    def takes(self) -> dict[str, int]:
        """What each bucket gives."""
        return {**self.units, **self.money}

    @property
    def charge(self) -> int:
        """Money that buckets give."""
        return sum(self.money.values())

    def paid_by(self, *payers: PaidBy) -> bool:
        """Whether one of these paid for a new part."""
        return not self.payers.isdisjoint(payers)


def go_on(
    buckets: Sequence[Bucket],
    terms: Terms,
    event: UsageEvent,
    walk: WalkState,
    used: int,
    to: int,
    counters: Mapping[str, int],
    *,
    priced_at: datetime | None = None,
    or_priced_at: datetime | None = None,
    reported_at: datetime | None = None,
    final: bool = True,
) -> Going:
    """Assign usage from ``used`` to ``to`` (base units, cumulative); ``to`` before ``used`` gives back from the end.

    Time is priced where it lies; anything else as of ``priced_at``, which is when its grant was made (None: when the
    event began), or where the door could not say, as of the cheaper of both instants. ``reported_at`` is what a tariff
    asks for that prices volume as of its report, or evenly up to it. ``final``: the event ends there.
    """
    going = Going(walk=walk, used=used)
    if event.usage_type.unit is not Unit.MILLISECOND:
        known = changed(
            event,
            quantity=to,
            priced_at=priced_at,
            or_priced_at=or_priced_at,
            ended_at=reported_at or event.ended_at,
        )
        return _piece(buckets, terms.tariff_at(priced_at or event.started_at), known, going, counters, final=final)
    while True:
        here = event.started_at + going.used * _MS
        switch = terms.next_version(here)
        until = to if switch is None else min(to, -(-(switch - event.started_at) // _MS))
        tariff = terms.tariff_at(here)
        rest = going.walk.rest
        if rest is not None and rest.tariff != tariff.label and rest.stop > going.used:
            # The rest of a block goes on at the price in force when the block began.
            tariff = next((one for one in terms.tariffs if one.label == rest.tariff), tariff)
            until = min(to, rest.stop)
        piece = _piece(
            _less(buckets, going), tariff, changed(event, quantity=until), going, counters, final=final and until == to
        )
        going = _joined(going, piece) if going.priced is not None else piece
        if going.gap or going.used >= to:
            return going


def _piece(
    buckets: Sequence[Bucket],
    tariff: Tariff,
    event: UsageEvent,
    before: Going,
    counters: Mapping[str, int],
    *,
    final: bool,
) -> Going:
    walk = before.walk
    found = consume(buckets, tariff, event, counters=counters, resume=walk, final=final)
    if found.priced.verdict is Verdict.UNRATED or found.state is None:
        return Going(walk=walk, used=before.used, priced=found.priced, gap=True)
    return Going(
        walk=found.state,
        used=event.quantity,
        priced=found.priced,
        units=found.unit_takes,
        money=found.money_takes,
        uncollected=found.uncollected,
        blocked=found.blocked,
        counted=found.counted,
        first_used=found.first_used,
        ends_at=found.ends_at,
        payers=_payers(found.priced.parts, before.used),
    )


def _less(buckets: Sequence[Bucket], going: Going) -> Sequence[Bucket]:
    takes = going.takes
    if not takes:
        return buckets
    return [
        changed(bucket, available=bucket.available - takes[bucket.ref])
        if bucket.available is not None and bucket.ref in takes
        else bucket
        for bucket in buckets
    ]


def _joined(one: Going, two: Going) -> Going:
    if two.gap:
        return changed(one, gap=True, priced=one.priced or two.priced)
    return Going(
        walk=two.walk,
        used=two.used,
        priced=two.priced,
        units=_sum(one.units, two.units),
        money=_sum(one.money, two.money),
        uncollected=one.uncollected + two.uncollected,
        blocked=one.blocked + two.blocked,
        counted=_sum(one.counted, two.counted),
        first_used={**two.first_used, **one.first_used},
        ends_at=two.ends_at,
        payers=one.payers | two.payers,
    )


def _sum(one: Mapping[str, int], two: Mapping[str, int]) -> Mapping[str, int]:
    if not one or not two:
        return one or two
    return {ref: one.get(ref, 0) + two.get(ref, 0) for ref in {**one, **two}}


def _payers(parts: Sequence[Part], used: int) -> frozenset[PaidBy]:
    """Who paid for usage beyond ``used``."""
    found = set()
    for part in reversed(parts):
        if part.end <= used:
            break
        found.add(part.paid_by)
    return frozenset(found)


def changed_parts(before: Sequence[Part], after: Sequence[Part]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """What was taken back, and what was added, between two lists of assignments of one event."""
    place = 0
    while place < min(len(before), len(after)) and (before[place] is after[place] or before[place] == after[place]):
        place += 1
    gone, new = tuple(before[place:]), tuple(after[place:])
    if gone and new and _same_run(gone[0], new[0]):
        if len(gone) == 1 and gone[0].end <= new[0].end and gone[0].blocks <= new[0].blocks:
            more = _less_part(new[0], gone[0])
            return (), ((more, *new[1:]) if more.quantity or more.blocks else new[1:])
        if len(new) == 1 and new[0].end <= gone[0].end and new[0].blocks <= gone[0].blocks:
            return (_less_part(gone[0], new[0]), *gone[1:]), ()
    return gone, new


def _same_run(one: Part, two: Part) -> bool:
    return (one.start, one.paid_by, one.tariff, one.rule, one.step, one.block, one.bucket) == (
        (two.start, two.paid_by, two.tariff, two.rule, two.step, two.block, two.bucket)
    )


def _less_part(longer: Part, shorter: Part) -> Part:
    return changed(
        longer,
        start=shorter.end,
        blocks=longer.blocks - shorter.blocks,
        amount=longer.amount - shorter.amount,
        flat=longer.flat - shorter.flat,
        taken=longer.taken - shorter.taken,
    )
