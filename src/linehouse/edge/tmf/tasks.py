"""What of the APIs waits for a person: notifications that a listener does not take."""

from __future__ import annotations

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from linehouse.edge.tmf.kit.delivering import retry_dead
from linehouse.edge.tmf.kit.sending import TASK
from linehouse.platform.work import Actor
from linehouse.platform.worklist.kinds import task_kind
from linehouse.platform.worklist.values import TaskView


def _again(task: TaskView, actor: Actor) -> str:
    count = retry_dead(task.key, actor=actor)
    return translated("%(count)s notifications are sent again") % {"count": count}


task_kind(
    TASK,
    queue="operations",
    title=_("Notifications that a listener does not take"),
    permission="operations.write",
    link=lambda task: f"listeners/{task.key}",
    retry=_again,
    dismissible=True,
)
