"""Jobs that have failed for good, as what waits for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linehouse.platform.jobs import service as jobs
from linehouse.platform.jobs.models import Job
from linehouse.platform.outbox.models import OutboxEvent
from linehouse.platform.outbox.service import DELIVER
from linehouse.platform.work import Actor
from linehouse.platform.worklist.values import TaskView, Waiting

_NUMBERS = ("number", "order_number", "invoice_number", "run_number", "product_number")
"""Fields of events that name a business object for people."""


def failed_of(*kinds: str) -> Callable[[Sequence[str] | None], Iterable[Waiting]]:
    """What waits: the failed jobs of these kinds."""

    def waiting(keys: Sequence[str] | None) -> Iterable[Waiting]:
        return failures(Job.objects.filter(kind__in=kinds), keys)

    return waiting


def failures(rows: QuerySet[Job], keys: Sequence[str] | None) -> Iterable[Waiting]:
    """The failed ones among these jobs, each with the event that it should have brought to a consumer."""
    rows = rows.filter(state="failed").order_by("due_at", "id")
    if keys is not None:
        rows = rows.filter(id__in=list(keys))
    found = list(rows)
    events = {
        str(event.id): event
        for event in OutboxEvent.objects.filter(
            id__in=[row.payload["event"] for row in found if row.kind.startswith(DELIVER)]
        )
    }
    for row in found:
        event = events.get(str(row.payload.get("event", "")))
        named = [str(event.payload[name]) for name in _NUMBERS if event and event.payload.get(name)]
        lines = row.last_error.strip().splitlines()
        evidence = {"job": row.kind, "attempts": str(row.attempts)}
        if event:
            evidence |= {"event": event.name, "object": ", ".join(named)}
        yield Waiting(
            str(row.id),
            " ".join([row.kind.removeprefix(DELIVER), *named]),
            lines[-1][:1000] if lines else "failed",
            {name: value for name, value in evidence.items() if value},
            event.customer_id if event else None,
            since=row.due_at,
        )


def run_again(task: TaskView, actor: Actor) -> str:
    """Let the job run once more; the worker does it."""
    jobs.retry(UUID(task.key), actor=actor, reason="from the work list")
    return _("The job will run again.")
