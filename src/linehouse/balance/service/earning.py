"""Revenue of packs that are paid again and again is earned by day, as that of bills is: at each month's start."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import F, Sum

from linehouse.balance.models import PackPayment
from linehouse.balance.paying import earned
from linehouse.kernel.period import DatePeriod, day_start
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry, Transfer
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.work import Work

EARN = "balance.earn"
"""The job that books what was earned before a local day."""


def plan_earning(days: DatePeriod, zone: ZoneInfo) -> None:
    """Book it at each month's start until all of it is earned."""
    first = days.start.replace(day=1)
    while first < days.end:
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        enqueue(EARN, {"until": first.isoformat()}, key=f"{first}/{zone.key}", due=day_start(first, zone))


def earn(until: date, work: Work) -> int:
    """Book what was earned before the local day and is not booked yet; returns how many payments it was of."""
    rows = PackPayment.objects.select_for_update(of=("self",)).select_related("pack")
    rows = rows.filter(deferred=True, covered_start__lt=until).exclude(net_micros=F("earned_micros"))
    entries, moved = [], []
    for row in rows.order_by("id"):
        if row.covered_start is None or row.covered_end is None:
            continue
        days = (row.covered_end - row.covered_start).days
        total = earned(row.net_micros, (until - row.covered_start).days, days)
        step = total - row.earned_micros
        if step <= 0:
            continue
        cause = f"earned:pack:{row.pack.product_number}/{row.number}:{until}"
        entries.append(Entry(cause, (Transfer(f"deferred/{row.gl}", f"revenue/{row.gl}", step, row.currency),)))
        row.earned_micros, row.changed_at = total, work.now
        moved.append(row)
    ledger.post_all(entries)
    for row in moved:
        row.save(update_fields=["earned_micros", "changed_at"])
    return len(moved)


def deferred_of_packs() -> dict[tuple[str, str], int]:
    """What packs have not earned yet, by account of the journal and currency."""
    rows = PackPayment.objects.filter(deferred=True).values_list("gl", "currency")
    sums = rows.annotate(left=Sum(F("net_micros") - F("earned_micros")))
    return {(f"deferred/{gl}", currency): int(left) for gl, currency, left in sums}
