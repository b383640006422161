"""The brand's business clock for processes without Django: read through asyncpg."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from linehouse.kernel.clock import MachineClock

_CLOCK = 'SELECT mode, instant, "offset" FROM clock_businessclock WHERE id = 1'


@dataclass(frozen=True, slots=True)
class Reading:
    """How a brand's clock goes: with the machine's, apart from it by ``offset``, or standing at ``instant``."""

    offset: timedelta = timedelta()
    instant: datetime | None = None

    def now(self) -> datetime:
        """The business instant, as long as nobody sets the clock."""
        return self.instant if self.instant is not None else MachineClock().now() + self.offset


async def read_clock(connection: asyncpg.Connection) -> Reading:
    """The brand's clock, read on the same connection as everything that is decided by it."""
    row = await connection.fetchrow(_CLOCK)
    if row is None or row["mode"] == "live":
        return Reading()
    if row["mode"] == "offset":
        return Reading(offset=row["offset"])
    return Reading(instant=row["instant"].astimezone(UTC))


async def business_now(connection: asyncpg.Connection) -> datetime:
    """The brand's business instant, read on the same connection as everything that is decided by it."""
    return (await read_clock(connection)).now()
