"""What of messages waits for a person: a notice that the law demands and that could not be delivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from linehouse.notify.lifecycle import UNDELIVERED
from linehouse.notify.models import Message
from linehouse.notify.service.messages import send_again
from linehouse.notify.values import MessageClass
from linehouse.platform.work import Actor
from linehouse.platform.worklist.kinds import task_kind
from linehouse.platform.worklist.values import TaskView, Waiting


def undelivered(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Legal notices that no channel could deliver."""
    rows = Message.objects.filter(state="failed", message_class=MessageClass.LEGAL)
    if keys is not None:
        rows = rows.filter(id__in=list(keys))
    for row in rows.order_by("created_at", "id"):
        yield Waiting(
            str(row.id),
            f"{row.template or 'message'} {row.subject_ref}".strip(),
            row.evidence or "not delivered",
            {"channel": row.channel, "attempts": str(row.attempts), "about": row.subject_ref},
            row.customer_id,
            since=row.created_at,
        )


def again(task: TaskView, actor: Actor) -> str:
    """Send the notice once more by all of its channels."""
    send_again(UUID(task.key), actor=actor, reason="sent again from the work list")
    return str(_("The notice is sent again."))


task_kind(
    UNDELIVERED,
    queue="messages",
    title=_("Legal notice not delivered"),
    permission="message.write",
    due=timedelta(days=1),
    link=lambda task: f"messages/{task.key}",
    retry=again,
    waiting=undelivered,
    dismissible=True,
)
