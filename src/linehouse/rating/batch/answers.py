"""The answers to a piece of events, as columns that are filled one by one and told as a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

NOBODY = -1
"""Instead of a place in a list of names."""


class Names:
    """Texts that come again and again, as small numbers."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        self.texts: list[str] = list(known)
        self._places = {text: place for place, text in enumerate(self.texts)}

    def place(self, text: str) -> int:
        """The number of a text; nothing has none."""
        if not text:
            return NOBODY
        found = self._places.get(text)
        if found is None:
            found = self._places[text] = len(self.texts)
            self.texts.append(text)
        return found

    def column(self, places: NDArray[np.int32]) -> pl.Series:
        """The texts of so many places."""
        texts = pl.Series([*self.texts, None], dtype=pl.String)
        return texts.gather(np.where(places < 0, len(self.texts), places).astype(np.uint32))


class Answers(NamedTuple):
    """One row per event; ``rule``, ``bucket`` and ``reason`` are places among names."""

    verdict: NDArray[np.int8]
    amount: NDArray[np.int64]
    covered: NDArray[np.int64]
    paid: NDArray[np.int64]
    rule: NDArray[np.int32]
    bucket: NDArray[np.int32]
    reason: NDArray[np.int32]

    @classmethod
    def room(cls, count: int) -> Answers:
        """Room for so many."""
        amount, covered, paid = (np.zeros(count, np.int64) for _ in range(3))
        rule, bucket, reason = (np.full(count, NOBODY, np.int32) for _ in range(3))
        return cls(np.zeros(count, np.int8), amount, covered, paid, rule, bucket, reason)

    def frame(self, names: Names) -> pl.DataFrame:
        """As the engine tells them."""
        figures = {name: getattr(self, name) for name in ("verdict", "amount", "covered", "paid")}
        texts = {name: names.column(getattr(self, name)) for name in ("rule", "bucket", "reason")}
        return pl.DataFrame({**figures, **texts})
