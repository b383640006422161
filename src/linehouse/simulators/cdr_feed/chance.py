"""Chance that can be repeated: numbers drawn from a seed by SHA-256, the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A stream of numbers that the seed decides."""

    def __init__(self, seed: str) -> None:
        """Begin the stream of this seed."""
        self._seed = seed.encode()
        self._drawn = 0

    def below(self, limit: int) -> int:
        """A number from 0 up to, not including, ``limit`` (1 to 2^32)."""
        self._drawn += 1
        digest = hashlib.sha256(self._seed + self._drawn.to_bytes(8, "big")).digest()
        # 128 bits over at most 32: what the remainder favours is beyond anybody's notice.
        return int.from_bytes(digest[:16], "big") % limit

    def between(self, first: int, last: int) -> int:
        """A number from ``first`` to ``last``, both included."""
        return first + self.below(last - first + 1)

    def choose(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as the others."""
        return options[self.below(len(options))]
