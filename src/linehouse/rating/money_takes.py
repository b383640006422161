"""Which money pays: promotional credit before main, each as far as it goes, the sum exactly the rounded total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from linehouse.kernel.rounding import Rounding, round_to_step
from linehouse.rating.event_money import Owed
from linehouse.rating.timeline import Timeline
from linehouse.rating.values import Bucket, Exact, RoundTo, WalkState


@dataclass(frozen=True, slots=True)
class MoneyTakes:
    """Micro-units by bucket, and what no bucket could pay."""

    by_bucket: dict[str, int]
    uncollected: int


def step_of(round_to: RoundTo) -> int:
    """The rounding's step in micro-units: six decimals are 1, two are 10 000."""
    return int(10 ** (6 - round_to.decimals))


class Purses:
    """Who pays what of an event, exact, in the order in which it fell due.

    ``paid`` is that list; what is owed and not on it nobody could pay. Rooms are what buckets have now and what they
    gave for this event before.
    """

    def __init__(self, timeline: Timeline, state: WalkState | None, *, one_bucket: bool) -> None:
        self._timeline = timeline
        self._one_bucket = one_bucket
        self._booked: Mapping[str, int] = state.money_booked if state is not None else {}
        self.paid: list[tuple[str, Exact]] = list(state.money) if state is not None else []
        self._shares: dict[str, Exact] = {}
        self._unpaid: Exact = state.charged if state is not None else 0
        for ref, amount in self.paid:
            self._shares[ref] = self._shares.get(ref, 0) + amount
            self._unpaid -= amount
        self._rooms = {bucket.ref: self._room(bucket) for bucket in timeline.buckets if bucket.is_money}

    def pay(self, owed: Iterable[Owed]) -> None:
        """Let the buckets that cover where it fell due pay, in burn order, each as far as it goes."""
        for one in owed:
            purses = [bucket for bucket in self._timeline.covering(one.position) if bucket.is_money]
            if not purses:
                self._unpaid += one.each * one.count
                continue
            for bucket in purses:
                if bucket.ref not in self._shares:
                    self._shares[bucket.ref] = 0
                    self.paid.append((bucket.ref, 0))
            if one.each < 0:
                self._give_back(purses[-1], -one.each * one.count)
            elif self._one_bucket:
                self._whole_blocks(purses, one)
            else:
                self._as_far_as_it_goes(purses, one.each * one.count)

    def split(self, exact: Exact, total: int, round_to: RoundTo) -> MoneyTakes:
        """The whole micro-units of each bucket: its sum rounded as the event is, the rest by the first with room.

        ``total`` is ``exact`` rounded; what nobody could pay of it is uncollected.
        """
        step, mode = step_of(round_to), round_to.mode
        paid = sum(self._shares.values())
        wanted = total
        if paid != exact:
            # Somebody was asked and had too little: what there is goes, to the micro-unit.
            step, mode = 1, Rounding.UP
            wanted = min(total, round_to_step(paid, step, mode))
        takes: dict[str, int] = {}
        for ref, share in self._shares.items():
            room = self._room_of(ref)
            rounded = share if isinstance(share, int) and step == 1 else round_to_step(share, step, mode)
            takes[ref] = rounded if room is None else min(rounded, room)
        rest = wanted - sum(takes.values())
        for ref, take in reversed(list(takes.items())):
            less = max(0, min(-rest, take))
            takes[ref] -= less
            rest += less
        for ref, take in list(takes.items()):
            room = self._room_of(ref)
            more = max(0, rest if room is None else min(rest, room - take))
            takes[ref] += more
            rest -= more
        by_bucket = {ref: take for ref, take in takes.items() if take}
        return MoneyTakes(by_bucket, total - sum(by_bucket.values()))

    def _as_far_as_it_goes(self, purses: Sequence[Bucket], owed: Exact) -> None:
        for place, bucket in enumerate(purses):
            room = self._left(bucket)
            more = owed if room is None else max(0, min(owed, room))
            self._take(bucket, more)
            owed -= more
            if owed and bucket.stop:
                purses = purses[: place + 1]
                break
        self._overdraw(purses, owed)

    def _whole_blocks(self, purses: Sequence[Bucket], one: Owed) -> None:
        """A bucket that cannot pay a whole block is skipped for it."""
        blocks = one.count
        for place, bucket in enumerate(purses):
            room = self._left(bucket)
            able = blocks if room is None else max(0, min(blocks, int(room // one.each)))
            self._take(bucket, able * one.each)
            blocks -= able
            if blocks and bucket.stop:
                purses = purses[: place + 1]
                break
        self._overdraw(purses, blocks * one.each)

    def _give_back(self, last: Bucket, amount: Exact) -> None:
        """What nobody paid is owed no more; then to whom paid for this event, from the end; then to the last asked."""
        unpaid = min(amount, self._unpaid)
        self._unpaid -= unpaid
        amount -= unpaid
        for place in range(len(self.paid) - 1, -1, -1):
            ref, paid = self.paid[place]
            less = max(0, min(paid, amount))
            self.paid[place] = (ref, paid - less)
            self._shares[ref] -= less
            amount -= less
        self._take(last, -amount)

    def _overdraw(self, purses: Sequence[Bucket], owed: Exact) -> None:
        """Usage that has happened goes below what a bucket has, where the account says so."""
        if not owed:
            return
        willing = next((bucket for bucket in purses if bucket.overdraw), None)
        if willing is not None:
            self._take(willing, owed)
        else:
            self._unpaid += owed

    def _room(self, bucket: Bucket) -> int | None:
        room = bucket.room
        return None if room is None or bucket.overdraw else room + self._booked.get(bucket.ref, 0)

    def _room_of(self, ref: str) -> int | None:
        # A bucket that is no longer among those that cover keeps what it gave.
        return self._rooms[ref] if ref in self._rooms else self._booked.get(ref, 0)

    def _left(self, bucket: Bucket) -> Exact | None:
        room = bucket.room
        if room is None:
            return None
        return room + self._booked.get(bucket.ref, 0) - self._shares.get(bucket.ref, 0)

    def _take(self, bucket: Bucket, amount: Exact) -> None:
        if not amount:
            return
        ref = bucket.ref
        self._shares[ref] = self._shares.get(ref, 0) + amount
        if self.paid and self.paid[-1][0] == ref:
            self.paid[-1] = (ref, self.paid[-1][1] + amount)
        else:
            self.paid.append((ref, amount))


def kept(paid: Iterable[tuple[str, Exact]]) -> tuple[tuple[str, Fraction], ...]:
    """The list as a state keeps it."""
    return tuple((ref, Fraction(amount)) for ref, amount in paid)
