"""The price function: what an event costs by a tariff when no bucket helps. Nothing moves."""

from __future__ import annotations

from linehouse.rating.buckets import consume
from linehouse.rating.values import Priced, Tariff, UsageEvent


def price(tariff: Tariff, event: UsageEvent) -> Priced:
    """Price one event with money alone; the same walk as ``consume``, without buckets. Never raises on data."""
    return consume((), tariff, event).priced
