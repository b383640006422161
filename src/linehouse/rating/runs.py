"""A run of equal blocks: what the walk through an event takes in one go."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from linehouse.rating.values import Exact


def ratio(numerator: int, denominator: int) -> Exact:
    """``numerator`` / ``denominator`` (> 0), exact."""
    whole, rest = divmod(numerator, denominator)
    return Fraction(numerator, denominator) if rest else whole


def times(factor: Fraction, whole: int) -> Exact:
    """``factor`` × ``whole``, exact."""
    return ratio(factor.numerator * whole, factor.denominator)


@dataclass(slots=True)
class Run:
    """``count`` equal blocks from ``start``; the last may be used in part only, and may end early (``stop``)."""

    start: int
    block: int
    count: int
    stop: int
    """Where the next block may begin when all ``count`` are taken."""
    used_to: int
    """Where usage within the run ends."""

    @property
    def tail(self) -> int:
        """Usage in the last block when that is not used whole, else 0."""
        used = self.used_to - (self.start + (self.count - 1) * self.block)
        return used if used < self.block else 0

    @property
    def idle(self) -> bool:
        """A single block of which nothing is used: the rest of one that was used only as far as a bucket took it."""
        return self.count == 1 and self.used_to <= self.start

    def first(self, count: int) -> Run:
        """The first ``count`` blocks."""
        if count >= self.count:
            return self
        stop = self.start + count * self.block
        return Run(self.start, self.block, count, stop, min(stop, self.used_to))
