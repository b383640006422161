"""What the subscribers of a piece have left, and what they used in the periods of their counters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from linehouse.rating.batch.values import Holding, Plan


class Held:
    """Buckets as numbers: those of a subscriber are ``left[first[subscriber] …]``, in the order of its plan.

    ``subscriber`` numbers those of this piece; ``known`` says which they are. Shared buckets are their groups'.
    """

    def __init__(self, plans: Sequence[Plan], known: NDArray[np.int32], plan: NDArray[np.int32]) -> None:
        self._plans = plans
        self.known = known
        self.plan = plan
        begins = [np.array([_begins(one) for one in each.holdings], np.int64) for each in plans]
        sizes = np.array([len(each.holdings) for each in plans], np.int64)[plan]
        self.first = np.zeros(len(plan) + 1, np.int64)
        np.cumsum(sizes, out=self.first[1:])
        self.left = np.empty(int(self.first[-1]), np.int64)
        for place, begin in enumerate(begins):
            if len(begin):
                mine = np.flatnonzero(plan == place)
                self.left[self.first[mine][:, None] + np.arange(len(begin), dtype=np.int64)] = begin
        self.opened: dict[int, datetime] = {}
        """When a bucket that lasts from its first use was used first, by its place in ``left``."""
        self.counters: dict[tuple[int, date], dict[str, int]] = {}
        """What was used of a period, by subscriber, first day and counter."""

    def balances(self) -> pl.DataFrame:
        """Every bucket of every subscriber of the piece: what is left (null: unlimited) and what was taken."""
        count = np.diff(self.first)
        owner = np.repeat(np.arange(len(self.plan)), count)
        within = np.arange(len(self.left)) - np.repeat(self.first[:-1], count)
        base = np.cumsum([0, *(len(each.holdings) for each in self._plans)])
        which = (base[self.plan[owner]] + within).astype(np.int64)
        holdings = [one for each in self._plans for one in each.holdings]
        begin = np.array([_begins(one) for one in holdings], np.int64)
        endless = np.array([one.bucket.available is None for one in holdings], bool)
        refs = pl.Series([one.bucket.ref for one in holdings], dtype=pl.String)
        left = (
            pl.Series(self.left).set(pl.Series(endless[which]), None) if len(which) else pl.Series([], dtype=pl.Int64)
        )
        return pl.DataFrame(
            {
                "subscriber": self.known[owner].astype(np.int32),
                "bucket": refs.gather(which.astype(np.uint32)),
                "left": left,
                "taken": begin[which] - self.left,
            },
            schema=BALANCES,
        )

    def used(self) -> pl.DataFrame:
        """The counters of the periods that the piece touched."""
        rows = [
            (int(self.known[subscriber]), counter, begin, used)
            for (subscriber, begin), counters in self.counters.items()
            for counter, used in counters.items()
        ]
        return pl.DataFrame(rows, schema=COUNTERS, orient="row")


BALANCES = pl.Schema({"subscriber": pl.Int32, "bucket": pl.String, "left": pl.Int64, "taken": pl.Int64})
COUNTERS = pl.Schema({"subscriber": pl.Int32, "counter": pl.String, "period": pl.Date, "used": pl.Int64})


def _begins(holding: Holding) -> int:
    return holding.bucket.available or 0
