"""Tables of messages and of their wordings."""

from __future__ import annotations

from uuid import UUID

import pgtrigger
from django.db import models

from linehouse.kernel.ids import new_id
from linehouse.notify.lifecycle import DELIVERY, MESSAGE, PART, WORDING
from linehouse.notify.values import Channel, MessageClass
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked
from linehouse.platform.personal.fields import EncryptedTextField

NOBODY = UUID(int=0)
_CHANNELS = [(one.value, one.value) for one in Channel]
_CLASSES = [(one.value, one.value) for one in MessageClass]


@tracked
class Message(BusinessModel):
    """One message to one person. A customer's address is not kept, only its masked form; an address that the
    caller gave is kept encrypted, as the words are."""

    template = models.CharField(max_length=60, blank=True, help_text="the notice; empty for a free text")
    key = models.CharField(max_length=200)
    message_class = models.CharField(max_length=10, choices=_CLASSES, default=MessageClass.SERVICE)
    purpose = models.CharField(max_length=20, default="marketing")
    channel = models.CharField(max_length=20, default="email", help_text="the one that is tried now")
    language = models.CharField(max_length=10)
    customer_id = models.UUIDField(null=True, db_index=True)
    party_id = models.UUIDField(null=True)
    subject_ref = models.CharField(max_length=100, blank=True, help_text="business number of what it is about")
    owner_id = models.UUIDField(
        default=NOBODY, help_text="whose key it is under: the party's, or the message's own where there is none"
    )
    subject = EncryptedTextField(of="notify_message.subject", subject="owner_id", blank=True)
    text = EncryptedTextField(of="notify_message.text", subject="owner_id")
    documents = models.JSONField(default=list, help_text="ids of the kept files that go with it")
    state = models.CharField(max_length=12, default="initial")
    message_id = models.CharField(max_length=200, unique=True)
    recipient_name = EncryptedTextField(of="notify_message.recipient_name", subject="owner_id", blank=True, default="")
    recipient_email = EncryptedTextField(
        of="notify_message.recipient_email",
        subject="owner_id",
        blank=True,
        default="",
        help_text="only where the caller gave one",
    )
    recipient_phone = EncryptedTextField(
        of="notify_message.recipient_phone",
        subject="owner_id",
        blank=True,
        default="",
        help_text="only where the caller gave one",
    )
    recipient_masked = models.CharField(max_length=200, blank=True)
    evidence = models.CharField(max_length=500, blank=True, help_text="the last of it")
    attempts = models.SmallIntegerField(default=0)
    tries = models.SmallIntegerField(default=12, help_text="attempts by each channel")
    runs = models.SmallIntegerField(default=1, help_text="how often its delivery was asked for")
    priority = models.CharField(max_length=10, blank=True)
    description = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField(null=True, help_text="business clock; not before")
    removed = models.BooleanField(default=False, help_text="its author took it away before anybody got it")
    held_until = models.DateTimeField(null=True, help_text="business clock")
    sent_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("template", "key"), name="message_once"),
            state_constraint(MESSAGE),
        )
        indexes = (
            models.Index(fields=("customer_id", "channel", "sent_at"), name="message_marketing"),
            models.Index(fields=("-created_at", "-id"), name="message_newest"),
        )
        triggers = (state_trigger(MESSAGE),)

    def __str__(self) -> str:
        return str(self.id)


@tracked
class Delivery(BusinessModel):
    """The way of a message by one channel, with the words that were chosen when the message was written."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="deliveries")
    position = models.SmallIntegerField()
    channel = models.CharField(max_length=10, choices=_CHANNELS)
    language = models.CharField(max_length=10)
    version = models.IntegerField(default=0, help_text="of the wording; 0 is the product's own")
    owner_id = models.UUIDField(default=NOBODY, help_text="as the message's")
    subject = EncryptedTextField(of="notify_delivery.subject", subject="owner_id", blank=True)
    text = EncryptedTextField(of="notify_delivery.text", subject="owner_id")
    html = EncryptedTextField(of="notify_delivery.html", subject="owner_id", blank=True)
    state = models.CharField(max_length=12, default="waiting")
    attempts = models.SmallIntegerField(default=0)
    recipient_masked = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("message", "position"), name="delivery_in_order"),
            state_constraint(DELIVERY),
        )
        triggers = (state_trigger(DELIVERY),)

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"


class SmsPart(BusinessModel):
    """A segment of an SMS with the centre's number for it, by which receipts find it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="parts")
    number = models.SmallIntegerField()
    state = models.CharField(max_length=12, default="waiting")
    centre_id = models.CharField(max_length=65, blank=True, db_index=True)
    receipt = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("delivery", "number"), name="part_in_order"),
            state_constraint(PART),
        )
        triggers = (state_trigger(PART),)

    def __str__(self) -> str:
        return f"{self.number} {self.id}"


class Evidence(models.Model):
    """One thing that happened to a message, in whose words it was said. Lines are added and never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="evidences")
    at = models.DateTimeField(help_text="business clock")
    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=10, blank=True)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = (models.Index(fields=("message", "id"), name="evidence_in_order"),)
        triggers = (pgtrigger.Protect(name="evidence_stays", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@tracked
class OwnNotice(BusinessModel):
    """A notice that the brand declares beside those of the product."""

    key = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    message_class = models.CharField(max_length=10, choices=_CLASSES)
    channels = models.JSONField()
    variables = models.JSONField(help_text="name, kind and example of each")
    purpose = models.CharField(max_length=20, default="marketing")

    def __str__(self) -> str:
        return self.key


@tracked
class StoredWording(BusinessModel):
    """A version of a wording."""

    notice = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=_CHANNELS)
    language = models.CharField(max_length=10)
    number = models.IntegerField()
    state = models.CharField(max_length=10, default="draft")
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    note = models.CharField(max_length=300, blank=True)
    made_by = models.CharField(max_length=200)
    published_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("notice", "channel", "language", "number"), name="wording_numbered"),
            models.UniqueConstraint(
                fields=("notice", "channel", "language"),
                condition=models.Q(state="published"),
                name="wording_one_published",
            ),
            models.UniqueConstraint(
                fields=("notice", "channel", "language"), condition=models.Q(state="draft"), name="wording_one_draft"
            ),
            state_constraint(WORDING),
        )
        triggers = (state_trigger(WORDING),)

    def __str__(self) -> str:
        return f"{self.notice} {self.channel} {self.language} {self.number}"


@tracked
class Preference(BusinessModel):
    """By which channels a customer wants to hear from the brand."""

    customer_id = models.UUIDField(unique=True)
    channels = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.id)


@tracked
class Rules(BusinessModel):
    """Quiet hours, caps and patience of a channel, where the brand has decided."""

    channel = models.CharField(max_length=10, choices=_CHANNELS, unique=True)
    quiet_from = models.TimeField(null=True, help_text="local time")
    quiet_until = models.TimeField(null=True, help_text="local time")
    zone_of = models.CharField(max_length=10, default="recipient")
    cap = models.SmallIntegerField(default=0)
    cap_days = models.SmallIntegerField(default=7)
    hold_hours = models.SmallIntegerField(default=72)
    receipt_hours = models.SmallIntegerField(default=48)

    def __str__(self) -> str:
        return self.channel
