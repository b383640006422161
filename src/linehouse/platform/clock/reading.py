"""The brand's business clock for processes without Django: read through asyncpg."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg

from linehouse.kernel.clock import MachineClock

_CLOCK = 'SELECT mode, instant, "offset" FROM clock_businessclock WHERE id = 1'


async def business_now(connection: asyncpg.Connection) -> datetime:
    """The brand's business instant, read on the same connection as everything that is decided by it."""
    row = await connection.fetchrow(_CLOCK)
    machine = MachineClock().now()
    if row is None or row["mode"] == "live":
        return machine
    if row["mode"] == "offset":
        shifted: datetime = machine + row["offset"]
        return shifted
    standing: datetime = row["instant"].astimezone(UTC)
    return standing
