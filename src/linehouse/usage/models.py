"""Tables of usage that people work with: feeds, files, suspense. The records themselves are a hot table (``store``)."""

from __future__ import annotations

from django.db import models

from linehouse.platform.models import BusinessModel, CurrencyField, state_constraint, state_trigger, tracked
from linehouse.usage.lifecycle import USAGE_FILE, USAGE_SUSPENSE


@tracked
class UsageFeed(BusinessModel):
    """A source of files as its YAML describes it."""

    key = models.CharField(max_length=60, unique=True)
    description = models.JSONField()

    class Meta:
        db_table = "usage_feed"

    def __str__(self) -> str:
        return self.key


@tracked
class UsageFile(BusinessModel):
    """A file that came in. Its octets are a kept document; its counts add up once it is processed."""

    name = models.CharField(max_length=255)
    source = models.CharField(max_length=60, help_text="key of the feed")
    format = models.CharField(max_length=20)
    version = models.CharField(max_length=20, blank=True)
    sender = models.CharField(max_length=40, blank=True)
    recipient = models.CharField(max_length=40, blank=True)
    sequence = models.CharField(max_length=20, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    document_id = models.UUIDField()
    delivery = models.CharField(max_length=200, blank=True, help_text="once-key of whoever delivered it")
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=40, blank=True, help_text="code of the refusal")
    message = models.TextField(blank=True)
    chargeable = models.BooleanField(default=True)
    made_at = models.DateTimeField(null=True, help_text="when the sender made it, as it says")
    records = models.IntegerField(default=0)
    normalised = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)
    suspended = models.IntegerField(default=0)
    declared_charge = models.BigIntegerField(null=True, help_text="in 10^-charge_decimals of charge_currency")
    summed_charge = models.BigIntegerField(null=True, help_text="in 10^-charge_decimals of charge_currency")
    charge_decimals = models.SmallIntegerField(default=0)
    charge_currency = CurrencyField(blank=True)
    notes = models.JSONField(default=list)
    processed_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        db_table = "usage_file"
        constraints = (
            state_constraint(USAGE_FILE),
            models.UniqueConstraint(
                fields=("sha256",), condition=~models.Q(state="refused"), name="usage_file_content_once"
            ),
            models.UniqueConstraint(
                fields=("delivery",), condition=~models.Q(delivery=""), name="usage_file_delivery_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="processed")
                | models.Q(records=models.F("normalised") + models.F("duplicates") + models.F("suspended")),
                name="usage_file_counts_add_up",
            ),
        )
        indexes = (
            models.Index(fields=("sender", "sequence"), name="usage_file_by_sequence"),
            models.Index(fields=("state", "-created_at"), name="usage_file_by_state"),
        )
        triggers = (state_trigger(USAGE_FILE),)

    def __str__(self) -> str:
        return self.name


@tracked
class UsageSuspense(BusinessModel):
    """A record that waits: whole, with its reason. ``record_id`` is the usage's id, here and once it is taken in."""

    record_id = models.UUIDField(unique=True)
    file = models.ForeignKey(UsageFile, on_delete=models.PROTECT, related_name="suspense")
    position = models.IntegerField()
    reference = models.CharField(max_length=80)
    state = models.CharField(max_length=12, default="open")
    reason = models.CharField(max_length=40)
    message = models.TextField(blank=True)
    record = models.JSONField(null=True, help_text="the record as read, with corrections; null when it was unreadable")
    evidence = models.TextField(blank=True, help_text="the octets or the line of an unreadable record")
    key = models.CharField(max_length=64, blank=True, help_text="its once-key, claimed when it came in")
    was_guided = models.BooleanField(default=False, help_text="it had been taken in before, and came back unrated")
    customer_id = models.UUIDField(null=True)
    subscription_id = models.UUIDField(null=True)
    usage_type = models.CharField(max_length=10, blank=True)
    direction = models.CharField(max_length=10, blank=True)
    started_at = models.DateTimeField(null=True)
    imsi = models.CharField(max_length=40, blank=True)
    msisdn = models.CharField(max_length=40, blank=True)
    quantity = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=10, blank=True)
    charge = models.BigIntegerField(null=True)
    charge_decimals = models.SmallIntegerField(default=0)
    charge_currency = CurrencyField(blank=True)
    resolution = models.TextField(blank=True, help_text="why it was discarded")

    class Meta:
        db_table = "usage_suspense"
        constraints = (
            state_constraint(USAGE_SUSPENSE),
            models.UniqueConstraint(fields=("file", "position"), name="usage_suspense_position_once"),
        )
        indexes = (
            models.Index(fields=("state", "reason"), name="usage_suspense_by_state"),
            models.Index(fields=("customer_id",), name="usage_suspense_by_customer"),
        )
        triggers = (state_trigger(USAGE_SUSPENSE),)

    def __str__(self) -> str:
        return f"{self.file_id} {self.position} {self.reason}"
