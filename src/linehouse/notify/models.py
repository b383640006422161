"""Tables of messages."""

from __future__ import annotations

from django.db import models

from linehouse.notify.lifecycle import MESSAGE
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked


@tracked
class Message(BusinessModel):
    """One message to one customer; its address is not kept, only its masked form."""

    template = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    channel = models.CharField(max_length=20, default="email")
    language = models.CharField(max_length=10)
    customer_id = models.UUIDField(db_index=True)
    party_id = models.UUIDField()
    subject_ref = models.CharField(max_length=100, help_text="business number of what it is about")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    documents = models.JSONField(default=list, help_text="ids of the kept files that go with it")
    state = models.CharField(max_length=12, default="initial")
    message_id = models.CharField(max_length=200, unique=True)
    recipient_masked = models.CharField(max_length=200, blank=True)
    evidence = models.CharField(max_length=500, blank=True)
    attempts = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("template", "key"), name="message_once"),
            state_constraint(MESSAGE),
        )
        triggers = (state_trigger(MESSAGE),)

    def __str__(self) -> str:
        return self.subject
