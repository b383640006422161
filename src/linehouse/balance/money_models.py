"""Tables of money moves: top-ups, transfers, adjustments, sales of vouchers, and what lines and the brand have set.

Buckets and their movements are hot tables in SQL: see the migrations.
"""

from __future__ import annotations

from django.db import models

from linehouse.balance.lifecycle import AUTO_TOP_UP, MONEY_MOVE
from linehouse.platform.models import (
    BusinessModel,
    CurrencyField,
    MicrosField,
    state_constraint,
    state_trigger,
    tracked,
)
from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.fields import EncryptedTextField


@tracked
class MoneyFile(BusinessModel):
    """The brand's file about money, as it was applied; the latest holds."""

    version = models.IntegerField(unique=True)
    text = models.TextField()
    applied_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return str(self.version)


@tracked
class TopUp(BusinessModel):
    """Money that came onto a line. ``source`` is the ledger account from which it came."""

    number = models.CharField(max_length=40, unique=True)
    once = models.CharField(max_length=200, unique=True, help_text="the asker's key: the same again moves nothing more")
    state = models.CharField(max_length=10, default="booked")
    method = models.CharField(max_length=10)
    customer_id = models.UUIDField(db_index=True)
    subscription_id = models.UUIDField(db_index=True)
    subscription = models.CharField(max_length=40)
    bucket_ref = models.CharField(max_length=200)
    currency = CurrencyField()
    micros = MicrosField()
    source = models.CharField(max_length=200)
    reference = models.CharField(max_length=140, blank=True, help_text="voucher, authorisation or booking of a bank")
    channel = models.CharField(max_length=40, blank=True)
    giver_id = models.UUIDField(null=True, help_text="the customer who gave it, where it was another")
    bonus_key = models.CharField(max_length=60, blank=True)
    bonus_ref = models.CharField(max_length=200, blank=True)
    bonus_micros = MicrosField(default=0)
    bonus_back_micros = MicrosField(default=0)
    valid_to = models.DateTimeField(null=True, help_text="business clock; until when the credit can be used")
    taken_by = models.CharField(max_length=200)
    why_reversed = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            state_constraint(MONEY_MOVE),
            models.CheckConstraint(name="balance_topup_positive", condition=models.Q(micros__gt=0)),
        )
        triggers = (state_trigger(MONEY_MOVE),)
        indexes = (models.Index(fields=("subscription_id", "-created_at"), name="balance_topup_of_line"),)

    def __str__(self) -> str:
        return self.number


@tracked
class MoneyTransfer(BusinessModel):
    """Money that one line gave to another. The fee contains its tax."""

    number = models.CharField(max_length=40, unique=True)
    once = models.CharField(max_length=200, unique=True, help_text="the asker's key: the same again moves nothing more")
    state = models.CharField(max_length=10, default="booked")
    customer_id = models.UUIDField(db_index=True)
    from_subscription_id = models.UUIDField()
    from_subscription = models.CharField(max_length=40)
    to_customer_id = models.UUIDField(db_index=True)
    to_subscription_id = models.UUIDField()
    to_subscription = models.CharField(max_length=40)
    currency = CurrencyField()
    micros = MicrosField()
    fee_micros = MicrosField()
    fee_net_micros = MicrosField()
    tax_code = models.CharField(max_length=20, blank=True)
    day = models.DateField(help_text="the brand's local day, whose limit it counts against")
    channel = models.CharField(max_length=40, blank=True)
    asked_by = models.CharField(max_length=200)
    why_reversed = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            state_constraint(MONEY_MOVE),
            models.CheckConstraint(name="balance_transfer_positive", condition=models.Q(micros__gt=0)),
            models.CheckConstraint(
                name="balance_transfer_to_another",
                condition=~models.Q(from_subscription_id=models.F("to_subscription_id")),
            ),
        )
        triggers = (state_trigger(MONEY_MOVE),)
        indexes = (
            models.Index(fields=("from_subscription_id", "day"), name="balance_transfer_of_line"),
            models.Index(fields=("to_subscription_id", "-created_at"), name="balance_transfer_to_line"),
        )

    def __str__(self) -> str:
        return self.number


