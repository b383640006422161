"""Sums of rated usage: by the hour, by whatever it is grouped by, and down to the records that a sum is made of.

Sums come from ``charging_usage_hour``, which the database itself keeps beside every rated record in the same statement,
so that a total, its parts and its records cannot disagree; a law compares both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from linehouse.charging import store
from linehouse.charging.errors import GroupingUnknown
from linehouse.charging.values import RatedUsage
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period
from linehouse.kernel.quantity import Unit
from linehouse.platform.sql import brand_cursor


class By(StrEnum):
    """What usage can be grouped and filtered by. The words are those of addresses and CSV columns."""

    PLAN = "plan"
    TARIFF = "tariff"
    SEGMENT = "segment"
    BILLING = "billing"
    TYPE = "type"
    DIRECTION = "direction"
    NUMBER_ZONE = "number-zone"
    NETWORK_ZONE = "network-zone"
    NETWORK = "network"
    DEVICE = "device"
    HOUR = "hour"
    DAY = "day"
    CURRENCY = "currency"


_COLUMN: Mapping[By, str] = {
    By.PLAN: "offering",
    By.TARIFF: "tariff",
    By.SEGMENT: "segment",
    By.BILLING: "billing_mode",
    By.TYPE: "usage_type",
    By.DIRECTION: "direction",
    By.NUMBER_ZONE: "number_zone",
    By.NETWORK_ZONE: "network_zone",
    By.NETWORK: "network",
    By.DEVICE: "device",
    By.CURRENCY: "currency",
}
_LOCAL = {
    By.HOUR: "to_char({at} AT TIME ZONE %(zone)s, 'HH24')",
    By.DAY: "to_char({at} AT TIME ZONE %(zone)s, 'YYYY-MM-DD')",
}
"""The hour of the day and the day, local to the brand. Where a zone differs from UTC by half an hour, the UTC hour
counts for the local hour in which it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageSlice:
    """Which rated usage is meant: what began in the period, and has one of the values for each thing that is given."""

    period: Period
    zone: str
    only: Mapping[By, Sequence[str]] = field(default_factory=dict)

    def also(self, by: By, value: str) -> UsageSlice:
        """The same, narrowed to one value: the way from a sum to its parts and records."""
        return UsageSlice(period=self.period, zone=self.zone, only={**self.only, by: (value,)})


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageTotal:
    """Sums of a group in one currency; money in micro-units.

    ``retail`` is what was charged without tax, ``gross`` with it, ``uncollected`` what nobody paid (in the tariffs' own
    tax mode). ``cost`` is the wholesale cost of the records of which it is known; ``retail_costed`` is what those same
    records were sold for, so that ``margin`` compares like with like. ``no_cost`` records have no known cost.
    Quantities are base units by unit.
    """

    keys: tuple[str, ...]
    currency: str
    records: int
    quantities: Mapping[str, int]
    retail: int
    gross: int
    uncollected: int
    cost: int
    retail_costed: int
    no_cost: int

    @property
    def margin(self) -> int:
        """Retail less cost, of the records whose cost is known."""
        return self.retail_costed - self.cost


def usage_totals(wanted: UsageSlice, by: Sequence[By] = ()) -> list[UsageTotal]:
    """Sums of the slice by the groups given, in order of the groups; without groups one total for each currency."""
    where, params = _conditions(wanted, "hour")
    keys = [_expression(one, "hour") for one in by]
    names = [f"k{place}" for place in range(len(keys))]
    listed = "".join(f"{key} AS {name}, " for key, name in zip(keys, names, strict=True))
    group = ", ".join([*names, "currency", "unit"])
    with brand_cursor() as cursor:
        cursor.execute(
            f"SELECT {listed}currency, unit, sum(records)::bigint, sum(quantity), sum(net), sum(gross),"  # noqa: S608
            " sum(uncollected), sum(cost), sum(net_costed), sum(no_cost)::bigint"
            f" FROM charging_usage_hour WHERE {where} GROUP BY {group}"
            f" HAVING sum(records) <> 0 ORDER BY {group}",
            params,
        )
        rows = cursor.fetchall()
    return _gathered(rows, len(keys))


def _gathered(rows: Sequence[tuple[Any, ...]], keys: int) -> list[UsageTotal]:
    """Rows by unit as totals with their quantities."""
    found: dict[tuple[str, ...], UsageTotal] = {}
    for row in rows:
        group, currency, unit = row[:keys], row[keys], row[keys + 1]
        records, quantity, retail, gross, uncollected, cost, costed, unknown = (int(n) for n in row[keys + 2 :])
        so_far = found.get((*group, currency))
        quantities = dict(so_far.quantities) if so_far else {}
        quantities[unit] = quantities.get(unit, 0) + quantity
        found[(*group, currency)] = UsageTotal(
            keys=tuple(group),
            currency=currency,
            records=records + (so_far.records if so_far else 0),
            quantities=quantities,
            retail=retail + (so_far.retail if so_far else 0),
            gross=gross + (so_far.gross if so_far else 0),
            uncollected=uncollected + (so_far.uncollected if so_far else 0),
            cost=cost + (so_far.cost if so_far else 0),
            retail_costed=costed + (so_far.retail_costed if so_far else 0),
            no_cost=unknown + (so_far.no_cost if so_far else 0),
        )
    return list(found.values())


@dataclass(frozen=True, slots=True)
class UsageOf:
    """What one subscription used in a period, micro-units; ``cost`` of the records of which it is known."""

    records: int
    usage_net: int
    usage_gross: int
    cost: int
    no_cost: int
    uncollected: int


