"""Usage whose wholesale cost is not known: counted, shown, and priced again once a wholesale tariff can say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linehouse.charging import store
from linehouse.charging.as_event import event_of
from linehouse.charging.decision import TariffInForce
from linehouse.charging.service.lines import Tariffs, lines_of
from linehouse.charging.service.parties import told_of
from linehouse.charging.values import NO_COST, RatedUsage
from linehouse.platform.work import Actor, unit_of_work
from linehouse.rating.service import Cost, cost_key_of, cost_of
from linehouse.rating.values import Tariff
from linehouse.usage import service as usage

AT_ONCE = 5_000
"""Records whose cost one attempt works out; the rest waits for the next."""
_BEFORE = "none"
"""Stands for no reason in a key: records from before costs were kept."""


@dataclass(frozen=True, slots=True)
class CostGap:
    """Records of one kind whose cost is not known, and why."""

    key: str
    reason: str
    usage_type: str
    direction: str
    number_zone: str
    network_zone: str
    rule: str
    records: int
    first_use: datetime
    last_use: datetime


def gap_of(row: Mapping[str, Any]) -> str:
    """The key under which a record without cost waits: reason, kind of usage, zones."""
    names = ("cost_reason", "usage_type", "direction", "number_zone", "network_zone")
    return "/".join(row[name] or _BEFORE for name in names)


def cost_gaps(keys: Sequence[str] | None = None) -> list[CostGap]:
    """What has no cost, by kind: of these keys, or all of it for None. Records from before costs were kept have no
    reason and are not among it."""
    gaps = (CostGap(gap_of(row), row["cost_reason"], *(row[name] for name in _FIELDS)) for row in store.cost_gaps())
    return [gap for gap in gaps if gap.reason and (keys is None or gap.key in keys)]


_FIELDS = ("usage_type", "direction", "number_zone", "network_zone", "rule", "records", "first_use", "last_use")


def price_costs(*, actor: Actor, key: str = "", reason: str = "costs worked out") -> tuple[int, int]:
    """Work out costs that were not known, of one gap or of all: by the wholesale tariff of the catalogue that was in
    force, and where that cannot say by the one of the newest catalogue. Returns how many are known now and how many
    still are not. What was charged does not change."""
    with unit_of_work(actor, reason) as work:
        rows = store.without_cost(AT_ONCE, [] if not key else [_without_mark(part) for part in key.split("/")])
        tariffs = Tariffs()
        records = {record.id: record for record in usage.normalised_by_id([row.record_id for row in rows])}
        lines = lines_of({record.subscription_id for record in records.values()})
        told = told_of(list(records.values()), lines, tariffs)
        known: list[tuple[RatedUsage, Cost]] = []
        for row in rows:
            record = records.get(row.record_id)
            if record is None:
                continue
            event = event_of(record, lines.get(record.subscription_id), told)
            cost = next(
                (c for w in _wholesales(row, tariffs) if (c := cost_of(w, event, row.amount.currency)).known), None
            )
            if cost is not None:
                known.append((row, cost))
            work.touch(NO_COST, gap_of(_as_row(row)))
        store.set_costs([(*row.own_place, cost.micros or 0, cost.rule) for row, cost in known])
    return len(known), len(rows) - len(known)


def _without_mark(part: str) -> str:
    return "" if part == _BEFORE else part


def _wholesales(row: RatedUsage, tariffs: Tariffs) -> list[Tariff]:
    found: list[Tariff] = []
    key = row.tariff.rpartition(" v")[0]
    then = tariffs.at(key, row.started_at)
    if then is not None and (wholesale := tariffs.wholesale(TariffInForce(then.tariff, then.catalog_version))):
        found.append(wholesale)
    newest = tariffs.newest()
    if newest is not None and key in newest.tariffs:
        latest = newest.tariffs.get(cost_key_of(newest.tariffs[key], newest.brand.cost_tariff) or "")
        if latest is not None:
            found.append(latest)
    return found


def _as_row(row: RatedUsage) -> dict[str, str]:
    return {
        "cost_reason": row.cost_reason,
        "usage_type": row.usage_type,
        "direction": row.direction,
        "number_zone": row.number_zone,
        "network_zone": row.network_zone,
    }
