"""The timeline: a read model, filled from events and built anew at will."""

from __future__ import annotations

from django.db import models


class TimelineRow(models.Model):
    """One event on one customer's timeline; its words are made when it is read."""

    event_id = models.UUIDField(primary_key=True, help_text="the event's id, so that it is here once")
    customer_id = models.UUIDField()
    position = models.BigIntegerField(help_text="the event's place in the log")
    at = models.DateTimeField(help_text="business clock")
    event = models.CharField(max_length=120)
    actor = models.CharField(max_length=200, blank=True)
    facts = models.JSONField()
    kind = models.CharField(max_length=20, db_default="other", help_text="what sort of thing happened")
    channel = models.CharField(max_length=30, blank=True, db_default="")
    direction = models.CharField(max_length=10, blank=True, db_default="")
    words = models.TextField(blank=True, db_default="", help_text="title and text in lower case, to be searched")

    class Meta:
        indexes = (
            models.Index(fields=("customer_id", "-at", "-position"), name="timeline_of_customer"),
            models.Index(fields=("customer_id", "kind", "-at", "-position"), name="timeline_of_kind"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.event_id}"
