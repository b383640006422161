"""Orders, their items, the steps of their plans, and requests to cancel them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linehouse.customer.service import own_customer_ids
from linehouse.ordering.lifecycle import CANCEL_TASK, ORDER_ITEM, ORDER_STEP, PRODUCT_ORDER
from linehouse.ordering.values import ItemAction, Phase, StepKind
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked


class OwnOrders(models.Manager["Order"]):
    """The orders that the running code may reach: all, or those of its dealer's customers."""

    def get_queryset(self) -> models.QuerySet[Order]:
        """Nothing of another dealer's, whatever is asked for."""
        own = own_customer_ids()
        return super().get_queryset() if own is None else super().get_queryset().filter(customer_id__in=own)


@tracked
class Order(BusinessModel):
    """An order. ``phase`` is how it is driven; ``state`` follows from the items and is never set otherwise."""

    number = models.CharField(max_length=40, unique=True, help_text="business number, such as O-000001")
    external_id = models.CharField(max_length=200, blank=True, help_text="the caller's key")
    request = models.JSONField(help_text="what was asked for, for the comparison with a repeat")
    customer_id = models.UUIDField(db_index=True)
    billing_account_id = models.UUIDField()
    phase = models.CharField(max_length=14, default=str(Phase.RECEIVED))
    state = models.CharField(max_length=24, default="acknowledged")
    reason = models.TextField(blank=True)
    channel = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    catalog_version = models.IntegerField()
    price = models.JSONField(default=dict, help_text="what the customer was told it costs")
    promised_at = models.DateTimeField(null=True, help_text="business clock")
    completed_at = models.DateTimeField(null=True, help_text="business clock; when the last state was reached")

    objects = OwnOrders()
    everyones = models.Manager()

    class Meta:
        constraints = (
            state_constraint(PRODUCT_ORDER),
            models.CheckConstraint(
                name="ordering_order_phase_known", condition=Q(phase__in=[str(phase) for phase in Phase])
            ),
            models.UniqueConstraint(
                fields=("external_id",), condition=Q(external_id__gt=""), name="ordering_order_external_id_once"
            ),
        )
        triggers = (state_trigger(PRODUCT_ORDER),)
        indexes = (models.Index(fields=("state", "-created_at"), name="ordering_order_by_state"),)

    def __str__(self) -> str:
        return self.number


@tracked
class Item(BusinessModel):
    """One thing that an order asks for."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items")
    ref = models.CharField(max_length=40)
    position = models.SmallIntegerField()
    action = models.CharField(max_length=10)
    state = models.CharField(max_length=24, default="acknowledged")
    reason = models.TextField(blank=True)
    offering_key = models.CharField(max_length=80)
    offering_name = models.CharField(max_length=200)
    product_id = models.UUIDField()
    product_number = models.CharField(max_length=40)
    parent_item = models.CharField(max_length=40, blank=True)
    parent_product_id = models.UUIDField(null=True)
    msisdn = models.CharField(max_length=20, blank=True, help_text="the number that was wished for")
    iccid = models.CharField(max_length=20, blank=True, help_text="the card that was wished for")
    given_up = models.BooleanField(default=False)

    class Meta:
        constraints = (
            state_constraint(ORDER_ITEM),
            models.CheckConstraint(
                name="ordering_item_action_known", condition=Q(action__in=[str(action) for action in ItemAction])
            ),
            models.UniqueConstraint(fields=("order", "ref"), name="ordering_item_ref_once"),
        )
        triggers = (state_trigger(ORDER_ITEM),)
        indexes = (models.Index(fields=("product_id",), name="ordering_item_product"),)

    def __str__(self) -> str:
        return f"{self.order_id}/{self.ref}"


@tracked
class Step(BusinessModel):
    """A step of an order's plan. ``request_key`` is what it asked the network under while it waits for the answer."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="steps")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="steps")
    key = models.CharField(max_length=80)
    position = models.SmallIntegerField()
    kind = models.CharField(max_length=30)
    needs = models.JSONField(default=list)
    compensation = models.CharField(max_length=30, blank=True)
    final = models.BooleanField()
    state = models.CharField(max_length=20, default="pending")
    attempts = models.IntegerField(default=0)
    code = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    request_key = models.CharField(max_length=120, blank=True)
    network_ref = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(null=True, help_text="business clock")
    settled_at = models.DateTimeField(null=True, help_text="business clock")
    promised_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            state_constraint(ORDER_STEP),
            models.CheckConstraint(
                name="ordering_step_kind_known", condition=Q(kind__in=[str(kind) for kind in StepKind])
            ),
            models.UniqueConstraint(fields=("order", "key"), name="ordering_step_key_once"),
            models.UniqueConstraint(
                fields=("request_key",), condition=Q(request_key__gt=""), name="ordering_step_request_once"
            ),
        )
        triggers = (state_trigger(ORDER_STEP),)
        indexes = (
            models.Index(
                fields=("state", "changed_at"),
                condition=Q(state__in=("failed", "compensationFailed")),
                name="ordering_step_fallout",
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id}/{self.key}"


@tracked
class CancelTask(BusinessModel):
    """A request to cancel an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="cancellations")
    state = models.CharField(max_length=20, default="acknowledged")
    reason = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            state_constraint(CANCEL_TASK),
            models.UniqueConstraint(
                fields=("order",), condition=~Q(state="terminatedWithError"), name="ordering_cancel_once"
            ),
        )
        triggers = (state_trigger(CANCEL_TASK),)

    def __str__(self) -> str:
        return f"cancellation of {self.order_id}"
