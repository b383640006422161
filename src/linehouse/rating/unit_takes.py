"""What unit buckets can still cover, and what they gave to this event so far."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from linehouse.kernel.rounding import ceil_div
from linehouse.rating.runs import Run, times
from linehouse.rating.values import Bucket, Exact, WalkState


class UnitTakes:
    """``taken`` is exact bucket units by bucket; what was booked for this event before counts as still there."""

    def __init__(self, state: WalkState) -> None:
        self.taken: dict[str, Exact] = dict(state.taken)
        self._booked = state.units_booked

    def take(self, bucket: Bucket, covered: int) -> Exact:
        """Take for so much covered usage (base units); what that is in bucket units."""
        taken = times(bucket.factor, covered)
        self.taken[bucket.ref] = self.taken.get(bucket.ref, 0) + taken
        return taken

    def left(self, bucket: Bucket) -> Exact | None:
        """Base units of usage that the bucket can still cover; None: any number."""
        room = bucket.room
        if room is None:
            return None
        left = room + self._booked.get(bucket.ref, 0) - self.taken.get(bucket.ref, 0)
        factor = bucket.factor
        return left if factor == 1 else Fraction(left) / factor

    def whole_left(self, bucket: Bucket) -> int:
        """What a bucket with a limit can still cover, whole base units."""
        left = self.left(bucket)
        return 0 if left is None else max(0, int(left // 1))

    def coverable(self, bucket: Bucket, run: Run) -> int:
        """How many of the run's blocks the bucket can cover in full."""
        left = self.left(bucket)
        if left is None:
            return run.count
        whole = max(0, int(left // run.block))
        if whole >= run.count:
            return run.count
        tail = run.tail
        if bucket.exact and tail and whole >= run.count - 1 and left >= (run.count - 1) * run.block + tail:
            return run.count
        return whole

    def bound(self, run: Run, passed: Sequence[Bucket], free: int) -> Run:
        """Stop where a bucket that was passed over might cover a block all the same.

        That is the first block whose used part an exact bucket, too empty for a whole one, could still cover, and the
        first one in a step of the bucket's own price with other blocks. ``free``: where positions count from.
        """
        for bucket in passed:
            if bucket.exact and (left := self.left(bucket)):
                before = ceil_div(max(0, run.used_to - run.start - int(left // 1)), run.block)
                run = run.first(max(1, before))
            if bucket.price is not None:
                edges = (step.start + free - run.start for step in bucket.price.steps)
                run = run.first(
                    ceil_div(min((edge for edge in edges if edge > 0), default=run.count * run.block), run.block)
                )
        return run
