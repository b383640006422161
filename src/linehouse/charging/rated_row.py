"""A decided record as the row that is kept: who, what, by which clause, at what price, and why."""

from __future__ import annotations

from typing import Any

from linehouse.charging.as_event import device_of
from linehouse.charging.decision import Decided
from linehouse.charging.posting import charged, lost, split
from linehouse.charging.told import kept
from linehouse.charging.values import REVENUE, STANDARD, Rate
from linehouse.rating.service import Cost, line_of, plain
from linehouse.rating.values import PaidBy, Verdict


def rated_row(one: Decided, rate: Rate, cost: Cost) -> dict[str, Any]:
    """The record as it is kept: every column by its name, ready for JSON."""
    record, line, priced = one.record, one.line, one.consumption.priced
    tariff = one.in_force.tariff
    parts = split(charged(one), tariff.tax_mode, rate.fraction)
    group, label = line_of(tariff, one.event.usage_type, priced)
    rules = list(dict.fromkeys(part.rule for part in priced.parts))
    owners = list(dict.fromkeys(part.tariff for part in priced.parts)) or [tariff.label]
    names = dict.fromkeys(part.bucket_name for part in priced.parts if part.paid_by is PaidBy.BUCKET)
    redirected = sum(part.quantity for part in priced.parts if part.paid_by is PaidBy.REDIRECTED)
    return {
        "record_id": record.id,
        "record_key": record.key,
        "file_id": str(record.file_id),
        "customer_id": str(line.customer_id),
        "subscription_id": str(line.subscription_id),
        "subscription": line.subscription,
        "account_id": str(line.account_id),
        "account": line.account,
        "billing_mode": line.billing_mode.value,
        "usage_type": record.usage_type.value,
        "direction": record.direction.value,
        "started_at": record.started_at.isoformat(),
        "quantity": record.quantity.amount,
        "unit": record.quantity.unit.value,
        "peer": record.other_party,
        "network": str(record.serving),
        "number_zone": priced.number.zone,
        "network_zone": priced.network.zone,
        "tariff": tariff.label,
        "catalog_version": one.in_force.catalog_version,
        "rule": ", ".join(rules),
        "verdict": priced.verdict.value if priced.verdict is not Verdict.UNRATED else Verdict.FREE.value,
        "line_group": group,
        "label": dict(label),
        "clause": f"{', '.join(owners)}: {', '.join(rules) or 'nothing used'}",
        "covered_by": ", ".join(names),
        "currency": priced.currency,
        "tax_mode": tariff.tax_mode.value,
        "tax_category": STANDARD,
        "tax_code": rate.code,
        "gl": REVENUE,
        "amount": charged(one),
        "net": parts.net,
        "gross": parts.gross,
        "uncollected": one.consumption.uncollected,
        "loss": lost(one, rate),
        "blocked": one.consumption.blocked - redirected,
        "unit_takes": dict(one.consumption.unit_takes),
        "money_takes": dict(one.consumption.money_takes),
        "explanation": plain(priced),
        "offering": line.offering,
        "segment": line.segment,
        "device": device_of(record),
        "cost": cost.micros,
        "cost_rule": cost.rule,
        "cost_reason": cost.reason,
        "throttled": one.consumption.throttled,
        "redirected": redirected,
        "reason": priced.reason,
        "counted": dict(one.consumption.counted),
        "counted_in": one.period.isoformat() if one.consumption.counted else None,
        "told": kept(tariff, one.event, one.counters),
    }
