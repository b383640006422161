"""Writing a message, and finding messages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from linehouse.customer import service as customers
from linehouse.kernel.error import NotFound
from linehouse.kernel.ids import new_id
from linehouse.notify.lifecycle import MESSAGE
from linehouse.notify.models import Message
from linehouse.notify.templates import render, template
from linehouse.notify.values import MessageView
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.work import Actor, current_work, unit_of_work

DELIVER = "notify.deliver"


def say(
    name: str,
    *,
    key: str,
    customer_id: UUID,
    subject_ref: str,
    variables: dict[str, str],
    documents: Sequence[UUID] = (),
) -> UUID | None:
    """Write a message to a customer in the surrounding unit of work and have it delivered by e-mail.

    The same (name, key) says it once: a second time returns None. ``name`` and ``brand`` of the variables are filled
    in where the caller does not. Raises UnknownTemplate, MissingVariable, NotFound.
    """
    work = current_work()
    if Message.objects.filter(template=name, key=key).exists():
        return None
    customer = customers.customer_view(customer_id)
    chosen = template(name, customer.language)
    text = render(chosen, {"name": customer.name, **variables})
    digest = hashlib.sha256(f"{work.brand}/{name}/{key}".encode()).hexdigest()[:32]
    row = Message(
        id=new_id(),
        created_at=work.now,
        changed_at=work.now,
        template=name,
        key=key,
        language=chosen.language,
        customer_id=customer_id,
        party_id=customer.party_id,
        subject_ref=subject_ref,
        subject=text.subject,
        text=text.text,
        documents=[str(document) for document in documents],
        message_id=f"<{digest}@linehouse.invalid>",
    )
    row.save(force_insert=True)
    enqueue(DELIVER, {"message": str(row.id)}, key=f"{row.id}/1")
    return row.id


def send_again(message_id: UUID, *, actor: Actor, reason: str) -> None:
    """Try a failed message once more. Raises NotFound, IllegalTransition."""
    with unit_of_work(actor, reason) as work:
        row = Message.objects.select_for_update().filter(id=message_id).first()
        if row is None:
            raise NotFound("no such message", field="message", value=str(message_id))
        row.state = MESSAGE.require(row.state, "inProgress")
        row.changed_at = work.now
        row.save(update_fields=["state", "changed_at"])
        enqueue(DELIVER, {"message": str(row.id)}, key=f"{row.id}/{row.attempts + 1}")


def messages(
    *, customer_id: UUID | None = None, state: str = "", search: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[MessageView], int]:
    """A page of messages, newest first, and how many match."""
    rows = Message.objects.order_by("-created_at", "-id")
    if customer_id:
        rows = rows.filter(customer_id=customer_id)
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(
            Q(subject__icontains=search) | Q(subject_ref__icontains=search) | Q(template__icontains=search)
        )
    return [_view(row) for row in rows[offset : offset + limit]], rows.count()


def message(message_id: UUID) -> MessageView:
    """One message. Raises NotFound."""
    row = Message.objects.filter(id=message_id).first()
    if row is None:
        raise NotFound("no such message", field="message", value=str(message_id))
    return _view(row)


def _view(row: Message) -> MessageView:
    return MessageView(
        row.id,
        row.template,
        row.channel,
        row.language,
        row.customer_id,
        row.subject_ref,
        row.subject,
        row.text,
        row.state,
        row.recipient_masked,
        row.evidence,
        row.attempts,
        row.created_at,
        row.sent_at,
        tuple(UUID(document) for document in row.documents),
    )
