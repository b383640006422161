"""What of ordering waits for a person: steps that failed, and steps that could not be wound back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from linehouse.ordering.lifecycle import STUCK_STEP
from linehouse.ordering.models import Step
from linehouse.ordering.service.cancel import retry_step
from linehouse.platform.work import Actor
from linehouse.platform.worklist.kinds import task_kind
from linehouse.platform.worklist.values import TaskView, Waiting


def stuck(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Failed steps, and failed compensations, of orders that are not over."""
    rows = Step.objects.select_related("order", "item").filter(
        state__in=("failed", "compensationFailed"), order__completed_at__isnull=True
    )
    if keys is not None:
        rows = rows.filter(id__in=list(keys))
    for row in rows.order_by("changed_at", "id"):
        yield Waiting(
            str(row.id),
            f"{row.order.number} {row.kind.replace('_', ' ')}",
            row.reason or row.code or row.state,
            {
                "order": row.order.number,
                "step": row.key,
                "state": row.state,
                "product": row.item.product_number,
                "code": row.code,
                "attempts": str(row.attempts),
            },
            row.order.customer_id,
            since=row.changed_at,
        )


def again(task: TaskView, actor: Actor) -> str:
    """Try the step once more; the worker and the network go on from there."""
    row = Step.objects.only("order_id", "key").get(id=UUID(task.key))
    retry_step(row.order_id, row.key, reason="from the work list", actor=actor)
    return str(_("The step has begun again."))


task_kind(
    STUCK_STEP,
    queue="orders",
    title=_("Stuck order step"),
    permission="order.write",
    due=timedelta(hours=8),
    link=lambda task: f"orders/{task.evidence['order']}",
    retry=again,
    waiting=stuck,
)
