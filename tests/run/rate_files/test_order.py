"""Records count in the order of time; what began at the same instant, as the files have it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from linehouse.run.rate_files.rate_one import _in_order


@pytest.mark.parametrize("span", [1, 5, 1000, 10**12, 10**18])
def test_the_quick_order_is_the_order_of_the_columns(span: int) -> None:
    rng, count = np.random.default_rng(span), 5000
    events = pl.DataFrame(
        {
            "subscriber": rng.integers(0, 50, count).astype(np.int32),
            "started": rng.integers(-span, span, count),
            "_file": rng.integers(0, 3, count).astype(np.uint16),
            "_row": rng.permutation(count).astype(np.uint32),
        }
    )
    assert _in_order(events).equals(events.sort("subscriber", "started", "_file", "_row"))
    assert _in_order(events.head(0)).is_empty()
