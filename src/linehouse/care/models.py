"""Tables of contacts. What was recorded stays: the database refuses every change of it but a text's erasure."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from linehouse.care.lifecycle import FOLLOW_UP, INTERACTION
from linehouse.care.values import ERASED, Channel, Direction, ItemKind, Visibility
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked

_ERASED = f"('', '{ERASED}')"
_KEPT = (
    "number",
    "customer_id",
    "party_id",
    "channel",
    "channel_ref",
    "direction",
    "agent",
    "agent_id",
    "began_at",
    "follows",
    "external_id",
    "created_at",
)


def _rewritten(column: str) -> str:
    """SQL: a text was changed to something else than nothing or the word for an erased one."""
    return f"(OLD.{column} IS DISTINCT FROM NEW.{column} AND NEW.{column} NOT IN {_ERASED})"


def _row(name: str, columns: tuple[str, ...]) -> str:
    return f"ROW({', '.join(f'{name}.{column}' for column in columns)})"


@tracked
class Interaction(BusinessModel):
    """One contact with a party (TMF683). Its outcome and end may be filled in once, when it is completed."""

    number = models.CharField(max_length=40, unique=True)
    customer_id = models.UUIDField(null=True)
    party_id = models.UUIDField(null=True, db_index=True)
    channel = models.CharField(max_length=20, choices=[(word.value, word.value) for word in Channel])
    channel_ref = models.JSONField(default=list, help_text="how the recording system refers to the channel")
    direction = models.CharField(max_length=10, choices=[(word.value, word.value) for word in Direction])
    topic = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    agent = models.CharField(max_length=200)
    agent_id = models.CharField(max_length=64)
    state = models.CharField(max_length=12)
    state_at = models.DateTimeField(help_text="business clock")
    state_reason = models.CharField(max_length=300, blank=True)
    began_at = models.DateTimeField(help_text="business clock")
    ended_at = models.DateTimeField(null=True, help_text="business clock")
    follows = ArrayField(models.UUIDField(), default=list, help_text="earlier contacts that this one goes on from")
    external_id = models.CharField(max_length=120, blank=True, help_text="the recording system's own key")

    class Meta:
        constraints = (
            state_constraint(INTERACTION),
            models.UniqueConstraint(
                fields=("external_id",), condition=~models.Q(external_id=""), name="interaction_external_id_once"
            ),
            models.CheckConstraint(
                name="interaction_forward",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("began_at")),
            ),
        )
        triggers = (
            state_trigger(INTERACTION),
            pgtrigger.Protect(
                name="interaction_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"{_row('OLD', _KEPT)} IS DISTINCT FROM {_row('NEW', _KEPT)}"
                    f" OR {_rewritten('topic')} OR {_rewritten('text')}"
                    f" OR ({_rewritten('outcome')} AND OLD.outcome <> '')"
                    " OR (OLD.ended_at IS NOT NULL AND OLD.ended_at IS DISTINCT FROM NEW.ended_at)"
                ),
            ),
            pgtrigger.Protect(name="interaction_is_kept", operation=pgtrigger.Delete),
        )
        indexes = (
            models.Index(fields=("customer_id", "-began_at"), name="interaction_of_customer"),
            models.Index(fields=("-began_at", "-id"), name="interaction_newest"),
        )

    def __str__(self) -> str:
        return self.number


class InteractionItem(BusinessModel):
    """One thing that a contact was about."""

    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="items")
    position = models.SmallIntegerField()
    kind = models.CharField(max_length=12, choices=[(word.value, word.value) for word in ItemKind])
    subject_id = models.UUIDField(null=True, db_index=True)
    subject_number = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=60)
    reason = models.CharField(max_length=300, blank=True)
    resolution = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("interaction", "position"), name="interaction_item_once"),)
        triggers = (
            pgtrigger.Protect(
                name="interaction_item_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"{_row('OLD', ('interaction_id', 'position', 'kind', 'subject_id', 'subject_number', 'role'))}"
                    " IS DISTINCT FROM "
                    f"{_row('NEW', ('interaction_id', 'position', 'kind', 'subject_id', 'subject_number', 'role'))}"
                    f" OR {_rewritten('reason')} OR {_rewritten('resolution')}"
                ),
            ),
            pgtrigger.Protect(name="interaction_item_is_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_number}"


@tracked
class Annotation(BusinessModel):
    """A note that somebody added to a contact; it is never changed either."""

    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="annotations")
    author = models.CharField(max_length=200)
    author_id = models.CharField(max_length=64)
    text = models.TextField()
    visibility = models.CharField(max_length=10, choices=[(word.value, word.value) for word in Visibility])

    class Meta:
        triggers = (
            pgtrigger.Protect(
                name="annotation_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "ROW(OLD.interaction_id, OLD.author, OLD.author_id, OLD.visibility, OLD.created_at)"
                    " IS DISTINCT FROM"
                    " ROW(NEW.interaction_id, NEW.author, NEW.author_id, NEW.visibility, NEW.created_at)"
                    f" OR {_rewritten('text')}"
                ),
            ),
            pgtrigger.Protect(name="annotation_is_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"note {self.id}"


class Attachment(BusinessModel):
    """A file that goes with a contact; its content is a kept document."""

    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="attachments")
    document_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.IntegerField(help_text="bytes")

    class Meta:
        triggers = (
            pgtrigger.Protect(
                name="attachment_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "ROW(OLD.interaction_id, OLD.document_id, OLD.media_type)"
                    " IS DISTINCT FROM ROW(NEW.interaction_id, NEW.document_id, NEW.media_type)"
                    f" OR {_rewritten('name')}"
                ),
            ),
            pgtrigger.Protect(name="attachment_is_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.name


@tracked
class FollowUp(BusinessModel):
    """Something that is to be done for a customer by a time, and whose it is."""

    customer_id = models.UUIDField(db_index=True)
    interaction = models.ForeignKey(Interaction, null=True, on_delete=models.PROTECT, related_name="follow_ups")
    text = models.CharField(max_length=500)
    due_at = models.DateTimeField(help_text="business clock")
    owner_id = models.CharField(max_length=64, blank=True)
    owner_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, default="open")
    outcome = models.CharField(max_length=500, blank=True)
    created_by = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True, help_text="business clock")
    closed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (state_constraint(FOLLOW_UP),)
        triggers = (state_trigger(FOLLOW_UP),)
        indexes = (models.Index(fields=("due_at",), condition=models.Q(state="open"), name="follow_up_due"),)

    def __str__(self) -> str:
        return f"follow-up {self.id}"
