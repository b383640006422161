"""Putting sums of one hour together that came in many statements, so that they stay few however usage comes in."""

from __future__ import annotations

from datetime import datetime, timedelta

from linehouse.platform.sql import brand_cursor

RESTED = timedelta(days=2)
"""Hours that are older have mostly come in."""
REACH = timedelta(days=60)
"""How far back late usage is looked for; what comes later still stays as it came, which is right, too."""

_KEYS = (
    "hour, offering, segment, device, tariff, billing_mode, usage_type, direction, unit, number_zone, network_zone,"
    " network, currency"
)
_SUMS = "records, quantity, amount, net, gross, uncollected, cost, net_costed, no_cost"
_SUMMED = ", ".join(f"sum({name.strip()})" for name in _SUMS.split(","))
_MERGE = f"""
WITH many AS (
    SELECT {_KEYS} FROM charging_usage_hour WHERE hour >= %(from)s AND hour < %(until)s
    GROUP BY {_KEYS} HAVING count(*) > 1
), gone AS (
    DELETE FROM charging_usage_hour h USING many
    WHERE h.hour >= %(from)s AND h.hour < %(until)s AND ({_KEYS.replace(" ", " h.").replace("hour,", "h.hour,", 1)})
        = ({_KEYS.replace(" ", " many.").replace("hour,", "many.hour,", 1)})
    RETURNING h.*
), made AS (
    INSERT INTO charging_usage_hour ({_KEYS}, {_SUMS}) SELECT {_KEYS}, {_SUMMED} FROM gone GROUP BY {_KEYS} RETURNING 1
)
SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM made)
"""  # noqa: S608  # our own column names


def merge_hours(now: datetime) -> int:
    """Put together what has rested, in the surrounding unit of work; how many rows there are fewer. No sum changes."""
    with brand_cursor() as cursor:
        cursor.execute("SET LOCAL linehouse.merging_hours = 'on'")
        cursor.execute(_MERGE, {"from": now - REACH, "until": now - RESTED})
        row = cursor.fetchone()
        cursor.execute("SET LOCAL linehouse.merging_hours = 'off'")
    return int(row[0]) - int(row[1]) if row else 0
