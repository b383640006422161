"""The event log of a brand."""

from __future__ import annotations

from django.db import models

from linehouse.kernel.ids import new_id


class OutboxEvent(models.Model):
    """A fact with its place in the brand's log and in the story of its aggregate. Rows are never changed."""

    position = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    version = models.SmallIntegerField()
    aggregate_id = models.UUIDField()
    aggregate_sequence = models.IntegerField()
    customer_id = models.UUIDField(null=True)
    payload = models.JSONField()
    actor = models.CharField(max_length=120)
    correlation_id = models.UUIDField()
    causation_id = models.UUIDField(null=True)
    business_time = models.DateTimeField(help_text="business clock")
    machine_time = models.DateTimeField(help_text="machine clock")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("aggregate_id", "aggregate_sequence"), name="outbox_aggregate_order"),
        )
        indexes = (
            models.Index(fields=("name", "-position"), name="outbox_by_name"),
            models.Index(fields=("customer_id", "-position"), name="outbox_by_customer"),
        )

    def __str__(self) -> str:
        return f"{self.position} {self.name}"
