"""What the batch engine rates with: plans, what each subscriber holds by its plan, and the tariffs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linehouse.rating.burn_order import burn_key
from linehouse.rating.values import Bucket, Tariff

UNLIMITED = -1
"""Instead of what is left in a bucket that never empties."""
STRANGE = -2
"""Instead of what is left where that is below zero: the exact function decides."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A bucket as everybody on a plan begins with it. ``asset`` is its unit, or the currency of its money."""

    bucket: Bucket
    asset: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A tariff and what comes with it. ``cycle_day`` begins the periods of the tariff's period steps."""

    tariff: str
    holdings: tuple[Holding, ...] = ()
    cycle_day: int = 1

    @classmethod
    def of(cls, tariff: str, holdings: tuple[Holding, ...] | list[Holding], cycle_day: int = 1) -> Plan:
        """With the holdings in burn order."""
        return cls(tariff, tuple(sorted(holdings, key=lambda one: burn_key(one.bucket))), cycle_day)


@dataclass(frozen=True, slots=True)
class RateBook:
    """Everything but subscribers and events."""

    tariffs: Mapping[str, Tariff]
    plans: tuple[Plan, ...]
