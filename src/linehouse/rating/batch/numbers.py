"""Classes of numbers: two numbers of one class lie in the same zone of every tariff."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from linehouse.rating.values import Tariff, UsageEvent, UsageType
from linehouse.rating.zones import match_number

_DIGITS = 15
_WHEN = datetime(1970, 1, 1, tzinfo=UTC)


def with_fallbacks(tariffs: Iterable[Tariff]) -> Iterator[Tariff]:
    """The tariffs, and those that they fall back to."""
    for tariff in tariffs:
        one: Tariff | None = tariff
        while one is not None:
            yield one
            one = one.fallback


class NumberClasses:
    """E.164 numbers are found by one search among the edges of all prefixes; the rest by the price function's own."""

    def __init__(self, tariffs: Sequence[Tariff]) -> None:
        self._tariffs = tariffs = tuple(with_fallbacks(tariffs))
        self._known: dict[tuple[str, ...] | str, int] = {}
        self._ported = any(tariff.ported_index for tariff in tariffs)
        self._longest = max((tariff.longest_prefix for tariff in tariffs), default=0)
        edges = {0}
        for tariff in tariffs:
            for prefix in tariff.prefix_index:
                scale = 10 ** (_DIGITS - len(prefix))
                edges |= {int(prefix) * scale, (int(prefix) + 1) * scale}
        self._edges = np.array(sorted(edges), np.int64)
        self._classes = np.array([self._class_of(f"+{edge:015d}") for edge in self._edges.tolist()], np.int32)

    def of(self, parties: pl.Series) -> NDArray[np.int32]:
        """The class of each number."""
        text = pl.col("party")
        frame = parties.fill_null("").alias("party").to_frame()
        digits = text.str.len_bytes().cast(pl.Int64) - 1
        plain = text.str.head(1).eq("+") & text.str.slice(1, 1).is_between(pl.lit("1"), pl.lit("9"))
        number = pl.when(plain & digits.is_between(max(self._longest, 1), _DIGITS)).then(
            text.str.slice(1).cast(pl.Int64, strict=False)
        )
        seen = frame.select(number=number, digits=digits)
        known = seen["number"].is_not_null().to_numpy()
        scaled = seen["number"].fill_null(0).to_numpy() * 10 ** (_DIGITS - seen["digits"].clip(0, _DIGITS).to_numpy())
        found: NDArray[np.int32] = self._classes[np.searchsorted(self._edges, scaled, side="right") - 1]
        if not known.all():
            rest = frame["party"].filter(pl.Series(~known))
            classes = {party: self._class_of(party) for party in rest.unique().to_list()}
            found[~known] = [classes[party] for party in rest.to_list()]
        return found

    @property
    def count(self) -> int:
        """How many classes are known by now."""
        return len(self._known)

    def _class_of(self, party: str) -> int:
        event = UsageEvent(usage_type=UsageType.VOICE, started_at=_WHEN, quantity=1, other_party=party)
        key: tuple[str, ...] | str = tuple(match_number(tariff, event).zone for tariff in self._tariffs)
        if self._ported and event.e164 is not None:
            # Where ported numbers have zones of their own, the prefixes behind the longest one count as well.
            key = party[: self._longest + 1]
        return self._known.setdefault(key, len(self._known))
