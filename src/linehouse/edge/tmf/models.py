"""Tables of the TMF edge: who listens, what was sent to them, and which requests were answered already."""

from __future__ import annotations

from django.db import models

from linehouse.platform.models import BusinessModel, tracked


@tracked
class HubSubscription(BusinessModel):
    """A listener that an API client registered at an API's hub."""

    api = models.CharField(max_length=60, help_text="the API's place in the address, such as productOrderingManagement")
    client_id = models.UUIDField(db_index=True)
    client_name = models.CharField(max_length=120)
    scopes = models.JSONField(help_text="the client's permissions when it registered; nothing beyond them is sent")
    callback = models.CharField(max_length=1000)
    query = models.CharField(max_length=1000, blank=True)
    base_url = models.CharField(max_length=300, help_text="scheme and host under which the listener knows us")
    since_position = models.BigIntegerField(help_text="where the event log ended; what came before is not told")

    class Meta:
        indexes = (models.Index(fields=("api",), name="tmf_hub_by_api"),)

    def __str__(self) -> str:
        return f"{self.api} → {self.callback}"


class HubDelivery(models.Model):
    """A notification on its way to one listener; its id is the eventId, by which the listener knows a repetition."""

    id = models.UUIDField(primary_key=True)
    subscription = models.ForeignKey(HubSubscription, on_delete=models.CASCADE, related_name="deliveries")
    event_type = models.CharField(max_length=80)
    resource = models.CharField(max_length=60)
    resource_id = models.CharField(max_length=100)
    body = models.TextField()
    made_at = models.DateTimeField(help_text="business clock")
    attempts = models.SmallIntegerField(default=0)
    last_answer = models.CharField(max_length=200, blank=True)
    delivered_at = models.DateTimeField(null=True, help_text="machine clock")

    class Meta:
        indexes = (models.Index(fields=("subscription", "-made_at"), name="tmf_delivery_by_listener"),)

    def __str__(self) -> str:
        return f"{self.event_type} {self.resource_id}"


class IdempotencyKey(models.Model):
    """A request that was answered: once per client and key, kept for a stated time (`kit/once.py`)."""

    id = models.BigAutoField(primary_key=True)
    client_id = models.UUIDField()
    key = models.CharField(max_length=400)
    request_hash = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField(help_text="machine clock", db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("client_id", "key"), name="tmf_idempotency_once"),)

    def __str__(self) -> str:
        return self.key
