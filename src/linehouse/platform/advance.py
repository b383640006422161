"""Moving the business clock: from due instant to due instant, each with everything that it causes, then on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from linehouse.kernel.ids import new_id
from linehouse.kernel.period import require_aware
from linehouse.platform import runner
from linehouse.platform.clock.errors import ClockBackwards, ClockBusy, ClockStuck
from linehouse.platform.clock.events import ClockAdvanced
from linehouse.platform.clock.service import clock_state, set_manual
from linehouse.platform.jobs import store
from linehouse.platform.outbox.service import emit
from linehouse.platform.partitions import ensure_ahead
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Actor, unit_of_work

_LOCK = 0x4C_48_43_4C
"""Key of the session lock that lets one advancer at a time move a brand's clock."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """What a move did: from where to where, how many due instants it stopped at and how many jobs ran."""

    moved_from: datetime
    moved_to: datetime
    stops: int
    jobs: int


def advance(to: datetime, *, actor: Actor, progress: Callable[[datetime, int], None] | None = None) -> Advanced:
    """Move the current brand's clock to ``to``; everything due in between runs in due order, deterministically.

    The clock stands still afterwards (manual). Killed half way, the same call goes on from where it stood.
    ``progress`` is told each stop and the jobs run so far. Raises ClockBackwards, ClockBusy, and ClockStuck when a job
    that is due has failed for good.
    """
    target = require_aware(to)
    connection = connections[current_brand()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        row = cursor.fetchone()
    if not (row and row[0]):
        raise ClockBusy("this brand's clock is being moved by somebody else")
    try:
        return _advance(target, actor, progress)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _advance(target: datetime, actor: Actor, progress: Callable[[datetime, int], None] | None) -> Advanced:
    start = clock_state().now
    if target < start:
        raise ClockBackwards(
            "business time moves forward only",
            field="to",
            value=target.isoformat(),
            expected=f"not before {start.isoformat()}",
        )
    now, stops, jobs = start, 0, 0
    with unit_of_work(actor, "business clock"):
        ensure_ahead(now, target)
        set_manual(now, target=target)
    while True:
        jobs += runner.drain()
        _require_nothing_failed(now)
        if progress is not None:
            progress(now, jobs)
        following = store.next_due(now, target)
        if following is None:
            break
        now, stops = following, stops + 1
        with unit_of_work(actor, "business clock"):
            set_manual(now, target=target)
    with unit_of_work(actor, "business clock"):
        generation = set_manual(target)
        emit(ClockAdvanced(move_id=new_id(), moved_from=start, moved_to=target, generation=generation))
    jobs += runner.drain()
    if progress is not None:
        progress(target, jobs)
    return Advanced(start, target, stops, jobs)


def _require_nothing_failed(now: datetime) -> None:
    if failed := store.count_due(now).failed:
        raise ClockStuck(
            f"{failed} due jobs have failed",
            field="to",
            value=now.isoformat(),
            expected="retry or discard them on the jobs screen",
        )
