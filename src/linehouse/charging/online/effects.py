"""What a request does to buckets: the figures after it, and one movement for each reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from linehouse.balance.values import BucketView, MovementKind
from linehouse.rating.session.state import State


@dataclass(frozen=True, slots=True)
class BucketChange:
    """A bucket before and after; ``moves`` are the movements in between (amounts above zero).

    A reservation is no movement: nothing has been used yet.
    """

    before: BucketView
    after: BucketView
    moves: tuple[tuple[MovementKind, int], ...]
    began: bool = False
    """Whether it began to last: this is its first use."""

    @property
    def late(self) -> int:
        """What was taken of the rest that had been booked as expired."""
        return sum(amount for kind, amount in self.moves if kind is MovementKind.LATE_USE)

    @property
    def expired(self) -> int:
        """What had been reserved beyond the bucket's end and was not used."""
        return sum(amount for kind, amount in self.moves if kind is MovementKind.EXPIRE)


def changes(views: Mapping[str, BucketView], before: State, after: State) -> Iterator[BucketChange]:
    """Every bucket whose figures changed, in the order in which they are held."""
    for ref, view in views.items():
        then, now = before.holdings[ref], after.holdings[ref]
        used, reserved = now.used - then.used, now.reserved - then.reserved
        if now.bucket.lasts is None and then.bucket.lasts is not None:
            begun = view.begun(now.bucket.valid.start)
            yield _change(begun, used, reserved, began=True)
        elif used or reserved:
            yield _change(view, used, reserved)


def _change(view: BucketView, used: int, reserved: int, *, began: bool = False) -> BucketChange:
    moves: list[tuple[MovementKind, int]] = []
    granted, expired = view.granted, view.expired
    if used < 0:
        # What is given back is granted again, so that every movement stays as it was written.
        moves.append((MovementKind.REFUND, -used))
        granted = None if granted is None else granted - used
    if view.closed_at is not None and not view.unlimited:
        gone = -max(0, used) - reserved
        expired += gone
        if gone > 0:
            moves.append((MovementKind.EXPIRE, gone))
        elif gone < 0:
            moves.append((MovementKind.LATE_USE, -gone))
        used_in_time = max(0, used) + min(0, gone)
        if used_in_time > 0:
            moves.append((MovementKind.USE, used_in_time))
    elif used > 0:
        moves.append((MovementKind.USE, used))
    after = replace(
        view, granted=granted, used=view.used + max(0, used), reserved=view.reserved + reserved, expired=expired
    )
    return BucketChange(view, after, tuple(moves), began)
