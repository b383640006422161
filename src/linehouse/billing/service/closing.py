"""Recurring revenue is earned by day: closings move it from deferred to revenue, each amount once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from linehouse.billing.cycles import add_months, next_cycle_start
from linehouse.billing.events import RevenueRecognised
from linehouse.billing.journal import earned, recognition_transfers
from linehouse.billing.models import Invoice, InvoiceLine, Recognition
from linehouse.kernel.ids import new_id
from linehouse.kernel.period import day_start
from linehouse.ledger.service import post_all
from linehouse.ledger.values import Entry
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, current_work, unit_of_work

CLOSE = "billing.close"


def month_starts(after: date, until: date) -> Iterator[date]:
    """The first days of months behind ``after``, up to and with the first that is not before ``until``."""
    first = next_cycle_start(after, 1)
    while True:
        yield first
        if first >= until:
            return
        first = add_months(first, 1, 1)


def plan_closings(invoice: Invoice, work: Work) -> None:
    """Book at once what earlier months have earned, and a closing at each month's start until all is earned."""
    zone = ZoneInfo(invoice.zone)
    today = work.now.astimezone(zone).date()
    _recognise([invoice.id], today.replace(day=1))
    ends = InvoiceLine.objects.filter(invoice=invoice, deferred=True).values_list("covered_end", flat=True)
    last = max((end for end in ends if end is not None), default=None)
    if last is None or last <= today.replace(day=1):
        return
    for first in month_starts(today, last):
        enqueue(CLOSE, {"until": first.isoformat()}, key=first.isoformat(), due=day_start(first, zone))


def recognise(until: date, *, actor: Actor, reason: str = "closing") -> int:
    """Book all recurring revenue earned before the local day that is not booked yet; returns the lines that moved.

    Again, or later for an earlier day, changes nothing.
    """
    with unit_of_work(actor, reason) as work:
        lines = InvoiceLine.objects.filter(deferred=True, covered_start__lt=until, invoice__number__isnull=False)
        ids = lines.exclude(net_micros=F("earned_micros")).values_list("invoice_id", flat=True).distinct()
        moved = _recognise(list(ids), until)
        row = Recognition.objects.select_for_update().filter(until=until).first()
        if row is None:
            row = Recognition(id=new_id(), created_at=work.now, changed_at=work.now, until=until, lines=moved)
            row.save(force_insert=True)
            emit(RevenueRecognised(recognition_id=row.id, until=until, lines=moved))
        elif moved:
            row.lines += moved
            row.changed_at = work.now
            row.save(update_fields=["lines", "changed_at"])
        return moved


def _recognise(invoice_ids: list[UUID], until: date) -> int:
    current_work()
    rows = InvoiceLine.objects.select_for_update(of=("self",)).select_related("invoice")
    rows = rows.filter(invoice_id__in=invoice_ids, deferred=True, covered_start__lt=until)
    steps: dict[str, list[tuple[str, int]]] = {}
    currency: dict[str, str] = {}
    moved = []
    for line in rows.order_by("invoice__number", "number"):
        if line.covered_start is None or line.covered_end is None or line.invoice.number is None:
            continue
        if line.earned_until is not None and line.earned_until >= until:
            continue
        days = (line.covered_end - line.covered_start).days
        total = earned(line.net_micros, (until - line.covered_start).days, days)
        if total == line.earned_micros:
            continue
        steps.setdefault(line.invoice.number, []).append((line.gl, total - line.earned_micros))
        currency[line.invoice.number] = line.invoice.currency
        line.earned_micros, line.earned_until = total, until
        moved.append(line)
    entries = [
        Entry(f"recognition:{number}:{until.isoformat()}", transfers)
        for number, parts in steps.items()
        if (transfers := recognition_transfers(currency[number], parts))
    ]
    post_all(entries)
    InvoiceLine.objects.bulk_update(moved, ["earned_micros", "earned_until"], batch_size=500)
    return len(moved)
