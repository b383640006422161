"""Rows that are not rated: each once, with the first reason that was found, in the columns in which it came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from linehouse.run.rate_files.reading import FILE, ROW

_AT, _CODE, _REASON = "_at", "code", "reason"
_SHAPE = pl.Schema({_AT: pl.UInt32(), _CODE: pl.String(), _REASON: pl.String()})


class Refusals:
    """Of one frame of input. ``refused`` says of each row whether it is."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self._parts: list[pl.DataFrame] = []
        self.refused: NDArray[np.bool_] = np.zeros(len(frame), np.bool_)

    def add(self, wrong: pl.Series, code: str, reason: pl.Expr) -> None:
        """Refuse rows; ``reason`` is a text made of the columns of the frame."""
        rows = np.flatnonzero(wrong.fill_null(value=False).to_numpy() & ~self.refused)
        if not len(rows):
            return
        self.refused[rows] = True
        texts = self._frame[rows].select(reason.cast(pl.String).alias(_REASON))[_REASON]
        self._keep(rows, [code] * len(rows), texts)

    def add_each(self, found: Iterable[tuple[int, str, str]]) -> None:
        """Refuse rows: place in the frame, code and sentence."""
        news = [one for one in found if not self.refused[one[0]]]
        rows = np.array([one[0] for one in news], np.int64)
        self.refused[rows] = True
        self._keep(rows, [one[1] for one in news], [one[2] for one in news])

    def add_answers(self, rows: pl.Series, codes: pl.Series, reasons: pl.Series) -> None:
        """Refuse rows that rating could not price."""
        at = rows.to_numpy()
        self.refused[at] = True
        self._keep(at, codes, reasons)

    def _keep(
        self, rows: NDArray[np.int64], codes: Sequence[str] | pl.Series, reasons: Sequence[str] | pl.Series
    ) -> None:
        self._parts.append(pl.DataFrame({_AT: rows, _CODE: codes, _REASON: reasons}, schema=_SHAPE))

    def counted(self) -> Counter[str]:
        """How many of each code."""
        return Counter(dict(self._all()[_CODE].value_counts().iter_rows()))

    def told(self, columns: Sequence[str], files: Sequence[str]) -> pl.DataFrame:
        """The rows as they came, with file, row and reason, in the order of the files."""
        found = self._all()
        texts = pl.Series(files, dtype=pl.String)
        rows = self._frame[found[_AT]].select(FILE, ROW, *columns)
        return (
            rows.with_columns(
                texts.gather(rows[FILE].cast(pl.UInt32)).alias("file"),
                rows[ROW].alias("row"),
                found[_REASON],
            )
            .sort(FILE, ROW)
            .drop(FILE, ROW)
        )

    def _all(self) -> pl.DataFrame:
        return pl.concat([pl.DataFrame(schema=_SHAPE), *self._parts])


_WHY = {
    "no-rule": "no rule of tariff {} prices {} {} to '{}'",
    "blocked-by-rule": "tariff {} does not allow {} {} to '{}'",
    "blocked-by-empty-bucket": "the allowance is used up and money is not asked (tariff {}, {} {} to '{}')",
    "redirected-by-empty-bucket": "the allowance is used up and more can be bought (tariff {}, {} {} to '{}')",
    "negative-quantity": "the quantity is negative and the record is no correction (tariff {}, {} {} to '{}')",
    "quantity-out-of-range": "no meter counts that far (tariff {}, {} {} to '{}')",
    "no-amount": "a percentage is due and the record carries no amount (tariff {}, {} {} to '{}')",
}


def why() -> pl.Expr:
    """A sentence on what rating did not price, of the columns tariff, type, way, party, and the code ``reason``."""
    said = pl.format("{} (tariff {}, {} {} to '{}')", "reason", "tariff", "type", "way", "party")
    for code, pattern in _WHY.items():
        said = (
            pl.when(pl.col("reason") == code).then(pl.format(pattern, "tariff", "type", "way", "party")).otherwise(said)
        )
    return said.alias("why")
