"""Finding messages, and what a person does with one: send again, cancel, change before it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from uuid import UUID

from django.db.models import Q, QuerySet

from linehouse.kernel.error import NotFound
from linehouse.notify.errors import AlreadyOnItsWay
from linehouse.notify.lifecycle import MESSAGE
from linehouse.notify.models import Message
from linehouse.notify.service import outcomes
from linehouse.notify.values import (
    Channel,
    DeliveryView,
    EvidenceView,
    MessageClass,
    MessageFilter,
    MessageView,
    PartView,
)
from linehouse.platform.work import Actor, unit_of_work

ALL = MessageFilter()


def send_again(message_id: UUID, *, actor: Actor, reason: str) -> None:
    """Try a failed message once more, by its first channel. Raises NotFound, IllegalTransition."""
    with unit_of_work(actor, reason):
        row = _locked(message_id)
        row.state = MESSAGE.require(row.state, "inProgress")
        row.save(update_fields=["state"])
        for delivery in row.deliveries.exclude(state__in=("waiting", "unknown")).order_by("position"):
            for part in delivery.parts.filter(state__in=("failed", "accepted")):
                outcomes.move_part(part, "waiting")
            if delivery.state in ("failed", "skipped"):
                delivery.attempts = 0
                delivery.save(update_fields=["attempts"])
                outcomes.move(delivery, "waiting")
        outcomes.follow(row)
        outcomes.keep(row, "again", f"{reason}; by {actor.name}")
        outcomes.run_again(row)


def cancel_message(message_id: UUID, *, actor: Actor, reason: str) -> None:
    """Do not send a message that has not been handed over. Raises NotFound, IllegalTransition, AlreadyOnItsWay."""
    with unit_of_work(actor, reason):
        row = _locked(message_id)
        MESSAGE.require(row.state, "cancelled")
        if row.deliveries.exclude(state__in=("waiting", "failed")).exists():
            raise AlreadyOnItsWay("the message has been handed over", field="state", value=row.state)
        outcomes.drop(row, f"{reason}; by {actor.name}")


def remove_message(message_id: UUID, *, actor: Actor) -> None:
    """Take a message away that nobody has got; what waits is cancelled first, and the evidence stays with the brand.
    Raises NotFound, AlreadyOnItsWay."""
    with unit_of_work(actor, "taken away"):
        row = _locked(message_id)
        if row.removed:
            raise NotFound("no such message", field="message", value=str(message_id))
        if row.state in ("inProgress", "completed"):
            raise AlreadyOnItsWay(
                "what was handed over stays as evidence",
                field="state",
                value=row.state,
                expected="initial or cancelled",
            )
        if row.state == "initial":
            cancel_message(message_id, actor=actor, reason="taken away")
            row = _locked(message_id)
        row.removed = True
        row.save(update_fields=["removed"])


def change_message(
    message_id: UUID,
    *,
    actor: Actor,
    text: str | None = None,
    subject: str | None = None,
    due: datetime | None = None,
    description: str | None = None,
    priority: str | None = None,
) -> None:
    """Change a message that waits. Raises NotFound, AlreadyOnItsWay."""
    with unit_of_work(actor, "changed before it goes") as work:
        row = _locked(message_id)
        if row.state != "initial":
            raise AlreadyOnItsWay(
                "the message does not wait any more", field="state", value=row.state, expected="initial"
            )
        if text is not None:
            row.text = text
        if subject is not None:
            row.subject = " ".join(subject.split())[:300]
        if description is not None:
            row.description = description
        if priority is not None:
            row.priority = priority
        row.changed_at = work.now
        row.save(update_fields=["text", "subject", "description", "priority", "changed_at"])
        if text is not None or subject is not None:
            first = row.deliveries.get(position=0)
            first.text, first.subject, first.changed_at = row.text, row.subject, work.now
            first.save(update_fields=["text", "subject", "changed_at"])
        if due is not None:
            row.due_at = due
            row.save(update_fields=["due_at"])
            outcomes.run_later(row, due)
        outcomes.keep(row, "changed", f"by {actor.name}")


def messages(
    wanted: MessageFilter = ALL, *, sort: str = "-created_at", offset: int = 0, limit: int = 50
) -> tuple[Sequence[MessageView], int]:
    """A page of messages, newest first, and how many match."""
    rows = _matching(wanted)
    order = sort if sort.removeprefix("-") in ("created_at", "sent_at", "state") else "-created_at"
    page = rows.order_by(order, "-id").prefetch_related("deliveries")[offset : offset + limit]
    return [_view(row) for row in page], rows.count()


def _matching(wanted: MessageFilter) -> QuerySet[Message]:
    rows = Message.objects.all()
    equal = {
        "customer_id": wanted.customer_id,
        "state": wanted.state,
        "channel": wanted.channel,
        "message_class": wanted.message_class,
        "template": wanted.template,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if wanted.kept:
        rows = rows.filter(removed=False)
    if wanted.written_from:
        rows = rows.filter(created_at__gte=datetime.combine(wanted.written_from, time.min, tzinfo=UTC))
    if wanted.search:
        text = wanted.search
        rows = rows.filter(
            Q(subject_ref__icontains=text) | Q(template__icontains=text) | Q(description__icontains=text)
        )
    return rows


def message(message_id: UUID, *, kept: bool = False) -> MessageView:
    """One message; with ``kept`` only one that its author did not take away. Raises NotFound."""
    row = Message.objects.filter(id=message_id).prefetch_related("deliveries").first()
    if row is None or (kept and row.removed):
        raise NotFound("no such message", field="message", value=str(message_id))
    return _view(row)


def ways_of(message_id: UUID) -> Sequence[DeliveryView]:
    """The ways of a message, by each channel, in the order they are tried."""
    row = Message.objects.filter(id=message_id).first()
    if row is None:
        return []
    return [
        DeliveryView(
            id=one.id,
            channel=Channel(one.channel),
            state=one.state,
            language=one.language,
            version=one.version,
            recipient_masked=one.recipient_masked,
            attempts=one.attempts,
            parts=tuple(
                PartView(number=part.number, state=part.state, centre_id=part.centre_id, receipt=part.receipt)
                for part in one.parts.order_by("number")
            ),
            reason=one.reason,
        )
        for one in row.deliveries.order_by("position")
    ]


def evidence_of(message_id: UUID) -> Sequence[EvidenceView]:
    """Everything that happened to a message, the first first."""
    row = Message.objects.filter(id=message_id).first()
    lines = row.evidences.order_by("id") if row else []
    return [EvidenceView(at=line.at, kind=line.kind, channel=line.channel, text=line.text) for line in lines]


def _locked(message_id: UUID) -> Message:
    row = Message.objects.select_for_update().filter(id=message_id).first()
    if row is None:
        raise NotFound("no such message", field="message", value=str(message_id))
    return row


def _view(row: Message) -> MessageView:
    ways = sorted(row.deliveries.all(), key=lambda one: one.position)
    now = next((one for one in ways if one.channel == row.channel), None)
    return MessageView(
        row.id,
        row.template,
        row.channel,
        row.language,
        row.customer_id,
        row.subject_ref,
        row.subject or row.text[:80],
        row.text,
        row.state,
        row.recipient_masked,
        row.evidence,
        row.attempts,
        row.created_at,
        row.sent_at,
        tuple(UUID(document) for document in row.documents),
        MessageClass(row.message_class),
        tuple(one.channel for one in ways),
        now.version if now else 0,
        now.html if now else "",
        row.held_until,
        row.due_at,
        row.description,
        row.recipient_name,
        row.priority,
        row.tries,
        row.party_id,
    )
