"""What the edge keeps for a time only: once-keys, and notifications that were delivered or given up."""

from __future__ import annotations

from datetime import timedelta

from linehouse.edge.tmf.kit.once import RETENTION
from linehouse.kernel.clock import MachineClock
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Work

DELIVERIES = timedelta(days=30)
"""How long a delivered notification can be sent again as it was; after that it is made anew from the event log."""


def throw_away(work: Work) -> int:
    """Delete what is older, by the machine's clock; returns how much."""
    del work
    now = MachineClock().now()
    with brand_cursor() as cursor:
        cursor.execute("DELETE FROM tmf_idempotencykey WHERE created_at < %s", [now - RETENTION])
        keys = cursor.rowcount
        cursor.execute(
            "DELETE FROM tmf_hubdelivery WHERE state = 'delivered' AND delivered_at < %s", [now - DELIVERIES]
        )
        return int(keys + cursor.rowcount)
