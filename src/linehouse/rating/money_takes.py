"""Which money pays: promotional credit before main, each as far as it goes, the sum exactly the rounded total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from linehouse.kernel.rounding import round_to_step
from linehouse.rating.timeline import Timeline
from linehouse.rating.values import Bucket, RoundTo


@dataclass(frozen=True, slots=True)
class MoneyTakes:
    """Micro-units by bucket, and what no bucket could pay."""

    by_bucket: dict[str, int]
    uncollected: int


def step_of(round_to: RoundTo) -> int:
    """The rounding's step in micro-units: six decimals are 1, two are 10 000."""
    return int(10 ** (6 - round_to.decimals))


def allocate(due: Sequence[tuple[int, Fraction]], total: int, timeline: Timeline, round_to: RoundTo) -> MoneyTakes:
    """Share ``total`` (micro-units, already rounded) over the money buckets that cover what fell due.

    Exact amounts are paid in burn order at the position where they fell due; each bucket's sum is then rounded as the
    event is, within what the bucket has and what is still owed. Rounding leaves at most a few micro-units, which the
    first bucket with room pays.
    """
    shares: dict[str, Fraction] = {}
    room: dict[str, int | None] = {}
    for position, amount in due:
        owed = amount
        for bucket in _money(timeline, position):
            room[bucket.ref] = bucket.available
            paid = shares.get(bucket.ref, Fraction(0))
            more = owed if bucket.available is None else min(owed, bucket.available - paid)
            shares[bucket.ref] = paid + more
            owed -= more
    takes: dict[str, int] = {}
    open_amount = total
    for ref, share in shares.items():
        take = min(round_to_step(share, step_of(round_to), round_to.mode), open_amount, _room(room[ref], open_amount))
        takes[ref] = take
        open_amount -= take
    for ref, take in list(takes.items()):
        rest = min(open_amount, _room(room[ref], open_amount + take) - take)
        takes[ref] = take + rest
        open_amount -= rest
    return MoneyTakes({ref: take for ref, take in takes.items() if take}, open_amount)


def _money(timeline: Timeline, position: int) -> list[Bucket]:
    return [bucket for bucket in timeline.covering(position) if bucket.is_money]


def _room(available: int | None, wanted: int) -> int:
    return wanted if available is None else available
