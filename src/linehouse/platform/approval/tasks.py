"""What of approval waits for a person: proposals to decide, and approved changes that could not be applied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from linehouse.platform.approval.lifecycle import FAILED, OUTCOME, TO_DECIDE
from linehouse.platform.approval.models import ProposalRow
from linehouse.platform.approval.reading import proposal_view
from linehouse.platform.worklist.kinds import task_kind
from linehouse.platform.worklist.values import Waiting


def _in_state(state: str, keys: Sequence[str] | None) -> Iterable[Waiting]:
    rows = ProposalRow.objects.filter(state=state)
    if keys is not None:
        rows = rows.filter(id__in=list(keys))
    for row in rows.order_by("created_at", "id"):
        view = proposal_view(row)
        yield Waiting(
            str(row.id),
            f"{row.number} {row.subject}",
            row.result if state == "failed" else row.reason,
            {
                "proposal": row.number,
                "kind": row.kind,
                "effect": str(view.effect) if view.effect is not None else "not known",
                "proposed by": row.proposer_name,
            },
            row.customer_id,
            since=row.changed_at,
            due=row.expires_at if state == "proposed" else None,
        )


def to_decide(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Proposals that wait for a decision."""
    return _in_state("proposed", keys)


def not_applied(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Approved changes that their room refused."""
    return _in_state("failed", keys)


task_kind(
    TO_DECIDE,
    queue="approvals",
    title=_("Proposal to decide"),
    permission="approval.decide",
    link=lambda task: f"approvals/{task.evidence['proposal']}",
    waiting=to_decide,
)
task_kind(
    FAILED,
    queue="approvals",
    title=_("Approved change not applied"),
    permission="approval.decide",
    due=timedelta(days=1),
    link=lambda task: f"approvals/{task.evidence['proposal']}",
    waiting=not_applied,
    dismissible=True,
)
task_kind(
    OUTCOME,
    queue="approvals",
    title=_("Your proposal came to nothing"),
    permission="approval.read",
    due=timedelta(days=3),
    link=lambda task: f"approvals/{task.evidence['proposal']}",
)
