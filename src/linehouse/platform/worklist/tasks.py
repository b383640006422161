"""The kinds of tasks of the platform itself: jobs that have failed for good, and broken laws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from linehouse.platform.jobs.models import Job
from linehouse.platform.worklist.failed_jobs import failures, run_again
from linehouse.platform.worklist.kinds import all_kinds, task_kind
from linehouse.platform.worklist.values import Waiting


def failed_jobs(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Jobs that have failed for good, but for those that are tasks of another kind."""
    elsewhere = [name for kind in all_kinds().values() for name in kind.jobs]
    return failures(Job.objects.exclude(kind__in=elsewhere), keys)


task_kind(
    "platform.job",
    queue="operations",
    title=_("Failed job"),
    permission="operations.write",
    due=timedelta(hours=8),
    link=lambda task: f"jobs/{task.key}",
    retry=run_again,
    waiting=failed_jobs,
)
task_kind(
    "platform.law",
    queue="operations",
    title=_("Broken law"),
    permission="operations.write",
    due=timedelta(hours=4),
    link=lambda _task: "ledger",
    dismissible=True,
)
