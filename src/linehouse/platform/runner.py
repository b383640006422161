"""Running jobs: by the worker all the time, by an advance of the clock in due order, by tests until nothing is left."""

from __future__ import annotations

import time
import traceback
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from linehouse.kernel.error import DomainError
from linehouse.platform.clock.service import business_now
from linehouse.platform.jobs import store
from linehouse.platform.jobs.lifecycle import FAILED_JOB
from linehouse.platform.jobs.registry import Attempt, Kind, RetryLater, kind_named
from linehouse.platform.outbox.registry import consumer_named
from linehouse.platform.outbox.service import DELIVER, recorded
from linehouse.platform.scope import current_brand
from linehouse.platform.telemetry import metrics
from linehouse.platform.work import SYSTEM, Work, unit_of_work

log = structlog.get_logger()


def run_one(business: datetime | None = None) -> bool:
    """Run the next due job of the current brand; False when there is none to take.

    A handler inside a transaction commits together with the mark that it is done: a worker that is killed leaves
    nothing behind, and the job runs again. A handler that calls out is leased first.
    """
    brand = current_brand()
    began = time.monotonic()
    claimed: store.Claimed | None = None
    outside: Kind | None = None
    try:
        with transaction.atomic(using=brand):
            claimed = store.claim(business or business_now())
            if claimed is None:
                return False
            kind = _kind(claimed)
            if kind.inside is not None:
                with unit_of_work(SYSTEM, claimed.kind, correlation=claimed.correlation_id) as work:
                    kind.inside(claimed.payload, work)
                store.mark_done(claimed.id)
            else:
                store.mark_running(claimed.id, kind.lease_seconds)
                outside = kind
    except Exception as error:
        if claimed is None:
            raise
        _failed(claimed, error, counted=False)
        _measure(claimed, began, well=False)
        return True
    well = outside is None or _call_out(claimed, outside)
    _measure(claimed, began, well=well)
    return True


def _measure(claimed: store.Claimed, began: float, *, well: bool) -> None:
    outcome = "done" if well else "failed"
    metrics.jobs.labels(current_brand(), claimed.kind, outcome).observe(time.monotonic() - began)


def _call_out(claimed: store.Claimed, kind: Kind) -> bool:
    if kind.outside is None:
        raise TypeError(f"job kind {kind.name} has no handler")
    try:
        kind.outside(claimed.payload, Attempt(str(claimed.id), claimed.key, claimed.attempts + 1))
    except Exception as error:  # noqa: BLE001 - the edge of a job: whatever went wrong is kept with it
        _failed(claimed, error, counted=True)
        return False
    with transaction.atomic(using=current_brand()):
        store.mark_done(claimed.id)
    return True


def _failed(claimed: store.Claimed, error: Exception, *, counted: bool) -> None:
    expected = isinstance(error, RetryLater | DomainError)
    text = f"{type(error).__name__}: {error}" if expected else "".join(traceback.format_exception(error))[-4000:]
    limit = _limit(claimed)
    with unit_of_work(SYSTEM, "job failed") as work:
        state = store.mark_failed(claimed.id, text, counted=counted, max_attempts=limit)
        if state == "failed":
            work.touch(FAILED_JOB, str(claimed.id))
    log.warning("job failed", kind=claimed.kind, job=str(claimed.id), state=state, error=type(error).__name__)


def _limit(claimed: store.Claimed) -> int:
    try:
        return _kind(claimed).max_attempts
    except KeyError:
        return 1


def _kind(claimed: store.Claimed) -> Kind:
    if not claimed.kind.startswith(DELIVER):
        return kind_named(claimed.kind)
    listener = consumer_named(claimed.kind.removeprefix(DELIVER))

    def deliver(payload: dict[str, object], work: Work) -> None:
        event = recorded(UUID(str(payload["event"])))
        work.causation = event.id
        listener.handler(event.event(), work)

    return Kind(claimed.kind, deliver, None, 8, 0)


def drain(*, limit: int = 1_000_000, patience_seconds: int = 60) -> int:
    """Run everything that is due at the brand's instant, and what that causes, until nothing is left.

    Work that another worker holds, or that pauses before a new attempt, is waited for. Returns how many ran here.
    Raises TimeoutError when what others hold does not end.
    """
    ran = 0
    deadline = time.monotonic() + patience_seconds
    while ran < limit:
        if run_one():
            ran += 1
            deadline = time.monotonic() + patience_seconds
            continue
        due = store.count_due(business_now())
        if not due.ready and not due.busy:
            break
        if time.monotonic() > deadline:
            raise TimeoutError(f"{due.ready + due.busy} jobs of {current_brand()} are due and do not end")
        time.sleep(0.02)
    return ran


def run_ready(limit: int = 100) -> int:
    """Run what can be taken now, without waiting for others: one turn of the worker's loop."""
    ran = 0
    while ran < limit and run_one():
        ran += 1
    return ran
