"""Latencies as counts between fixed bounds, so that minutes and processes can be added up. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

BOUNDS = (
    500,
    1_000,
    2_000,
    3_000,
    5_000,
    7_500,
    10_000,
    15_000,
    20_000,
    30_000,
    50_000,
    75_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
)
"""Upper bounds in microseconds, inclusive; one more count holds what took longer than the last."""


def place_of(micros: int) -> int:
    """Which count a latency belongs to."""
    return bisect_left(BOUNDS, micros)


def added(histograms: Iterable[Sequence[int]]) -> list[int]:
    """The sum of histograms."""
    total = [0] * (len(BOUNDS) + 1)
    for one in histograms:
        for place, count in enumerate(one[: len(total)]):
            total[place] += count
    return total


def percentile(histogram: Sequence[int], per_hundred: int) -> int | None:
    """The bound in microseconds below which so many of a hundred lie; None when there are none.

    What lies beyond the last bound is told as the last bound: at least so long.
    """
    wanted = -(-sum(histogram) * per_hundred // 100)
    if not wanted:
        return None
    seen = 0
    for place, count in enumerate(histogram):
        seen += count
        if seen >= wanted:
            return BOUNDS[min(place, len(BOUNDS) - 1)]
    return BOUNDS[-1]
