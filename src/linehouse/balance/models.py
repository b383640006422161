"""Packs that balances paid, the thresholds of lines, and how prepaid lines live. Buckets have SQL of their own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linehouse.balance import money_models
from linehouse.balance.lifecycle import PACK, PREPAID_LINE
from linehouse.balance.pack_values import Renewing
from linehouse.balance.thresholds import Measure, Origin
from linehouse.platform.models import (
    BusinessModel,
    CurrencyField,
    MicrosField,
    state_constraint,
    state_trigger,
    tracked,
)

__all__ = ["Pack", "PackPayment", "PrepaidLine", "Threshold", "money_models"]


@tracked
class Pack(BusinessModel):
    """A pack that the balance of a line paid, once or again and again."""

    once_key = models.CharField(max_length=200, unique=True, help_text="who asks again with it gets the same pack")
    product_id = models.UUIDField(unique=True)
    product_number = models.CharField(max_length=40)
    customer_id = models.UUIDField(db_index=True)
    subscription_id = models.UUIDField(db_index=True)
    subscription = models.CharField(max_length=40)
    account_id = models.UUIDField()
    account = models.CharField(max_length=40)
    offering_key = models.CharField(max_length=80)
    offering_name = models.CharField(max_length=200)
    catalog_version = models.IntegerField(help_text="version under which it was sold")
    state = models.CharField(max_length=10)
    renewal = models.CharField(max_length=10)
    price_micros = MicrosField(help_text="what a period costs, with tax")
    currency = CurrencyField()
    periods = models.IntegerField(help_text="how many were paid")
    anchor_at = models.DateTimeField(help_text="business clock: periods are counted from here")
    anchor_period = models.IntegerField(help_text="the period that began there")
    bought_at = models.DateTimeField(help_text="business clock")
    paid_from = models.DateTimeField(help_text="business clock")
    paid_until = models.DateTimeField(null=True, help_text="business clock; empty: without end")
    grace_until = models.DateTimeField(null=True, help_text="business clock")
    tries = models.IntegerField(default=0, help_text="of the renewal that waits for money")
    next_try_at = models.DateTimeField(null=True, help_text="business clock")
    ended_at = models.DateTimeField(null=True, help_text="business clock")
    why_ended = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            state_constraint(PACK),
            models.CheckConstraint(
                name="balance_pack_renewal_known", condition=Q(renewal__in=[str(one) for one in Renewing])
            ),
            models.CheckConstraint(
                name="balance_pack_grace_ends",
                condition=(Q(state="grace") & Q(grace_until__isnull=False) & Q(next_try_at__isnull=False))
                | (~Q(state="grace") & Q(grace_until__isnull=True) & Q(next_try_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="balance_pack_ended_iff_ended",
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at__isnull=True)),
            ),
        )
        triggers = (state_trigger(PACK),)

    def __str__(self) -> str:
        return f"{self.offering_key} of {self.subscription}"


@tracked
class PackPayment(BusinessModel):
    """What a balance paid for one period of a pack: once for each."""

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="payments")
    number = models.IntegerField(help_text="which period")
    gross_micros = MicrosField()
    net_micros = MicrosField(help_text="of what credit paid whose tax is due when it is used")
    tax_micros = MicrosField()
    tax_code = models.CharField(max_length=40, blank=True)
    sale_micros = MicrosField(help_text="of credit that was taxed when it was sold: no revenue again")
    currency = CurrencyField()
    gl = models.CharField(max_length=80)
    paid_at = models.DateTimeField(help_text="business clock")
    covered_start = models.DateField(null=True, help_text="local day; of what is earned by day")
    covered_end = models.DateField(null=True)
    deferred = models.BooleanField(help_text="earned by day over the covered days")
    earned_micros = MicrosField(default=0, help_text="of the net, what is revenue by now")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("pack", "number"), name="balance_pack_period_paid_once"),
            models.CheckConstraint(
                name="balance_pack_payment_sums",
                condition=Q(gross_micros=models.F("net_micros") + models.F("tax_micros") + models.F("sale_micros")),
            ),
            models.CheckConstraint(
                name="balance_pack_payment_earned",
                condition=Q(earned_micros__gte=0) & Q(earned_micros__lte=models.F("net_micros")),
            ),
        )
        indexes = (
            models.Index(
                fields=("covered_start",),
                condition=Q(deferred=True) & ~Q(net_micros=models.F("earned_micros")),
                name="balance_pack_unearned",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pack_id}/{self.number}"


class Threshold(BusinessModel):
    """A figure of a line at which somebody is told, once each time that it is reached.

    Its history are its events: it moves in the commits of the charging process, which writes no history.
    """

    subscription_id = models.UUIDField(db_index=True)
    subscription = models.CharField(max_length=40)
    customer_id = models.UUIDField(db_index=True)
    origin = models.CharField(max_length=10)
    measure = models.CharField(max_length=10)
    asset = models.CharField(max_length=20, help_text="a currency or a unit")
    source = models.CharField(max_length=170, blank=True, help_text="offering/allowance; empty: all of the asset")
    limit_amount = models.BigIntegerField(null=True, help_text="base units or micro-units")
    percent = models.IntegerField(null=True, help_text="of what was granted")
    cycle_day = models.SmallIntegerField(help_text="what was spent counts from this day of the month")
    zone = models.CharField(max_length=60)
    reached_at = models.DateTimeField(null=True, help_text="business clock; empty: armed")
    times = models.IntegerField(default=0, help_text="how often it was reached")
    ended_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="balance_threshold_origin_known", condition=Q(origin__in=[str(one) for one in Origin])
            ),
            models.CheckConstraint(
                name="balance_threshold_measure_known", condition=Q(measure__in=[str(one) for one in Measure])
            ),
            models.CheckConstraint(
                name="balance_threshold_one_limit",
                condition=(Q(limit_amount__gte=0) & Q(percent__isnull=True))
                | (Q(limit_amount__isnull=True) & Q(percent__gte=0) & Q(percent__lte=100)),
            ),
        )
        indexes = (
            models.Index(
                fields=("subscription_id",), condition=Q(ended_at__isnull=True), name="balance_threshold_live"
            ),
        )

    def __str__(self) -> str:
        return f"{self.measure} of {self.subscription}"


@tracked
class PrepaidLine(BusinessModel):
    """How a prepaid line lives: by its last top-up, its last use and what a top-up promised."""

    subscription_id = models.UUIDField(unique=True)
    subscription = models.CharField(max_length=40, unique=True)
    customer_id = models.UUIDField(db_index=True)
    state = models.CharField(max_length=10)
    since = models.DateTimeField(help_text="business clock: in this state since")
    counted_at = models.DateTimeField(help_text="business clock: the last that counts, as it was last looked at")
    topped_up_at = models.DateTimeField(null=True, help_text="business clock")
    valid_until = models.DateTimeField(null=True, help_text="business clock: promised beyond the usual")
    next_at = models.DateTimeField(null=True, help_text="business clock: the next step unless something counts")
    told_for = models.DateTimeField(null=True, help_text="the step of which notices went out")
    told = models.IntegerField(default=0, help_text="how many")
    rest_micros = MicrosField(null=True, help_text="credit that was left when it was recycled")
    rest_currency = CurrencyField(blank=True)
    rest_kept_as = models.CharField(max_length=20, blank=True)
    claim_settled_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            state_constraint(PREPAID_LINE),
            models.CheckConstraint(
                name="balance_prepaid_line_goes_on",
                condition=Q(state="recycled", next_at__isnull=True) | (~Q(state="recycled") & Q(next_at__isnull=False)),
            ),
        )
        triggers = (state_trigger(PREPAID_LINE),)

    def __str__(self) -> str:
        return f"{self.subscription} {self.state}"
