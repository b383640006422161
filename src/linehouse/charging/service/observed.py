"""What was observed at the doors of charging, for who looks after them."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from linehouse.charging.sql.observing import FORGET
from linehouse.kernel.clock import MachineClock
from linehouse.platform.sql import brand_cursor


def forget() -> None:
    """Throw away what is older than the setting LINEHOUSE_TRACE_DAYS says, by the machine's clock."""
    before = MachineClock().now() - timedelta(days=max(settings.SETTINGS.trace_days, 1))
    with brand_cursor() as cursor:
        for statement in FORGET:
            cursor.execute(statement.format(before="%s"), [before])
            while cursor.rowcount:
                cursor.execute(statement.format(before="%s"), [before])
