"""The products and services of customers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linehouse.catalog.values import BillingMode, OfferingKind
from linehouse.customer.service import own_customer_ids
from linehouse.inventory.lifecycle import PRODUCT, SERVICE
from linehouse.inventory.values import MemberKind
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked
from linehouse.platform.personal.fields import BlindIndexField, EncryptedTextField


class OwnProducts(models.Manager["Product"]):
    """The products that the running code may reach: all, or those of its dealer's customers."""

    def get_queryset(self) -> models.QuerySet[Product]:
        """Nothing of another dealer's, whatever is asked for."""
        own = own_customer_ids()
        return super().get_queryset() if own is None else super().get_queryset().filter(customer_id__in=own)


@tracked
class Product(BusinessModel):
    """A product that a customer has, had, or is about to get (TMF637)."""

    number = models.CharField(max_length=40, unique=True, help_text="business number, such as S-000001")
    order_item = models.CharField(max_length=80, unique=True, help_text="the order item that brings it; once-key")
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=20)
    customer_id = models.UUIDField(db_index=True)
    billing_account_id = models.UUIDField(db_index=True)
    billing_account_number = models.CharField(max_length=40)
    offering_key = models.CharField(max_length=80)
    offering_name = models.CharField(max_length=200)
    catalog_version = models.IntegerField(help_text="version under which it was sold")
    tariff_key = models.CharField(max_length=80, null=True)
    billing_mode = models.CharField(max_length=10)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    characteristics = models.JSONField(default=dict)
    activated_at = models.DateTimeField(null=True, help_text="business clock")
    terminated_at = models.DateTimeField(null=True, help_text="business clock")

    objects = OwnProducts()

    class Meta:
        constraints = (
            state_constraint(PRODUCT),
            models.CheckConstraint(
                name="inventory_product_plan_or_parent",
                condition=Q(kind=str(OfferingKind.PLAN), parent__isnull=True)
                | (~Q(kind=str(OfferingKind.PLAN)) & Q(parent__isnull=False)),
            ),
            models.CheckConstraint(
                name="inventory_product_kind_known", condition=Q(kind__in=[str(kind) for kind in OfferingKind])
            ),
            models.CheckConstraint(
                name="inventory_product_mode_known", condition=Q(billing_mode__in=[str(mode) for mode in BillingMode])
            ),
            models.CheckConstraint(
                name="inventory_product_active_since",
                condition=~Q(state__in=("active", "suspended", "pendingTerminate", "terminated"))
                | Q(activated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="inventory_product_ended_iff_terminated",
                condition=Q(state="terminated", terminated_at__isnull=False)
                | (~Q(state="terminated") & Q(terminated_at__isnull=True)),
            ),
        )
        triggers = (state_trigger(PRODUCT),)
        indexes = (models.Index(fields=("offering_key", "state"), name="inventory_product_offering"),)

    def __str__(self) -> str:
        return self.number


@tracked
class Service(BusinessModel):
    """A service that a product is made of (TMF638)."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="services")
    specification_key = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=20)
    characteristics = models.JSONField(default=dict)
    network_ref = models.CharField(max_length=200, blank=True, help_text="the host network's name for it")
    started_at = models.DateTimeField(null=True, help_text="business clock")
    ended_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            state_constraint(SERVICE),
            models.UniqueConstraint(fields=("product", "specification_key"), name="inventory_service_once_per_product"),
        )
        triggers = (state_trigger(SERVICE),)

    def __str__(self) -> str:
        return f"{self.specification_key} of {self.product_id}"


@tracked
class ListedNumber(BusinessModel):
    """A number of somebody else on one of a line's own lists (friends and family), for a time."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="listed_numbers")
    party_id = models.UUIDField(help_text="whose list it is")
    list_key = models.CharField(max_length=40)
    number = EncryptedTextField(of="inventory_listednumber.number", subject="party_id")
    number_index = BlindIndexField(of="inventory_listednumber.number", source="number")
    valid_from = models.DateTimeField(help_text="business clock")
    valid_to = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("product", "list_key", "number_index"),
                condition=Q(valid_to__isnull=True),
                name="inventory_listed_number_once",
            ),
            models.CheckConstraint(
                name="inventory_listed_number_time",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.list_key} of {self.product_id}"


@tracked
class ClosedGroup(BusinessModel):
    """A closed user group: usage between two of its members may have a price of its own."""

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    word = models.CharField(max_length=40, help_text="what tariffs call it; groups may share a word")

    def __str__(self) -> str:
        return self.key


@tracked
class GroupMember(BusinessModel):
    """A line, a customer or an organisation that belongs to a closed user group, for a time."""

    group = models.ForeignKey(ClosedGroup, on_delete=models.PROTECT, related_name="members")
    kind = models.CharField(max_length=12)
    member_id = models.UUIDField(db_index=True)
    valid_from = models.DateTimeField(help_text="business clock")
    valid_to = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("group", "kind", "member_id"),
                condition=Q(valid_to__isnull=True),
                name="inventory_group_member_once",
            ),
            models.CheckConstraint(
                name="inventory_group_member_kind_known", condition=Q(kind__in=[str(kind) for kind in MemberKind])
            ),
            models.CheckConstraint(
                name="inventory_group_member_time",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.member_id} in {self.group_id}"
