"""Use cases of approval: propose, approve, refuse, withdraw, expire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from linehouse.kernel.error import DomainError
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.platform.access.policy import held_by_roles
from linehouse.platform.access.service import held_by_actor, limit_of
from linehouse.platform.approval.errors import (
    MayNotDecide,
    NeedsReason,
    NotYours,
    ObjectChanged,
    OwnProposal,
    ProposalNotFound,
    UnknownProposalKind,
)
from linehouse.platform.approval.events import ChangeDecided, ChangeProposed
from linehouse.platform.approval.kinds import ApprovalKind, kind_named
from linehouse.platform.approval.lifecycle import FAILED, OUTCOME, PROPOSAL, TO_DECIDE
from linehouse.platform.approval.models import ProposalRow
from linehouse.platform.approval.reading import find_proposal, proposal_view, proposals
from linehouse.platform.approval.values import Change, Proposal
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.scope import current_brand
from linehouse.platform.work import SYSTEM, Actor, Work, unit_of_work
from linehouse.platform.worklist.service import assign, raise_task

SERIES = default_series("approval", "AP-{n:06d}")
APPLY = "approval.apply"
EXPIRE = "approval.expire"
_OPERATOR = "cli:"
"""Actors at the machine's command line begin with this; they act within an administrator's limits."""


def needs_approval(kind: str, actor: Actor, effect: Money | None) -> bool:
    """Whether the actor must have this act approved by somebody else.

    An effect beyond the actor's limit for the kind's permission does, and an unknown effect (None) unless the actor
    has no limit; some kinds always do, but for the house itself. Raises UnknownProposalKind.
    """
    found = kind_named(kind)
    if found.always:
        return actor.kind in ("staff", "client")
    permission = found.propose
    currency = effect.currency if effect is not None else "EUR"
    if actor.kind == "staff" and actor.id.startswith(_OPERATOR):
        limit = held_by_roles(("admin",)).limit_of(permission, currency)
    else:
        limit = limit_of(actor, permission, currency)
    if limit is None:
        return False
    return effect is None or abs(effect) > limit


def propose(
    kind: str,
    *,
    subject: str,
    changes: Sequence[Change],
    reason: str,
    effect: Money | None,
    payload: Mapping[str, Any],
    actor: Actor,
    customer_id: UUID | None = None,
) -> Proposal:
    """Put a change before somebody else; nothing is changed yet. ``payload`` is what the kind's function applies.

    Raises UnknownProposalKind, NeedsReason.
    """
    if not reason.strip():
        raise NeedsReason("a proposal needs a reason", field="reason", expected="why the change is right")
    found = kind_named(kind)
    with unit_of_work(actor, reason) as work:
        row = ProposalRow(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            number=next_number(SERIES),
            kind=kind,
            version=found.version,
            subject=subject[:200],
            changes=[[change.field, change.before, change.after] for change in changes],
            reason=reason.strip()[:1000],
            effect_micros=effect.micros if effect is not None else None,
            effect_currency=effect.currency if effect is not None else "",
            payload=dict(payload),
            fingerprint=found.fingerprint(dict(payload))[:200] if found.fingerprint else "",
            customer_id=customer_id,
            proposer_kind=actor.kind,
            proposer_id=actor.id,
            proposer_name=actor.name,
            expires_at=work.now + found.expires,
        )
        row.save(force_insert=True)
        work.touch(TO_DECIDE, str(row.id))
        enqueue(EXPIRE, {"proposal": str(row.id)}, key=str(row.id), due=row.expires_at)
        emit(
            ChangeProposed(
                proposal_id=row.id,
                number=row.number,
                kind=kind,
                subject=row.subject,
                proposer_id=actor.id,
                currency=row.effect_currency,
                effect_micros=row.effect_micros,
                customer_id=customer_id,
            )
        )
        return proposal_view(row)


def may_decide(proposal: Proposal, actor: Actor) -> bool:
    """Whether the actor could approve or refuse it: another than the proposer, with the permissions."""
    return actor.id != proposal.proposer_id and not _lacking(kind_named(proposal.kind), actor)


def _lacking(kind: ApprovalKind, actor: Actor) -> str:
    """The permission that the actor lacks to decide; empty when none."""
    if actor.id.startswith(_OPERATOR):
        return ""
    held = held_by_actor(actor, current_brand())
    if held is None:
        return "a person"
    return next((name for name in ("approval.decide", kind.decide) if name not in held.permissions), "")


def _require_decider(row: ProposalRow, actor: Actor) -> None:
    if actor.id == row.proposer_id:
        raise OwnProposal(
            "whoever proposes does not decide", field="actor", value=actor.name, expected="another person"
        )
    if lacking := _lacking(kind_named(row.kind), actor):
        raise MayNotDecide(f"this needs {lacking}", field="permission", value=lacking)


def approve(number: str, *, actor: Actor, note: str = "") -> Proposal:
    """Approve a proposal and apply it, in one transaction, or by a job where the change takes long.

    The object is looked at again: when it has changed since, the proposal is refused. What the room refuses leaves
    nothing behind and the proposal failed, with the reason. Raises ProposalNotFound, OwnProposal, MayNotDecide,
    IllegalTransition for what is decided already.
    """
    with unit_of_work(actor, note or f"approved {number}") as work:
        row = _locked(number)
        PROPOSAL.require(row.state, "approved")
        _require_decider(row, actor)
        kind = kind_named(row.kind)
        _decide(row, "approved", actor, note, work)
        if kind.long:
            enqueue(APPLY, {"number": row.number}, key=row.number)
            _tell(row)
        else:
            _apply(row, kind, work)
        return proposal_view(row)


def apply_approved(number: str) -> None:
    """Apply a change that takes long, once; called by its job."""
    with unit_of_work(SYSTEM, f"{number} is applied") as work:
        row = _locked(number)
        if row.state == "approved":
            _apply(row, kind_named(row.kind), work)


def _apply(row: ProposalRow, kind: ApprovalKind, work: Work) -> None:
    try:
        if row.version != kind.version:
            raise UnknownProposalKind(
                "the proposal is of an older form", field="version", value=row.version, expected=str(kind.version)
            )
        if kind.fingerprint is not None and kind.fingerprint(dict(row.payload))[:200] != row.fingerprint:
            raise ObjectChanged("the object has changed since this was proposed", field="subject", value=row.subject)
        with transaction.atomic(using=current_brand()):
            row.result = kind.apply(dict(row.payload), work)[:1000]
        state = "applied"
    except ObjectChanged as error:
        state, row.result = "refused", error.message
    except DomainError as error:
        state, row.result = "failed", str(error)[:1000]
    row.state, row.changed_at = PROPOSAL.require(row.state, state), work.now
    row.save()
    work.touch(FAILED, str(row.id))
    _tell(row)


def refuse(number: str, *, actor: Actor, note: str) -> Proposal:
    """Say no. Raises ProposalNotFound, NeedsReason, OwnProposal, MayNotDecide, IllegalTransition."""
    if not note.strip():
        raise NeedsReason("a refusal needs a reason", field="note", expected="why not")
    with unit_of_work(actor, note) as work:
        row = _locked(number)
        PROPOSAL.require(row.state, "refused")
        _require_decider(row, actor)
        _decide(row, "refused", actor, note, work)
        _tell(row)
        return proposal_view(row)


def withdraw(number: str, *, actor: Actor, note: str) -> Proposal:
    """Take back one's own proposal. Raises ProposalNotFound, NeedsReason, NotYours, IllegalTransition."""
    if not note.strip():
        raise NeedsReason("a withdrawal needs a reason", field="note", expected="why it is taken back")
    with unit_of_work(actor, note) as work:
        row = _locked(number)
        if row.proposer_id != actor.id:
            raise NotYours("another proposed this", field="actor", value=actor.name, expected=row.proposer_name)
        PROPOSAL.require(row.state, "withdrawn")
        _decide(row, "withdrawn", actor, note, work)
        _tell(row)
        return proposal_view(row)


