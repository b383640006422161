"""What the work list does on its own: pauses end, and older data gets its tasks. It also declares its law."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.platform.jobs.registry import Payload, job
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.work import SYSTEM, Work, unit_of_work
from linehouse.platform.worklist import laws, truth
from linehouse.platform.worklist.service import WAKE, wake

__all__ = ["ask_for_backfill", "fill_in", "laws", "wake_up"]

BACKFILL = "worklist.backfill"
REVISION = "1"
"""Grows when kinds of tasks are declared for objects that brands may have already."""


@job(WAKE)
def wake_up(payload: Payload, _work: Work) -> None:
    """End a pause."""
    wake(UUID(payload["task"]), datetime.fromisoformat(payload["until"]))


@job(BACKFILL)
def fill_in(_payload: Payload, _work: Work) -> None:
    """Give everything that waits and is older than its kind of task its task."""
    truth.reconcile()


def ask_for_backfill() -> None:
    """Have the current brand's older data looked through, once per revision; workers ask when they start."""
    with unit_of_work(SYSTEM, "work list"):
        enqueue(BACKFILL, {}, key=REVISION)
