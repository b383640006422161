"""What is left in the buckets of a piece after its last record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from linehouse.rating.batch.events import micros
from linehouse.rating.batch.values import Plan


def balances_of(
    balances: pl.DataFrame,
    events: pl.DataFrame,
    subscribers: pl.DataFrame,
    plans: Sequence[Plan],
    plan_of: NDArray[np.int32],
) -> pl.DataFrame:
    """A row for each bucket that was valid at a time between a subscriber's first and last record.

    Turns before and after are left out: which of them were made depends on who else is in the piece.
    """
    validity = pl.DataFrame(
        [
            (place, one.bucket.ref, one.asset, micros(one.bucket.valid.start), _end(one.bucket.valid.end))
            for place, plan in enumerate(plans)
            for one in plan.holdings
        ],
        schema={"plan": pl.Int32, "bucket": pl.String, "asset": pl.String, "start": pl.Int64, "end": pl.Int64},
        orient="row",
    ).unique(["plan", "bucket"])
    used = events.group_by("subscriber").agg(
        pl.col("started").min().alias("begun"), pl.col("started").max().alias("last")
    )
    place = pl.col("subscriber").cast(pl.UInt32)
    found = (
        balances.with_columns(pl.Series(plan_of).gather(balances["subscriber"].cast(pl.UInt32)).alias("plan"))
        .join(validity, on=["plan", "bucket"], how="left")
        .join(used, on="subscriber", how="left")
        .filter((pl.col("start") <= pl.col("last")) & (pl.col("end").is_null() | (pl.col("end") > pl.col("begun"))))
        .sort("subscriber", "start", "bucket")
    )
    numbers = subscribers["subscriber"].cast(pl.String)
    return found.select(
        numbers.gather(found.select(place).to_series()).alias("subscriber"),
        "bucket",
        "asset",
        *(
            pl.from_epoch(name, "us").dt.replace_time_zone("UTC").alias(told)
            for name, told in (("start", "valid_from"), ("end", "valid_until"))
        ),
        "left",
        "taken",
    )


def _end(end: datetime | None) -> int | None:
    return None if end is None else micros(end)
