"""Files of a bank that were refused: a person looks after them and may have them read again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from linehouse.edge.partner.bank.intake import receive
from linehouse.kernel.error import DomainError
from linehouse.payment.lifecycle import REFUSED_STATEMENT
from linehouse.payment.service import keep_refused, refused_files
from linehouse.platform.documents.service import load
from linehouse.platform.work import Actor
from linehouse.platform.worklist.kinds import task_kind
from linehouse.platform.worklist.values import TaskView


def read_again(task: TaskView, actor: Actor) -> str:
    """Read the kept file once more; it may be readable now, or its statement may follow its predecessor."""
    file = load(UUID(task.evidence["document"]))
    try:
        made = receive(file.name, file.content, actor=actor)
    except DomainError as error:
        keep_refused(file.name, file.content, error, actor=actor)
        raise
    return str(_("%(count)d statements were taken.") % {"count": len(made)})


task_kind(
    REFUSED_STATEMENT,
    queue="payments",
    title=_("Refused bank file"),
    permission="payment.write",
    due=timedelta(days=1),
    link=lambda task: f"documents/{task.evidence['document']}",
    retry=read_again,
    waiting=refused_files,
    dismissible=True,
)
