"""Which usage is rated again: the condition on rated records, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from linehouse.platform.sql import brand_cursor


@dataclass(frozen=True, slots=True)
class Selection:
    """Records of a period, by tariff and plan (keys; empty: any), of subscriptions (numbers; none: all)."""

    start: datetime
    end: datetime
    tariff: str
    offering: str
    subscriptions: tuple[str, ...]

    WHERE: ClassVar[str] = (
        "u.started_at >= %s AND u.started_at < %s AND (%s = '' OR starts_with(u.tariff, %s))"
        " AND (%s = '' OR u.offering = %s) AND (%s OR u.subscription = ANY(%s))"
    )

    @property
    def params(self) -> list[Any]:
        """The values of the condition."""
        tariff, offering, named = self.tariff, self.offering, list(self.subscriptions)
        return [self.start, self.end, tariff, f"{tariff} v", offering, offering, not named, named]


def first_to_rate_again(chosen: Selection) -> list[tuple[UUID, str, int]]:
    """Subscriptions with unbilled records of the selection, and the place of the first one."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT subscription_id, subscription, min(coalesce(place, sequence))"  # noqa: S608  # our own condition
            f" FROM charging_rated_usage u WHERE stands AND {chosen.WHERE}"
            " AND NOT EXISTS (SELECT 1 FROM charging_billed b WHERE b.record_id = u.record_id)"
            " GROUP BY subscription_id, subscription ORDER BY subscription",
            chosen.params,
        )
        return list(cursor.fetchall())


def billed_in(chosen: Selection) -> dict[str, tuple[int, int]]:
    """Records of the selection that stand on an invoice: how many, and their charge, by currency."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT currency, count(*), sum(amount)::numeric FROM charging_rated_usage u"  # noqa: S608
            f" JOIN charging_billed b USING (record_id) WHERE stands AND {chosen.WHERE}"
            " GROUP BY currency ORDER BY currency",
            chosen.params,
        )
        return {currency: (records, int(amount)) for currency, records, amount in cursor.fetchall()}
