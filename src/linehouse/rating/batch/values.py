"""What the batch engine rates with, and what it answers: plans, what each subscriber holds by its plan, tariffs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from linehouse.rating.burn_order import burn_key
from linehouse.rating.values import Bucket, Tariff, Verdict

VERDICTS = tuple(Verdict)
"""The column ``verdict`` holds places in it."""
MOST = 2**62
"""No bucket holds more, and from none more is taken: what would is unrated."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A bucket as everybody on a plan begins with it. ``asset`` is its unit, or the currency of its money.

    A shared bucket is its group's; who is in no group is a group alone. ``cap_left`` is what each member may take.
    """

    bucket: Bucket
    asset: str


@dataclass(frozen=True, slots=True)
class Later:
    """From this instant on usage is priced by another tariff, or by another version of the same."""

    since: datetime
    tariff: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A tariff and what comes with it; ``later`` says which tariffs follow, by the instant of use.

    ``cycle_day`` begins the periods of the tariff's counters, local to ``zone`` (None: the tariff's own).
    """

    tariff: str
    holdings: tuple[Holding, ...] = ()
    cycle_day: int = 1
    zone: ZoneInfo | None = None
    later: tuple[Later, ...] = ()

    @classmethod
    def of(
        cls,
        tariff: str,
        holdings: tuple[Holding, ...] | list[Holding],
        cycle_day: int = 1,
        zone: ZoneInfo | None = None,
        later: tuple[Later, ...] | list[Later] = (),
    ) -> Plan:
        """With the holdings in burn order and later tariffs in order of time."""
        ordered = tuple(sorted(holdings, key=lambda one: burn_key(one.bucket)))
        return cls(tariff, ordered, cycle_day, zone, tuple(sorted(later, key=lambda one: one.since)))


@dataclass(frozen=True, slots=True)
class RateBook:
    """Everything but subscribers and events. ``tariffs`` have any names; versions are tariffs of their own."""

    tariffs: Mapping[str, Tariff]
    plans: tuple[Plan, ...]
