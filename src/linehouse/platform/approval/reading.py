"""What screens ask of approval."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Q

from linehouse.kernel.money import Money
from linehouse.platform.approval.errors import ProposalNotFound
from linehouse.platform.approval.kinds import all_kinds
from linehouse.platform.approval.models import ProposalRow
from linehouse.platform.approval.values import Change, Proposal

_SORTS = {"created_at", "number", "kind", "subject", "state", "expires_at", "effect_micros", "decided_at"}


def proposal_view(row: ProposalRow) -> Proposal:
    """The row as a value."""
    kind = all_kinds().get(row.kind)
    return Proposal(
        id=row.id,
        number=row.number,
        kind=row.kind,
        title=str(kind.title) if kind else row.kind,
        version=row.version,
        subject=row.subject,
        changes=tuple(Change(field, before, after) for field, before, after in row.changes),
        reason=row.reason,
        effect=None if row.effect_micros is None else Money(row.effect_micros, row.effect_currency),
        payload=row.payload,
        state=row.state,
        proposer_id=row.proposer_id,
        proposer_name=row.proposer_name,
        proposed_at=row.created_at,
        decider_id=row.decider_id,
        decider_name=row.decider_name,
        decided_at=row.decided_at,
        note=row.note,
        result=row.result,
        expires_at=row.expires_at,
        customer_id=row.customer_id,
    )


def find_proposal(number: str) -> Proposal:
    """One proposal by its number. Raises ProposalNotFound."""
    row = ProposalRow.objects.filter(number=number).first()
    if row is None:
        raise ProposalNotFound("there is no such proposal", field="number", value=number)
    return proposal_view(row)


def proposals(
    *,
    states: Collection[str] = (),
    kind: str = "",
    proposer_id: str = "",
    not_by: str = "",
    customer_id: UUID | None = None,
    subject: str = "",
    text: str = "",
    sort: str = "-created_at",
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[Proposal], int]:
    """A page of proposals, newest first, and how many match; ``not_by`` leaves a proposer's own out."""
    rows = ProposalRow.objects.order_by(sort if sort.lstrip("-") in _SORTS else "-created_at", "-id")
    if states:
        rows = rows.filter(state__in=list(states))
    if kind:
        rows = rows.filter(kind=kind)
    if proposer_id:
        rows = rows.filter(proposer_id=proposer_id)
    if not_by:
        rows = rows.exclude(proposer_id=not_by)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if subject:
        rows = rows.filter(subject=subject)
    if text:
        rows = rows.filter(Q(number__icontains=text) | Q(subject__icontains=text) | Q(reason__icontains=text))
    return [proposal_view(row) for row in rows[offset : offset + limit]], rows.count()


def undecided(kind: str, subject: str) -> Proposal | None:
    """The proposal of that kind about that subject that waits for a decision, or is being applied."""
    row = ProposalRow.objects.filter(kind=kind, subject=subject, state__in=("proposed", "approved")).first()
    return None if row is None else proposal_view(row)


def undecided_by_others(actor_id: str) -> int:
    """How many proposals wait that somebody else made."""
    return ProposalRow.objects.filter(state="proposed").exclude(proposer_id=actor_id).count()
