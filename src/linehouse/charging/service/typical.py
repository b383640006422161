"""How long usage typically is: by kind, of what was rated last."""

from __future__ import annotations

from collections.abc import Mapping

from linehouse.platform.sql import brand_cursor
from linehouse.rating.values import UsageType

_MOST = 100_000
"""So many of the latest records are looked at."""
_SQL = """
SELECT usage_type, count(*),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY quantity),
       percentile_disc(0.9) WITHIN GROUP (ORDER BY quantity)
  FROM (SELECT usage_type, quantity FROM charging_rated_usage WHERE stands AND quantity > 0
        ORDER BY started_at DESC LIMIT %s)
       AS latest
 GROUP BY usage_type
"""


def typical_usage() -> Mapping[UsageType, tuple[int, int, int]]:
    """By kind of usage: how many records, and the quantities (base units) that half and nine of ten do not exceed."""
    with brand_cursor() as cursor:
        cursor.execute(_SQL, [_MOST])
        return {UsageType(kind): (number, half, most) for kind, number, half, most in cursor.fetchall()}
