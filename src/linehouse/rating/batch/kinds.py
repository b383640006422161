"""Kinds of events: rows that no rule and no allowance can tell apart, but for how much was used and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from linehouse.rating.batch.events import KINDS
from linehouse.rating.batch.numbers import with_fallbacks
from linehouse.rating.values import Conditions, Scope, Tariff

_ROOM = 2**60


class Kinds(NamedTuple):
    """``of`` is the kind of each row; ``rows`` are rows that show each kind."""

    of: NDArray[np.int64]
    rows: NDArray[np.int64]


def asked_columns(tariffs: Iterable[Tariff], scopes: Iterable[Scope]) -> tuple[str, ...]:
    """The columns of KINDS by which rules, counters or allowances tell events apart."""
    asked = {"network", "country"}
    for conditions in _conditions(tariffs, scopes):
        given = {
            "apn": conditions.apns,
            "rating_group": conditions.rating_groups,
            "service": conditions.service_ids,
            "on_net": conditions.on_net is not None,
            "party_network": conditions.other_networks,
            "groups": conditions.closed_user_groups,
            "friends": conditions.friend_lists,
            "segments": conditions.segments,
        }
        asked |= {name for name, value in given.items() if value}
    for tariff in with_fallbacks(tariffs):
        if any(zone.networks for zone in tariff.number_zones.values()):
            asked.add("party_network")
    return tuple(name for name in KINDS if name in asked)


def _conditions(tariffs: Iterable[Tariff], scopes: Iterable[Scope]) -> Iterator[Conditions]:
    for tariff in with_fallbacks(tariffs):
        yield from (rule.conditions for rule in tariff.rules)
        yield from (counter.what for counter in tariff.counters.values())
    for scope in scopes:
        yield from (*scope.include, *scope.exclude)


def codes_of(column: pl.Series) -> tuple[NDArray[np.int64], int]:
    """A column with few different values as small numbers, and how many there are; nothing is one of them."""
    values = column.cast(pl.String) if column.dtype not in {pl.String, pl.Categorical} else column
    known = values.unique().drop_nulls().cast(pl.String)
    places = values.cast(pl.Enum(known)).to_physical().cast(pl.Int64).fill_null(len(known))
    return places.to_numpy(), len(known) + 1


def kinds_of(columns: Sequence[tuple[NDArray[np.int64], int]]) -> Kinds:
    """Combine numbers (each below its bound) into one number for each kind."""
    key, size = columns[0]
    key = key.astype(np.int64)
    for more, bound in columns[1:]:
        if size * bound >= _ROOM:
            found, key = np.unique(key, return_inverse=True)
            size = len(found)
        key = key * bound + more
        size *= bound
    _, rows, of = np.unique(key, return_index=True, return_inverse=True)
    return Kinds(of, rows)
