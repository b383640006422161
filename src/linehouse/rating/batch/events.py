"""The columns of events, and one row as the event that the price function knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from linehouse.kernel.numbering import Plmn
from linehouse.rating.values import Direction, UsageEvent, UsageType

USAGE_TYPES = tuple(UsageType)
DIRECTIONS = tuple(Direction)
REQUIRED: Mapping[str, Any] = {
    "subscriber": pl.Int32,
    "started": pl.Int64,
    "quantity": pl.Int64,
    "usage_type": pl.Int8,
    "direction": pl.Int8,
    "party": pl.String,
}
"""``started`` is microseconds since 1970 UTC; type and direction are places in ``USAGE_TYPES`` and ``DIRECTIONS``."""
KINDS: Mapping[str, Any] = {
    "network": pl.String,
    "country": pl.String,
    "apn": pl.String,
    "rating_group": pl.Int64,
    "service": pl.String,
    "on_net": pl.Boolean,
    "party_network": pl.String,
    "groups": pl.String,
    "friends": pl.String,
    "segments": pl.String,
}
"""Columns with few different values, which rules ask for. Lists are separated by spaces."""
SINGLE: Mapping[str, Any] = {
    "correction": pl.Boolean,
    "amount": pl.Int64,
    "ended": pl.Int64,
    "utc_offset": pl.Int32,
}
"""Columns that only the exact function reads; the offset is in minutes."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(micros: int) -> datetime:
    """Microseconds since 1970 as an instant."""
    return _EPOCH + timedelta(microseconds=micros)


def micros(at: datetime) -> int:
    """An instant as microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def event_of(row: Mapping[str, Any]) -> UsageEvent:
    """One row of the frame; columns that are not there are as when nobody knows."""
    network, ported, ended, offset = (row.get(name) for name in ("network", "party_network", "ended", "utc_offset"))
    return UsageEvent(
        usage_type=USAGE_TYPES[row["usage_type"]],
        direction=DIRECTIONS[row["direction"]],
        started_at=instant(row["started"]),
        quantity=row["quantity"],
        other_party=row["party"] or "",
        serving_plmn=Plmn.parse(network) if network else None,
        serving_country=row.get("country") or None,
        apn=row.get("apn") or None,
        rating_group=row.get("rating_group"),
        service_id=row.get("service") or None,
        on_net=row.get("on_net"),
        other_network=Plmn.parse(ported) if ported else None,
        correction=bool(row.get("correction")),
        closed_user_groups=frozenset((row.get("groups") or "").split()),
        friend_lists=frozenset((row.get("friends") or "").split()),
        segments=frozenset((row.get("segments") or "").split()),
        amount=row.get("amount"),
        ended_at=instant(ended) if ended is not None else None,
        utc_offset=timedelta(minutes=offset) if offset is not None else None,
    )
