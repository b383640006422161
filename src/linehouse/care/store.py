"""Rows of contacts to values, and searches."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Q, QuerySet

from linehouse.care.models import Annotation, FollowUp, Interaction, InteractionItem
from linehouse.care.values import (
    AnnotationView,
    AttachmentView,
    Channel,
    Direction,
    FollowUpView,
    InteractionFilter,
    InteractionView,
    ItemKind,
    ItemView,
    Visibility,
)


def rows_with_parts(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """The same rows; their parts come with one query for each table."""
    return rows.prefetch_related("items", "annotations", "attachments")


def view(row: Interaction) -> InteractionView:
    """The contact with its parts."""
    return InteractionView(
        id=row.id,
        number=row.number,
        customer_id=row.customer_id,
        party_id=row.party_id,
        channel=Channel(row.channel),
        channel_ref=tuple((str(name), str(value)) for name, value in row.channel_ref),
        direction=Direction(row.direction),
        topic=row.topic,
        text=row.text,
        outcome=row.outcome,
        agent=row.agent,
        state=row.state,
        state_at=_utc(row.state_at),
        state_reason=row.state_reason,
        began_at=_utc(row.began_at),
        ended_at=_utc(row.ended_at) if row.ended_at else None,
        external_id=row.external_id,
        created_at=_utc(row.created_at),
        follows=tuple(row.follows),
        items=tuple(
            ItemView(
                position=item.position,
                kind=ItemKind(item.kind),
                id=item.subject_id,
                number=item.subject_number,
                role=item.role,
                reason=item.reason,
                resolution=item.resolution,
            )
            for item in sorted(row.items.all(), key=lambda item: item.position)
        ),
        annotations=tuple(
            AnnotationView(
                id=note.id,
                author=note.author,
                at=_utc(note.created_at),
                text=note.text,
                visibility=Visibility(note.visibility),
            )
            for note in sorted(row.annotations.all(), key=lambda note: note.id)
        ),
        attachments=tuple(
            AttachmentView(
                id=file.id,
                document_id=file.document_id,
                name=file.name,
                media_type=file.media_type,
                size=file.size,
            )
            for file in sorted(row.attachments.all(), key=lambda file: file.id)
        ),
    )


def follow_up_view(row: FollowUp) -> FollowUpView:
    """The follow-up."""
    return FollowUpView(
        id=row.id,
        customer_id=row.customer_id,
        interaction_id=row.interaction_id,
        text=row.text,
        due_at=_utc(row.due_at),
        owner_id=row.owner_id,
        owner_name=row.owner_name,
        state=row.state,
        outcome=row.outcome,
        created_by=row.created_by,
        created_at=_utc(row.created_at),
        closed_at=_utc(row.closed_at) if row.closed_at else None,
        closed_by=row.closed_by,
    )


def search(wanted: InteractionFilter, *, withdrawn: bool) -> QuerySet[Interaction]:
    """Contacts that fit, in no order. Withdrawn ones only where they are wanted."""
    rows = Interaction.objects.all()
    if not withdrawn:
        rows = rows.exclude(state="withdrawn")
    for field in ("customer_id", "party_id", "channel", "direction", "state", "topic", "agent_id", "number"):
        value = getattr(wanted, field)
        if value:
            rows = rows.filter(**{field: value})
    if wanted.with_id:
        rows = rows.filter(Q(customer_id=wanted.with_id) | Q(customer_id=None, party_id=wanted.with_id))
    if wanted.since:
        rows = rows.filter(began_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(began_at__lt=wanted.until)
    text = wanted.text.strip()
    if text:
        rows = rows.filter(
            Q(number__iexact=text)
            | Q(topic__icontains=text)
            | Q(text__icontains=text)
            | Q(outcome__icontains=text)
            | Q(agent__icontains=text)
            | Q(id__in=InteractionItem.objects.filter(subject_number__iexact=text).values("interaction_id"))
            | Q(id__in=Annotation.objects.filter(text__icontains=text).values("interaction_id"))
        )
    return rows


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
