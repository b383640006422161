"""Lines, what was asked of the network for them, and what went over the wire."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linehouse.activation.lifecycle import PROVISIONING_REQUEST
from linehouse.activation.values import Action
from linehouse.kernel.ids import new_id
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked


@tracked
class Line(BusinessModel):
    """A line as we want it in the network: ``desired`` is empty when it shall not be there."""

    line = models.CharField(max_length=40, unique=True, help_text="number of the product")
    product_id = models.UUIDField()
    customer_id = models.UUIDField(db_index=True)
    desired = models.JSONField(null=True)
    network_ref = models.CharField(max_length=200, blank=True, help_text="the network's name for the line")
    confirmed_at = models.DateTimeField(null=True, help_text="business clock; when the network last confirmed it")
    drift = models.JSONField(null=True, help_text="triples of attribute, wanted, found: what the last look found")
    compared_at = models.DateTimeField(null=True, help_text="business clock; when it was last compared")

    def __str__(self) -> str:
        return self.line


@tracked
class Request(BusinessModel):
    """One thing asked of the network, once per key."""

    key = models.CharField(max_length=120, unique=True, help_text="the asker's key, and the key on the wire")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="requests")
    action = models.CharField(max_length=10)
    desired = models.JSONField(null=True)
    state = models.CharField(max_length=12, default="pending")
    attempts = models.IntegerField(default=0)
    code = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    network_ref = models.CharField(max_length=200, blank=True)
    monitor = models.CharField(max_length=200, blank=True)
    followed = models.BooleanField(default=False, help_text="the asker looks after a failure itself")
    settled_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            state_constraint(PROVISIONING_REQUEST),
            models.CheckConstraint(
                name="activation_request_action_known", condition=Q(action__in=[str(action) for action in Action])
            ),
            models.CheckConstraint(
                name="activation_request_desired_iff_kept",
                condition=Q(action="remove", desired__isnull=True) | (~Q(action="remove") & Q(desired__isnull=False)),
            ),
            models.CheckConstraint(
                name="activation_request_settled_iff_final",
                condition=Q(state__in=("completed", "failed"), settled_at__isnull=False)
                | (Q(state__in=("pending", "accepted")) & Q(settled_at__isnull=True)),
            ),
        )
        triggers = (state_trigger(PROVISIONING_REQUEST),)
        indexes = (
            models.Index(fields=("state", "created_at"), name="activation_request_by_state"),
            models.Index(fields=("monitor",), condition=Q(state="accepted"), name="activation_request_monitor"),
        )

    def __str__(self) -> str:
        return self.key


class WireExchange(models.Model):
    """A request and its answer as they went over the wire, personal values masked. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="exchanges")
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500)
    request_body = models.TextField(blank=True)
    status = models.SmallIntegerField(help_text="0: no answer came")
    response_body = models.TextField(blank=True)
    at = models.DateTimeField(help_text="machine clock")
    milliseconds = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
