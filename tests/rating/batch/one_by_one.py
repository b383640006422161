"""The batch engine's yardstick: the price function on one event after the other, in plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from linehouse.kernel.money import BIGINT_MAX
from linehouse.kernel.period import Period
from linehouse.rating.batch.events import event_of
from linehouse.rating.batch.periods import first_day
from linehouse.rating.batch.values import MOST, VERDICTS, RateBook
from linehouse.rating.service import consume
from linehouse.rating.values import Bucket, PaidBy, Verdict


@dataclass
class OneByOne:
    """Rates rows in order; ``buckets`` by subscriber and reference, ``counters`` by subscriber and period."""

    book: RateBook
    plan_of: Sequence[int]
    buckets: dict[int, dict[str, Bucket]] = field(default_factory=dict)
    taken: dict[tuple[int, str], int] = field(default_factory=dict)
    counters: dict[tuple[int, date], dict[str, int]] = field(default_factory=dict)

    def rate(self, events: pl.DataFrame) -> list[dict[str, Any]]:
        return [self._one(row) for row in events.iter_rows(named=True)]

    def _one(self, row: Mapping[str, Any]) -> dict[str, Any]:
        subscriber, event = row["subscriber"], event_of(row)
        plan = self.book.plans[self.plan_of[subscriber]]
        mine = self.buckets.setdefault(subscriber, {one.bucket.ref: one.bucket for one in plan.holdings})
        key = plan.tariff
        for later in plan.later:
            key = later.tariff if later.since <= event.started_at else key
        tariff = self.book.tariffs[key]
        asset = {one.bucket.ref: one.asset for one in plan.holdings}
        able = [
            one
            for one in mine.values()
            if asset[one.ref] == (tariff.currency if one.is_money else event.usage_type.unit.value)
        ]
        begin = first_day(event.started_at, plan.cycle_day, plan.zone or tariff.time_zone)
        counters = self.counters.setdefault((subscriber, begin), {})
        decided = consume(able, tariff, event, counters=counters)
        takes = {**decided.unit_takes, **decided.money_takes}
        begins = {one.bucket.ref: one.bucket.available or 0 for one in plan.holdings}
        after = [begins[ref] - self.taken.get((subscriber, ref), 0) - amount for ref, amount in takes.items()]
        if abs(decided.priced.total.micros) > BIGINT_MAX or any(abs(left) > MOST for left in after):
            return {
                "verdict": VERDICTS.index(Verdict.UNRATED),
                **dict.fromkeys(("amount", "covered", "paid"), 0),
                **dict.fromkeys(("rule", "bucket")),
                "reason": "amount-out-of-range",
            }
        for ref, amount in takes.items():
            old = mine[ref]
            mine[ref] = replace(
                old,
                available=None if old.available is None else old.available - amount,
                cap_left=None if old.cap_left is None else old.cap_left - amount,
            )
            self.taken[subscriber, ref] = self.taken.get((subscriber, ref), 0) + amount
        for ref, instant in decided.first_used.items():
            lasts = mine[ref].lasts
            if lasts is not None:
                mine[ref] = replace(mine[ref], valid=Period(instant, instant + lasts), lasts=None)
        for key, more in decided.counted.items():
            counters[key] = counters.get(key, 0) + more
        priced = decided.priced
        payers = [part for part in priced.parts if part.paid_by is PaidBy.BUCKET]
        return {
            "verdict": VERDICTS.index(Verdict(priced.verdict)),
            "amount": priced.total.micros,
            "covered": sum(part.quantity for part in payers),
            "paid": sum(decided.money_takes.values()),
            "rule": priced.parts[0].rule if priced.parts else None,
            "bucket": payers[0].bucket if payers else None,
            "reason": priced.reason or None,
        }
