"""What imports do on their own: the next rows, and removing files whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from linehouse.platform.documents import service as documents
from linehouse.platform.imports.models import Import, ImportRow
from linehouse.platform.imports.service.run import JOB, go_on
from linehouse.platform.jobs.registry import Attempt, Payload, external_job
from linehouse.platform.timers import timer
from linehouse.platform.work import Actor, Work

RETENTION = timedelta(days=90)
"""How long a file and its faults are kept after the last change: they hold personal values of whoever stands in it."""


@external_job(JOB)
def go_on_with_import(payload: Payload, attempt: Attempt) -> None:
    """Do the next rows of an import in a transaction of the person who started it."""
    kind, actor_id, name = payload["actor"]
    go_on(UUID(payload["import"]), int(payload["begin"]), Actor(kind, actor_id, name), payload["reason"])


@timer("imports.clear", lambda last: last + timedelta(days=1))
def clear_old_files(work: Work) -> None:
    """Remove the files of imports that nobody has touched for the time of their retention."""
    clear(work.now, work)


def clear(now: datetime, work: Work) -> int:
    """Remove files and faults of imports that have rested for RETENTION; how many there were."""
    old = Import.objects.filter(changed_at__lt=now - RETENTION, cleared=False).exclude(
        state__in=("trying", "running", "undoing")
    )
    count = 0
    for row in old:
        documents.discard(row.document_id)
        ImportRow.objects.filter(owner=row).update(faults=[], before={})
        row.cleared, row.changed_at = True, work.now
        row.save(update_fields=["cleared", "changed_at"])
        count += 1
    return count
