"""What repeats: the sweep of what has outlived its retention, and the check of the log of erasures."""

from __future__ import annotations

from datetime import UTC, datetime

from linehouse.platform.personal import erasures, laws
from linehouse.platform.personal.law_keys import end_law_keys
from linehouse.platform.personal.sweep import sweep
from linehouse.platform.timers import timer
from linehouse.platform.work import Work

__all__ = ["laws", "retention"]

DAY, HOUR = 15, 2


def _next_sweep(after: datetime) -> datetime:
    """The next 15th, 02:00 UTC: a quiet hour of a day without bill runs."""
    here = after.astimezone(UTC)
    this = here.replace(day=DAY, hour=HOUR, minute=0, second=0, microsecond=0)
    if this > here:
        return this
    return this.replace(year=this.year + this.month // 12, month=this.month % 12 + 1)


@timer("personal.retention", _next_sweep)
def retention(work: Work) -> None:
    """Empty and delete what is older than its declaration allows, and end the law's keys that nothing needs."""
    sweep(work.now)
    end_law_keys(work.now)
    erasures.catch_up()
