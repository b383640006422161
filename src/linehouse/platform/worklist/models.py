"""The table of tasks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked
from linehouse.platform.worklist.lifecycle import LIVE, TASK


@tracked
class Task(BusinessModel):
    """Something that waits, or waited, for a person. One row per kind and key, for ever: it begins again."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    queue = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    reason = models.CharField(max_length=1000)
    evidence = models.JSONField(default=list, help_text="pairs of name and value, in order; no personal values")
    customer_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="open")
    owner_id = models.CharField(max_length=80, blank=True, help_text="actor's id")
    owner_name = models.CharField(max_length=200, blank=True)
    occurrences = models.IntegerField(default=1)
    attempts = models.IntegerField(default=0, help_text="retries from the work list since the latest occurrence")
    occurred_at = models.DateTimeField(help_text="business clock; the latest occurrence")
    due_at = models.DateTimeField(null=True, help_text="business clock")
    snoozed_until = models.DateTimeField(null=True, help_text="business clock")
    note = models.CharField(max_length=1000, blank=True, help_text="for whom or what it waits")
    settled_at = models.DateTimeField(null=True, help_text="business clock")
    settled_by = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "key"), name="worklist_task_once"),
            state_constraint(TASK),
            models.CheckConstraint(
                name="worklist_task_settled_iff_final",
                condition=Q(state__in=LIVE, settled_at__isnull=True)
                | (~Q(state__in=LIVE) & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="worklist_task_snoozed_until",
                condition=Q(state="snoozed", snoozed_until__isnull=False)
                | (~Q(state="snoozed") & Q(snoozed_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="worklist_task_taken_has_owner", condition=~Q(state__in=("taken", "waiting")) | ~Q(owner_id="")
            ),
        )
        triggers = (state_trigger(TASK),)
        indexes = (
            models.Index(fields=("occurred_at", "id"), condition=Q(state__in=LIVE), name="worklist_task_live"),
            models.Index(fields=("owner_id", "occurred_at"), condition=Q(state__in=LIVE), name="worklist_task_owner"),
            models.Index(fields=("customer_id", "-occurred_at"), name="worklist_task_customer"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