@tracked
class Adjustment(BusinessModel):
    """A bucket that was changed by hand: above zero given, below zero taken. Base units or micro-units of ``asset``."""

    number = models.CharField(max_length=40, unique=True)
    once = models.CharField(max_length=200, unique=True, help_text="the asker's key: the same again moves nothing more")
    state = models.CharField(max_length=10, default="booked")
    customer_id = models.UUIDField(db_index=True)
    subscription_id = models.UUIDField()
    subscription = models.CharField(max_length=40)
    bucket_ref = models.CharField(max_length=200)
    asset = models.CharField(max_length=20)
    amount = models.BigIntegerField()
    reason_code = models.CharField(max_length=60)
    note = models.CharField(max_length=500)
    given_by = models.CharField(max_length=200)
    why_reversed = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            state_constraint(MONEY_MOVE),
            models.CheckConstraint(name="balance_adjustment_moves", condition=~models.Q(amount=0)),
        )
        triggers = (state_trigger(MONEY_MOVE),)
        indexes = (models.Index(fields=("subscription_id", "-created_at"), name="balance_adjustment_of_line"),)

    def __str__(self) -> str:
        return self.number


@tracked
class Overdraft(BusinessModel):
    """How far below zero a line's main balance may go. The bucket holds a copy, under its own constraint."""

    subscription_id = models.UUIDField(unique=True)
    subscription = models.CharField(max_length=40)
    customer_id = models.UUIDField(db_index=True)
    currency = CurrencyField()
    micros = MicrosField()
    overdraw = models.BooleanField(default=False)
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = (models.CheckConstraint(name="balance_overdraft_number", condition=models.Q(micros__gte=0)),)

    def __str__(self) -> str:
        return self.subscription


@tracked
class AutoTopUp(BusinessModel):
    """A line that is topped up by itself: when its main balance falls below ``threshold_micros``, or on a day of the
    month. ``token`` is the payment provider's name of the card, never the card."""

    subscription_id = models.UUIDField(unique=True)
    subscription = models.CharField(max_length=40)
    customer_id = models.UUIDField(db_index=True)
    state = models.CharField(max_length=10, default="on")
    currency = CurrencyField()
    micros = MicrosField()
    threshold_micros = MicrosField(null=True)
    day = models.SmallIntegerField(null=True)
    token = EncryptedTextField(of="balance_autotopup.token", subject="customer_id", purpose=Purpose.PERSONAL)
    tries = models.IntegerField(default=0, help_text="how many charges were asked for, ever: part of each one's key")
    failures = models.IntegerField(default=0, help_text="in a row")
    asked_at = models.DateTimeField(null=True, help_text="business clock; a charge is under way since then")
    again_at = models.DateTimeField(null=True, help_text="business clock; when a failed one is tried again")
    next_on = models.DateField(null=True, help_text="the next local day on which it is due")
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            state_constraint(AUTO_TOP_UP),
            models.CheckConstraint(name="balance_auto_positive", condition=models.Q(micros__gt=0)),
            models.CheckConstraint(
                name="balance_auto_has_cause",
                condition=models.Q(threshold_micros__gt=0) | models.Q(day__gte=1, day__lte=28),
            ),
        )
        triggers = (state_trigger(AUTO_TOP_UP),)
        indexes = (models.Index(fields=("state", "next_on"), name="balance_auto_due"),)

    def __str__(self) -> str:
        return self.subscription


@tracked
class VoucherSale(BusinessModel):
    """Vouchers of one batch that somebody bought, from one serial to another."""

    number = models.CharField(max_length=40, unique=True)
    once = models.CharField(max_length=200, unique=True, help_text="the asker's key: the same again sells nothing more")
    batch = models.CharField(max_length=40, db_index=True)
    first = models.CharField(max_length=20)
    last = models.CharField(max_length=20)
    count = models.IntegerField()
    currency = CurrencyField()
    face_micros = MicrosField()
    price_micros = MicrosField()
    dealer = models.CharField(max_length=40, blank=True)
    sold_by = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="balance_sale_price",
                condition=models.Q(count__gt=0, price_micros__gte=0, price_micros__lte=models.F("face_micros")),
            ),
        )

    def __str__(self) -> str:
        return self.number
