"""Tables of the TMF edge: who listens, what was sent to them, and which requests were answered already."""

from __future__ import annotations

from django.db import models

from linehouse.edge.tmf.lifecycle import DELIVERY, EXCHANGE, LISTENER
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked


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
    state = models.CharField(max_length=10, default="active", db_default="active")
    token_url = models.CharField(
        max_length=1000, blank=True, default="", db_default="", help_text="where we get the token that it wants of us"
    )
    token_client = models.CharField(max_length=200, blank=True, default="", db_default="")
    token_secret = models.CharField(max_length=1000, blank=True, default="", db_default="", help_text="sealed")
    token_scope = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        indexes = (models.Index(fields=("api",), name="tmf_hub_by_api"),)
        constraints = (state_constraint(LISTENER),)
        triggers = (state_trigger(LISTENER),)

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
    state = models.CharField(max_length=10, default="waiting", db_default="waiting")
    source = models.UUIDField(null=True, help_text="the event that it tells of")
    position = models.BigIntegerField(default=0, db_default=0, help_text="the event's place in the log")
    round = models.SmallIntegerField(default=0, db_default=0, help_text="how often it was sent anew on request")

    class Meta:
        indexes = (
            models.Index(fields=("subscription", "-made_at"), name="tmf_delivery_by_listener"),
            models.Index(
                fields=("subscription", "resource", "resource_id", "position"),
                name="tmf_delivery_not_taken",
                condition=models.Q(state__in=("dead", "held")),
            ),
        )
        constraints = (
            state_constraint(DELIVERY),
            models.UniqueConstraint(
                fields=("subscription", "source", "event_type", "resource_id"), name="tmf_delivery_once"
            ),
        )
        triggers = (state_trigger(DELIVERY),)

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


class ExchangeJob(BusinessModel):
    """An import or export of a resource by API (importJob and exportJob of TMF620, and of any resource alike)."""

    api = models.CharField(max_length=60)
    resource = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, help_text="import or export")
    client_id = models.UUIDField()
    client_name = models.CharField(max_length=120)
    state = models.CharField(max_length=20, default="acknowledged")
    content_type = models.CharField(max_length=60, help_text="of the file: NDJSON or JSON")
    path = models.CharField(max_length=200, blank=True, help_text="what the job says it is about, for its client")
    query = models.CharField(max_length=1000, blank=True, help_text="conditions and fields of an export")
    base_url = models.CharField(max_length=300)
    input_id = models.UUIDField(null=True, help_text="the document to import")
    output_id = models.UUIDField(null=True, help_text="the exported file")
    errors_id = models.UUIDField(null=True, help_text="what could not be imported, line by line")
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    completed_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (state_constraint(EXCHANGE),)
        triggers = (state_trigger(EXCHANGE),)
        indexes = (models.Index(fields=("api", "kind", "-id"), name="tmf_exchange_by_api"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.resource}"
