"""Usage in one piece, told after it happened: the records of files, of a re-rating, of a trial of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from linehouse.rating.buckets import consume
from linehouse.rating.session.state import Holding, ServiceState, State
from linehouse.rating.session.view import buckets_for
from linehouse.rating.values import Consumption, Tariff, UsageEvent

_NO_COUNTERS: Mapping[str, int] = MappingProxyType({})


def debit_once(
    holdings: Sequence[Holding],
    tariff: Tariff,
    event: UsageEvent,
    *,
    subscriber: str = "",
    counters: Mapping[str, int] = _NO_COUNTERS,
) -> Consumption:
    """What ``decide`` answers to a debit of known usage, for a caller that keeps no session of it.

    The same view of the buckets: reservations of sessions that are open are left alone, a member takes no more of a
    shared bucket than its cap, and what has happened may overdraw an account that allows it. Never raises on data.
    """
    state = State(holdings={one.bucket.ref: one for one in holdings})
    service = ServiceState(event=event)
    buckets = buckets_for(state, service, subscriber, tariff, event.started_at, happened=True)
    return consume(buckets, tariff, event, counters=counters)
