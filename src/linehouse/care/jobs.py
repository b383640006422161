"""What care does when somebody settles a follow-up in the work list."""

from __future__ import annotations

from uuid import UUID

from linehouse.care.service.following import settled_elsewhere
from linehouse.care.values import FOLLOW_UP_TASK
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.work import Work
from linehouse.platform.worklist.events import TaskSettled
from linehouse.platform.worklist.reading import find_task


@consumer("care.follow_up_settled", on=(TaskSettled,))
def follow_up_settled(event: TaskSettled, work: Work) -> None:
    """A task that was done is a follow-up done; one that was dismissed is dropped."""
    if event.kind == FOLLOW_UP_TASK:
        task = find_task(event.task_id)
        settled_elsewhere(UUID(event.key), dropped=event.state == "dismissed", outcome=task.outcome, work=work)
