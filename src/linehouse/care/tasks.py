"""What of care waits for a person: what was promised to customers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from linehouse.care.values import FOLLOW_UP_TASK
from linehouse.platform.worklist.kinds import task_kind

task_kind(
    FOLLOW_UP_TASK,
    queue="care",
    title=_("Follow-up"),
    permission="interaction.write",
    due=None,
    link=lambda task: (
        f"interactions/{task.evidence['contact']}"
        if task.evidence.get("contact")
        else f"customers/{task.evidence['customer']}?tab=contacts"
    ),
    dismissible=True,
)
