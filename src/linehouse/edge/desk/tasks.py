"""What of keeping waits for a person: a backup that was not made, a drill that did not bring everything back."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from linehouse.platform.worklist.kinds import task_kind
from linehouse.platform.worklist.values import TaskView

BACKUP = "keeping.backup"
DRILL = "keeping.drill"


def _to_backups(task: TaskView) -> str:
    del task
    return "backups"


task_kind(
    BACKUP,
    queue="operations",
    title=_("A backup was not made"),
    permission="operations.write",
    due=timedelta(hours=4),
    link=_to_backups,
    dismissible=True,
)
task_kind(
    DRILL,
    queue="operations",
    title=_("A drill did not bring everything back"),
    permission="operations.write",
    due=timedelta(days=1),
    link=_to_backups,
    dismissible=True,
)
