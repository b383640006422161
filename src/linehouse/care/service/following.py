"""What is to be done for a customer next, and that it was done."""

from __future__ import annotations

from uuid import UUID

from linehouse.care import store
from linehouse.care.errors import FollowUpUnknown
from linehouse.care.events import FollowUpCreated, FollowUpDone
from linehouse.care.lifecycle import FOLLOW_UP
from linehouse.care.models import FollowUp, Interaction
from linehouse.care.values import FOLLOW_UP_TASK, FollowUpView, NewFollowUp
from linehouse.customer import service as customers
from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.platform.worklist.service import assign, raise_task, settle_task


def create_follow_up(new: NewFollowUp, *, actor: Actor) -> FollowUpView:
    """Promise something for a customer by a time.

    Raises CustomerUnknown; InvalidFields for an empty text, a due time that is past, a contact with somebody else.
    """
    with unit_of_work(actor) as work:
        customer = customers.customer_view(new.customer_id)
        problems = []
        if not new.text.strip() or len(new.text) > 500:
            problems.append(
                Problem("care.follow_up_text", "say what is to be done", "follow_up", expected="up to 500 letters")
            )
        if new.due_at <= work.now:
            expected = f"after {work.now.isoformat()}"
            problems.append(
                Problem("care.follow_up_due", "that time is past", "due_at", new.due_at.isoformat(), expected)
            )
        contact = None
        if new.interaction_id is not None:
            contact = Interaction.objects.filter(id=new.interaction_id).first()
            if contact is None or contact.customer_id != customer.id:
                named = str(new.interaction_id)
                problems.append(
                    Problem("care.interaction_unknown", "no such contact with this customer", "interaction", named)
                )
        if problems:
            raise InvalidFields(tuple(problems))
        row = FollowUp.objects.create(
            id=new_id(),
            customer_id=customer.id,
            interaction=contact,
            text=new.text.strip(),
            due_at=new.due_at,
            owner_id=new.owner_id,
            owner_name=new.owner_name,
            created_by=actor.name,
            created_at=work.now,
            changed_at=work.now,
        )
        task = raise_task(
            FOLLOW_UP_TASK,
            str(row.id),
            subject=customer.number,
            reason=row.text,
            evidence={"customer": customer.number, "contact": contact.number if contact else ""},
            customer_id=customer.id,
            due=row.due_at,
        )
        if row.owner_id:
            assign(task, row.owner_id, row.owner_name, actor=actor)
        emit(
            FollowUpCreated(
                follow_up_id=row.id,
                customer_id=row.customer_id,
                interaction_id=row.interaction_id,
                interaction_number=contact.number if contact else "",
                due=row.due_at.isoformat(),
            )
        )
        return store.follow_up_view(row)


def finish_follow_up(follow_up_id: UUID, *, actor: Actor, outcome: str = "", dropped: bool = False) -> FollowUpView:
    """Say that it was done, or that it is not going to be (``dropped``), and what came of it; its task ends too.

    Raises FollowUpUnknown, IllegalTransition.
    """
    with unit_of_work(actor) as work:
        row = _locked(follow_up_id)
        if row is None:
            raise FollowUpUnknown("no such follow-up", field="id", value=str(follow_up_id))
        _close(row, "dropped" if dropped else "done", outcome, work)
        settle_task(FOLLOW_UP_TASK, str(row.id), outcome=row.outcome or row.state)
        return store.follow_up_view(row)


def settled_elsewhere(follow_up_id: UUID, *, dropped: bool, outcome: str, work: Work) -> None:
    """The task was settled in the work list; a follow-up that is still open ends with it."""
    row = _locked(follow_up_id)
    if row is not None and row.state == "open":
        _close(row, "dropped" if dropped else "done", outcome, work)


def _locked(follow_up_id: UUID) -> FollowUp | None:
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("interaction")
    return rows.filter(id=follow_up_id).first()


def _close(row: FollowUp, state: str, outcome: str, work: Work) -> None:
    row.state = FOLLOW_UP.require(row.state, state)
    row.outcome = outcome.strip()[:500]
    row.closed_at = row.changed_at = work.now
    row.closed_by = work.actor.name
    row.save(update_fields=["state", "outcome", "closed_at", "closed_by", "changed_at"])
    emit(
        FollowUpDone(
            follow_up_id=row.id,
            customer_id=row.customer_id,
            interaction_id=row.interaction_id,
            interaction_number=row.interaction.number if row.interaction else "",
            outcome=row.state,
        )
    )
