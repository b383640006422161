"""The queue of a brand."""

from __future__ import annotations

from django.db import models

from linehouse.kernel.ids import new_id
from linehouse.platform.jobs.lifecycle import JOB
from linehouse.platform.models import state_constraint, state_trigger


class Job(models.Model):
    """A piece of work: due at a business instant, done once per (kind, key)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=120)
    key = models.CharField(max_length=300)
    payload = models.JSONField()
    state = models.CharField(max_length=10, default="waiting")
    due_at = models.DateTimeField(help_text="business clock")
    serial = models.CharField(max_length=300, blank=True, help_text="jobs of one serial run one after the other")
    attempts = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, help_text="machine clock; when a failed attempt is repeated")
    lease_until = models.DateTimeField(null=True, help_text="machine clock; when a running job counts as abandoned")
    last_error = models.TextField(blank=True)
    correlation_id = models.UUIDField(null=True)
    made_at = models.DateTimeField(help_text="machine clock")
    ended_at = models.DateTimeField(null=True, help_text="machine clock")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "key"), name="job_once"),
            state_constraint(JOB),
        )
        triggers = (state_trigger(JOB),)
        indexes = (
            models.Index(
                fields=("due_at", "id"), name="job_open", condition=models.Q(state__in=("waiting", "running"))
            ),
            models.Index(
                fields=("serial", "due_at", "id"),
                name="job_serial",
                condition=models.Q(state__in=("waiting", "running")),
            ),
            models.Index(fields=("state", "-made_at"), name="job_by_state"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
