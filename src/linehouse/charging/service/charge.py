"""Charging normalised usage: decide in memory under the buckets' locks, then write everything set-based, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from linehouse.balance import service as balance
from linehouse.charging import store
from linehouse.charging.decision import Decided, Suspended, decide
from linehouse.charging.events import UsageRated
from linehouse.charging.ports import tax_rate
from linehouse.charging.posting import cause_of, transfers_of, uses_of
from linehouse.charging.rated_row import rated_row
from linehouse.charging.service import counters
from linehouse.charging.service import spent as controls
from linehouse.charging.service.costs import gap_of
from linehouse.charging.service.lines import Tariffs, lines_of
from linehouse.charging.service.matching import take_matched
from linehouse.charging.service.parties import told_of
from linehouse.charging.values import NO_COST, STANDARD, Line, Rate
from linehouse.kernel.period import local_date
from linehouse.kernel.quantity import Unit
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.rating.service import Cost, cost_of, counts_period
from linehouse.usage import service as usage
from linehouse.usage.values import NormalisedUsage


def charge_file(file_id: UUID, *, actor: Actor) -> UsageRated | None:
    """Charge every record of a file that waits to be priced; None when there is none. Safe to repeat."""
    with unit_of_work(actor, "usage charged") as work:
        return _charge(file_id, usage.normalised_records(file_id), work)


def charge_record(file_id: UUID, record_id: UUID, *, actor: Actor) -> UsageRated | None:
    """Charge one record that came out of suspense; None when it is not waiting any more. Safe to repeat."""
    with unit_of_work(actor, "usage charged") as work:
        waiting = [record for record in usage.normalised_records(file_id) if record.id == record_id]
        return _charge(file_id, waiting, work)


def _charge(file_id: UUID, records: Sequence[NormalisedUsage], work: Work) -> UsageRated | None:
    if not records:
        return None
    entries_of = store.revisions([record.key for record in records])
    known = {key for key, (_, stands) in entries_of.items() if stands}
    # An entry that a re-rate took back, because it had no price then, is followed by another.
    again = {key: latest + 1 for key, (latest, stands) in entries_of.items() if not stands}
    waiting = [record for record in records if record.key not in known]
    lines = lines_of({record.subscription_id for record in waiting})
    matched = take_matched([record for record in waiting if record.key not in again], lines, work.now)
    waiting = [record for record in waiting if record.id not in matched]
    spending = controls.hold(lines, waiting, work.now)
    held = balance.lock_buckets(lines, *_span(waiting)) if lines and waiting else {}
    tariffs = Tariffs()
    told = told_of(waiting, lines, tariffs)
    counted = counters.lock(_periods(waiting, lines, tariffs))
    answers = decide(waiting, lines, held, tariffs.at, told, counted, spending)
    decided = [answer for answer in answers if isinstance(answer, Decided)]
    suspended = [answer for answer in answers if isinstance(answer, Suspended)]
    rates = [rate_of(one) for one in decided]
    balance.book_uses([use for one in decided for use in uses_of(one, again.get(one.record.key, 0))])
    entries = [
        Entry(cause_of(one.record.key, again.get(one.record.key, 0)), transfers)
        for one, rate in zip(decided, rates, strict=True)
        if (transfers := transfers_of(one, rate))
    ]
    ledger.post_all(entries)
    controls.keep(spending)
    rows = [rated_row(one, rate, cost_for(one, tariffs)) for one, rate in zip(decided, rates, strict=True)]
    store.insert_rated([row | {"revision": again.get(row["record_key"], 0)} for row in rows], work.now)
    for row in rows:
        if row["cost"] is None:
            work.touch(NO_COST, gap_of(row))
    usage.mark_rated([record.id for record in records if record.key in known], actor=work.actor)
    usage.mark_rated([*matched, *(one.record.id for one in decided)], actor=work.actor)
    for one in suspended:
        usage.suspend(one.record.id, one.reason.value, one.message, actor=work.actor)
    rated = _rated(file_id, rows, len(suspended), len(matched))
    emit(rated)
    return rated


def _periods(
    records: Sequence[NormalisedUsage], lines: Mapping[UUID, Line], tariffs: Tariffs
) -> Iterator[tuple[UUID, date]]:
    """The periods whose counters the records may ask or move."""
    for record in records:
        line = lines.get(record.subscription_id)
        found = tariffs.at(line.tariff_key, record.started_at) if line is not None and line.tariff_key else None
        if line is not None and found is not None and counts_period(found.tariff):
            yield line.subscription_id, line.period_of(record.started_at)


def _span(records: Sequence[NormalisedUsage]) -> tuple[Any, Any]:
    """From the first start to the last end: buckets valid at any instant of it may be asked."""
    starts = [record.started_at for record in records]
    ends = [
        record.started_at + timedelta(milliseconds=max(0, record.quantity.amount))
        if record.quantity.unit is Unit.MILLISECOND and record.quantity.amount < 10**12
        else max(record.started_at, record.ended_at or record.started_at)
        for record in records
    ]
    return min(starts), max(ends)


def rate_of(one: Decided) -> Rate:
    """By the local day on which the usage began."""
    return tax_rate(one.line.tax_country, STANDARD, local_date(one.record.started_at, one.line.zone))


def cost_for(one: Decided, tariffs: Tariffs) -> Cost:
    """What the host network or a roaming partner asks for it; charging goes on where nobody can say."""
    return cost_of(tariffs.wholesale(one.in_force), one.event, one.consumption.priced.currency)


def _rated(file_id: UUID, rows: Sequence[dict[str, Any]], suspended: int, matched: int) -> UsageRated:
    sums: dict[str, dict[str, int]] = {"gross": {}, "net": {}, "uncollected": {}}
    for row in rows:
        for name, by_currency in sums.items():
            by_currency[row["currency"]] = by_currency.get(row["currency"], 0) + row[name]
    cost: dict[str, int] = {}
    for row in rows:
        if row["cost"] is not None:
            cost[row["currency"]] = cost.get(row["currency"], 0) + row["cost"]
    return UsageRated(
        file_id=file_id,
        records=len(rows) + suspended + matched,
        rated=len(rows),
        suspended=suspended,
        gross=sums["gross"],
        net=sums["net"],
        uncollected=sums["uncollected"],
        cost=cost,
        no_cost=sum(row["cost"] is None for row in rows),
        matched=matched,
    )