def usage_by_subscription(subscription_ids: Sequence[UUID], period: Period) -> dict[UUID, UsageOf]:
    """Sums of rated usage by subscription; one that used nothing is left out."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT subscription_id, count(*), sum(net), sum(gross), coalesce(sum(cost), 0),"
            " count(*) FILTER (WHERE cost IS NULL), sum(uncollected) FROM charging_rated_usage"
            " WHERE stands AND subscription_id = ANY(%s::uuid[]) AND started_at >= %s AND started_at < %s"
            " GROUP BY subscription_id",
            [list(subscription_ids), period.start, period.end],
        )
        return {row[0]: UsageOf(*(int(figure) for figure in row[1:])) for row in cursor.fetchall()}


def usage_values(period: Period, by: By) -> list[str]:
    """The values that a grouping has in a period: what a filter may offer."""
    where, params = _conditions(UsageSlice(period=period, zone="UTC"), "hour")
    with brand_cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT {_expression(by, 'hour')} AS k FROM charging_usage_hour WHERE {where} ORDER BY k",  # noqa: S608
            params,
        )
        return [row[0] for row in cursor.fetchall()]


def records_of(wanted: UsageSlice, *, offset: int = 0, limit: int = 50) -> tuple[Sequence[RatedUsage], int]:
    """A page of the records that a sum is made of, in order of their start, and how many there are."""
    where, params = _conditions(wanted, "started_at")
    page = f"OFFSET {int(offset)} LIMIT {int(limit)}"
    return store.rated_by_name(where, params, page), store.count_by_name(where, params)


def _conditions(wanted: UsageSlice, at: str) -> tuple[str, dict[str, Any]]:
    where, params = [f"{at} >= %(from)s"], {"from": wanted.period.start, "zone": wanted.zone}
    if wanted.period.end is not None:
        where.append(f"{at} < %(until)s")
        params["until"] = wanted.period.end
    for by, values in wanted.only.items():
        if values:
            where.append(f"{_expression(by, at)} = ANY(%({by.name})s)")
            params[by.name] = list(values)
    return " AND ".join(where), params


def _expression(by: By, at: str) -> str:
    if by in _LOCAL:
        # A record is counted in the hour in which it began, so its own place is found through that hour, too.
        return _LOCAL[by].format(at=at if at == "hour" else f"date_trunc('hour', {at}, 'UTC')")
    return _COLUMN[by]


def usage_csv_head(groups: Sequence[str]) -> list[str]:
    """The heading of a CSV file of sums."""
    quantities = [f"quantity in {unit}" for unit in _UNITS]
    return [*groups, "records", *quantities, "retail", "retail with tax", "uncollected", "cost", "margin",
            "records without cost", "currency"]  # fmt: skip


def usage_csv_row(one: UsageTotal) -> list[str]:
    """A group as a row of it; amounts are exact decimals, quantities base units."""
    money = (one.retail, one.gross, one.uncollected, one.cost, one.margin)
    return [
        *one.keys,
        str(one.records),
        *(str(one.quantities.get(unit, 0)) for unit in _UNITS),
        *(Money(micros, one.currency).text for micros in money),
        str(one.no_cost),
        one.currency,
    ]


_UNITS = tuple(unit.value for unit in (Unit.MILLISECOND, Unit.OCTET, Unit.MESSAGE, Unit.EVENT))


def by_word(word: str) -> By:
    """The grouping of that name. Raises GroupingUnknown."""
    try:
        return By(word)
    except ValueError:
        raise GroupingUnknown(
            f"usage is not grouped by {word!r}", field="by", value=word, expected=", ".join(By)
        ) from None


_COMPARED = """
WITH r AS (
    SELECT offering, usage_type, currency, count(*) AS records, sum(quantity) AS quantity, sum(net) AS net,
           sum(gross) AS gross, coalesce(sum(cost), 0) AS cost, count(*) FILTER (WHERE cost IS NULL) AS no_cost
    FROM charging_rated_usage WHERE stands GROUP BY 1, 2, 3
), h AS (
    SELECT offering, usage_type, currency, sum(records) AS records, sum(quantity) AS quantity, sum(net) AS net,
           sum(gross) AS gross, sum(cost) AS cost, sum(no_cost) AS no_cost
    FROM charging_usage_hour GROUP BY 1, 2, 3
    HAVING (sum(records), sum(quantity), sum(net), sum(gross), sum(cost), sum(no_cost)) <> (0, 0, 0, 0, 0, 0)
)
SELECT coalesce(r.offering, h.offering), coalesce(r.usage_type, h.usage_type), coalesce(r.currency, h.currency),
       (r.records, r.quantity, r.net, r.gross, r.cost, r.no_cost)::text,
       (h.records, h.quantity, h.net, h.gross, h.cost, h.no_cost)::text
FROM r FULL JOIN h ON (r.offering, r.usage_type, r.currency) = (h.offering, h.usage_type, h.currency)
WHERE (r.records, r.quantity, r.net, r.gross, r.cost, r.no_cost)
      IS DISTINCT FROM (h.records, h.quantity, h.net, h.gross, h.cost, h.no_cost)
"""


def unequal_hours() -> list[tuple[tuple[str, str, str], str, str]]:
    """Where the hours' sums are not those of the records: (plan, type, currency), records' sums, hours' sums."""
    with brand_cursor() as cursor:
        cursor.execute(_COMPARED)
        return [((row[0], row[1], row[2]), row[3], row[4]) for row in cursor.fetchall()]


def hours_kept() -> int:
    """How many rows of sums there are."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM charging_usage_hour")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
