"""What a request does to buckets: the figures after it, and one movement for each reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from linehouse.balance.values import BucketView, MovementKind, Part
from linehouse.charging.values import Line
from linehouse.kernel.copies import changed
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
    used: int = 0
    reserved: int = 0
    """What it gave (below zero: got back), and by how much more of it is kept."""

    @property
    def late(self) -> int:
        """What was taken of the rest that had been booked as expired."""
        return sum(amount for kind, amount in self.moves if kind is MovementKind.LATE_USE)

    @property
    def expired(self) -> int:
        """What had been reserved beyond the bucket's end and was not used."""
        return sum(amount for kind, amount in self.moves if kind is MovementKind.EXPIRE)


def changes(views: Mapping[str, BucketView], before: State, after: State, by: Line) -> Iterator[BucketChange]:
    """Every bucket whose figures changed by a request of a line, in the order in which they are held."""
    for ref, view in views.items():
        then, now = before.holdings[ref], after.holdings[ref]
        used, reserved = now.used - then.used, now.reserved - then.reserved
        if now.bucket.lasts is None and then.bucket.lasts is not None:
            begun = view.begun(now.bucket.valid.start)
            yield _change(begun, used, reserved, by, began=True)
        elif used or reserved:
            yield _change(view, used, reserved, by)


def _change(view: BucketView, used: int, reserved: int, by: Line, *, began: bool = False) -> BucketChange:
    moves: list[tuple[MovementKind, int]] = []
    granted, expired, taken = view.granted, view.expired, max(0, used)
    if used < 0 and view.shared is not None:
        # What a line took of a shared bucket is the sum of its parts, so its part goes back.
        moves.append((MovementKind.RETURN, -used))
        taken = used
    elif used < 0:
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
    after = changed(
        view,
        granted=granted,
        used=view.used + taken,
        reserved=view.reserved + reserved,
        expired=expired,
        parts=view.parts if view.shared is None else _parts(view, used, reserved, by),
    )
    return BucketChange(view, after, tuple(moves), began, used, reserved)


def _parts(view: BucketView, used: int, reserved: int, by: Line) -> dict[str, Part]:
    known = view.parts.get(by.subscription, Part(by.subscription_id, by.subscription, 0))
    return {**view.parts, by.subscription: changed(known, used=known.used + used, reserved=known.reserved + reserved)}
