"""Clocks are handed in. The machine clock is read here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from linehouse.kernel.period import require_aware


class Clock(Protocol):
    """Tells the instant, in UTC with microseconds."""

    def now(self) -> datetime:
        """The instant."""
        ...


class MachineClock:
    """The machine's clock: for tokens, leases, transport timers and log time; never for money, state or validity."""

    def now(self) -> datetime:
        """The machine's instant in UTC."""
        return datetime.now(UTC)


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is set, for tests and rehearsal."""

    instant: datetime

    def __post_init__(self) -> None:
        self.instant = require_aware(self.instant)

    def now(self) -> datetime:
        """The instant at which it stands."""
        return self.instant

    def set(self, instant: datetime) -> None:
        """Move it."""
        self.instant = require_aware(instant)