def expire(proposal_id: UUID) -> None:
    """End a proposal that nobody has decided in time; one that is decided stays."""
    with unit_of_work(SYSTEM, "nobody decided in time") as work:
        row = ProposalRow.objects.select_for_update().filter(id=proposal_id, state="proposed").first()
        if row is not None:
            _decide(row, "expired", SYSTEM, "nobody decided in time", work)
            _tell(row)


def _decide(row: ProposalRow, state: str, actor: Actor, note: str, work: Work) -> None:
    row.state = PROPOSAL.require(row.state, state)
    row.decider_id, row.decider_name = actor.id, actor.name[:200]
    row.decided_at, row.changed_at, row.note = work.now, work.now, note.strip()[:1000]
    row.save()
    work.touch(TO_DECIDE, str(row.id))


def _notice(row: ProposalRow) -> None:
    """The proposer learns that nothing came of it by a task of their own, until they have taken note."""
    reason = row.result or row.note
    task = raise_task(
        OUTCOME,
        row.number,
        subject=f"{row.number} {row.subject}",
        reason=f"{row.state}: {reason}",
        evidence={"proposal": row.number, "kind": row.kind, "outcome": row.state, "decided by": row.decider_name},
        customer_id=row.customer_id,
    )
    assign(task, row.proposer_id, row.proposer_name, actor=SYSTEM)


def _tell(row: ProposalRow) -> None:
    if row.state in ("refused", "expired", "failed") and row.proposer_kind == "staff":
        _notice(row)
    emit(
        ChangeDecided(
            proposal_id=row.id,
            number=row.number,
            kind=row.kind,
            state=row.state,
            proposer_id=row.proposer_id,
            decider_id=row.decider_id,
            customer_id=row.customer_id,
        )
    )


def _locked(number: str) -> ProposalRow:
    row = ProposalRow.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise ProposalNotFound("there is no such proposal", field="number", value=number)
    return row


__all__ = [
    "Change",
    "Proposal",
    "apply_approved",
    "approve",
    "expire",
    "find_proposal",
    "may_decide",
    "needs_approval",
    "proposals",
    "propose",
    "refuse",
    "withdraw",
]
