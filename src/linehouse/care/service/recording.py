"""Recording a contact, moving it on, and taking one back that was recorded by mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from linehouse.care import store
from linehouse.care.errors import InteractionUnknown
from linehouse.care.events import InteractionRecorded, InteractionStateChanged, InteractionWithdrawn
from linehouse.care.lifecycle import INTERACTION
from linehouse.care.models import Attachment, Interaction, InteractionItem
from linehouse.care.service.checking import checked
from linehouse.care.service.following import create_follow_up
from linehouse.care.values import TOPICS, InteractionView, NewAttachment, NewFollowUp, RecordInteraction
from linehouse.kernel.error import Invalid
from linehouse.kernel.ids import new_id
from linehouse.platform.documents.service import store as keep
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work

SERIES = default_series("interaction", "CT-{n:06d}")
DOCUMENT = "care.attachment"
"""The kind of the kept files."""


def record_interaction(
    new: RecordInteraction, *, actor: Actor, follow_up: NewFollowUp | None = None
) -> InteractionView:
    """Record a contact, with what it was about, its files and what was promised; the actor is its agent.

    The same external id again answers with the contact that it made. Raises InvalidFields with everything that is
    wrong; CustomerUnknown, PartyUnknown for whom it was with.
    """
    with unit_of_work(actor) as work:
        if new.external_id and (again := Interaction.objects.filter(external_id=new.external_id).first()):
            return store.view(again)
        good = checked(new, work.now)
        row = Interaction.objects.create(
            id=new_id(),
            number=next_number(SERIES),
            customer_id=good.customer_id,
            party_id=good.party_id,
            channel=good.channel,
            channel_ref=[list(pair) for pair in new.channel_ref],
            direction=good.direction,
            topic=good.topic,
            text=new.text.strip(),
            outcome=new.outcome.strip(),
            agent=actor.name,
            agent_id=actor.id,
            state=new.state,
            state_at=work.now,
            began_at=good.began_at,
            ended_at=good.ended_at,
            follows=list(new.follows),
            external_id=new.external_id,
            created_at=work.now,
            changed_at=work.now,
        )
        for position, (about, found) in enumerate(good.items, start=1):
            InteractionItem.objects.create(
                id=new_id(),
                interaction=row,
                position=position,
                kind=found.kind,
                subject_id=found.id,
                subject_number=found.number,
                role=about.role,
                reason=about.reason,
                resolution=about.resolution,
                created_at=work.now,
                changed_at=work.now,
            )
        for file in new.attachments:
            _attach(row, file, work)
        emit(
            InteractionRecorded(
                interaction_id=row.id,
                customer_id=row.customer_id,
                number=row.number,
                channel=row.channel,
                direction=row.direction,
                topic=row.topic if row.topic in TOPICS else "other",
                state=row.state,
                about=tuple(f"{found.kind}:{found.number}" for _, found in good.items),
            )
        )
        if follow_up is not None:
            create_follow_up(replace(follow_up, interaction_id=row.id), actor=actor)
        return store.view(row)


def _attach(row: Interaction, file: NewAttachment, work: Work) -> None:
    document = keep(file.name, file.media_type, file.content, kind=DOCUMENT, subject=row.number)
    Attachment.objects.create(
        id=new_id(),
        interaction=row,
        document_id=document,
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        created_at=work.now,
        changed_at=work.now,
    )


def move_interaction(
    interaction_id: UUID, state: str, *, actor: Actor, outcome: str = "", ended_at: datetime | None = None
) -> InteractionView:
    """Move a contact on: open → inProgress → completed. What came of it may be said with the move, once.

    Raises InteractionUnknown, IllegalTransition, Invalid.
    """
    with unit_of_work(actor) as work:
        row = _locked(interaction_id)
        if state == "withdrawn":
            raise Invalid("a contact is withdrawn with a reason", field="state", value=state, expected="completed")
        old, row.state = row.state, INTERACTION.require(row.state, state)
        row.state_at = row.changed_at = work.now
        if outcome.strip():
            if row.outcome:
                raise Invalid("what came of it was said already; add a note", field="outcome")
            row.outcome = outcome.strip()
        if state == "completed" and row.ended_at is None:
            row.ended_at = max(ended_at or work.now, row.began_at)
        row.save(update_fields=["state", "state_at", "changed_at", "outcome", "ended_at"])
        emit(
            InteractionStateChanged(
                interaction_id=row.id, customer_id=row.customer_id, number=row.number, old=old, new=row.state
            )
        )
        return store.view(row)


def withdraw_interaction(interaction_id: UUID, *, actor: Actor, reason: str) -> None:
    """Take back a contact that was recorded by mistake. It stays on record, marked, with the reason.

    Raises InteractionUnknown, IllegalTransition, Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid("say why, for whoever reads the history", field="reason", expected="a sentence")
    with unit_of_work(actor, reason) as work:
        row = _locked(interaction_id)
        row.state = INTERACTION.require(row.state, "withdrawn")
        row.state_reason = reason.strip()[:300]
        row.state_at = row.changed_at = work.now
        row.save(update_fields=["state", "state_reason", "state_at", "changed_at"])
        emit(InteractionWithdrawn(interaction_id=row.id, customer_id=row.customer_id, number=row.number))


def _locked(interaction_id: UUID) -> Interaction:
    row = Interaction.objects.select_for_update().filter(id=interaction_id).exclude(state="withdrawn").first()
    if row is None:
        raise InteractionUnknown("no such contact", field="id", value=str(interaction_id))
    return row
