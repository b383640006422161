"""One event at a time by the price function itself: what every fast way must equal, and who decides what none can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import BIGINT_MAX
from linehouse.kernel.period import Period
from linehouse.rating.batch.answers import Answers, Names
from linehouse.rating.batch.events import event_of
from linehouse.rating.batch.held import Held
from linehouse.rating.batch.periods import first_day
from linehouse.rating.batch.values import MOST, VERDICTS, Plan, RateBook
from linehouse.rating.buckets import consume
from linehouse.rating.session.view import with_available
from linehouse.rating.values import Bucket, Consumption, PaidBy, Tariff, UsageEvent, Verdict

UNREADABLE = "unreadable-event"
TOO_DEAR = "amount-out-of-range"
_PLACE = {verdict: place for place, verdict in enumerate(VERDICTS)}


class ExactWay:
    """Decides rows of the piece in the order in which it is asked, and books what they take and count."""

    def __init__(self, book: RateBook, events: pl.DataFrame, held: Held, names: Names, out: Answers) -> None:
        self._book = book
        self._events = events
        self._held = held
        self._names = names
        self._out = out

    def decide(self, here: int, subscriber: int) -> None:
        """Decide one row; ``subscriber`` is its number in the piece."""
        out = self._out
        try:
            event = event_of(self._events.row(here, named=True))
        except (DomainError, OverflowError, ValueError):
            out.verdict[here] = _PLACE[Verdict.UNRATED]
            out.reason[here] = self._names.place(UNREADABLE)
            return
        plan = self._book.plans[int(self._held.plan[subscriber])]
        tariff = self._book.tariffs[tariff_at(plan, event)]
        counters = self._counters(plan, tariff, event, subscriber)
        decided = consume(self._buckets(plan, tariff, event, subscriber), tariff, event, counters=counters)
        takes = {**decided.unit_takes, **decided.money_takes}
        if abs(decided.priced.total.micros) > BIGINT_MAX or not self._book_takes(plan, takes, decided, subscriber):
            out.verdict[here] = _PLACE[Verdict.UNRATED]
            out.reason[here] = self._names.place(TOO_DEAR)
            return
        for key, more in decided.counted.items():
            counters[key] = counters.get(key, 0) + more
        self._tell(here, decided)

    def _buckets(self, plan: Plan, tariff: Tariff, event: UsageEvent, subscriber: int) -> list[Bucket]:
        held, first = self._held, int(self._held.first[subscriber])
        unit = event.usage_type.unit.value
        found = []
        for place, holding in enumerate(plan.holdings, first):
            bucket = holding.bucket
            if holding.asset != (tariff.currency if bucket.is_money else unit):
                continue
            left = int(held.left[place])
            if bucket.cap_left is not None:
                taken = (bucket.available or 0) - left
                bucket = replace(bucket, cap_left=bucket.cap_left - taken)
            if bucket.lasts is not None and place in held.opened:
                opened = held.opened[place]
                bucket = replace(bucket, valid=Period(opened, opened + bucket.lasts), lasts=None)
            found.append(bucket if bucket.available is None else with_available(bucket, left))
        return found

    def _counters(self, plan: Plan, tariff: Tariff, event: UsageEvent, subscriber: int) -> dict[str, int]:
        begin = first_day(event.started_at, plan.cycle_day, plan.zone or tariff.time_zone)
        return self._held.counters.setdefault((subscriber, begin), {})

    def _book_takes(self, plan: Plan, takes: Mapping[str, int], decided: Consumption, subscriber: int) -> bool:
        """False, and nothing is booked, where a bucket would hold more than can be kept."""
        held, first = self._held, int(self._held.first[subscriber])
        if not takes and not decided.first_used:
            return True
        after = {
            place: int(held.left[place]) - takes[holding.bucket.ref]
            for place, holding in enumerate(plan.holdings, first)
            if holding.bucket.ref in takes
        }
        if any(abs(left) > MOST for left in after.values()):
            return False
        for place, left in after.items():
            held.left[place] = left
        for place, holding in enumerate(plan.holdings, first):
            if holding.bucket.ref in decided.first_used:
                held.opened.setdefault(place, decided.first_used[holding.bucket.ref])
        return True

    def _tell(self, here: int, decided: Consumption) -> None:
        out, names, priced = self._out, self._names, decided.priced
        out.verdict[here] = _PLACE[priced.verdict]
        out.amount[here] = priced.total.micros
        out.paid[here] = sum(decided.money_takes.values())
        out.reason[here] = names.place(priced.reason)
        if priced.parts:
            out.rule[here] = names.place(priced.parts[0].rule)
        payers = [part for part in priced.parts if part.paid_by is PaidBy.BUCKET]
        if payers:
            out.covered[here] = sum(part.quantity for part in payers)
            out.bucket[here] = names.place(payers[0].bucket)


def tariff_at(plan: Plan, event: Any) -> str:
    """The tariff by which the plan prices usage that began then."""
    found = plan.tariff
    for later in plan.later:
        if later.since <= event.started_at:
            found = later.tariff
    return found
