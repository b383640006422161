"""Runs that rate usage again: what was asked, the difference that was seen, and how far it is."""

from __future__ import annotations

from django.db import models

from linehouse.charging.lifecycle import RERATE, RERATE_SUBSCRIBER
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked


@tracked
class Rerate(BusinessModel):
    """A re-rate: which usage, in which order, why, and what it comes to."""

    number = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=10, default="planning")
    reason = models.CharField(max_length=1000, help_text="why the correction is right")
    period_from = models.DateTimeField(help_text="usage that began from then on, by the network's clock")
    period_until = models.DateTimeField(help_text="the first instant after the period")
    tariff = models.CharField(max_length=120, blank=True, help_text="only usage priced by this tariff")
    offering = models.CharField(max_length=120, blank=True, help_text="only usage on this plan")
    subscriptions = models.JSONField(default=list, help_text="only these subscriptions, by number; empty: all")
    ordering = models.CharField(max_length=10, help_text="sequence or event")
    catalog_version = models.IntegerField(null=True, help_text="the version whose tariffs are right; empty: in force")
    planner_kind = models.CharField(max_length=20)
    planner_id = models.CharField(max_length=200)
    planner_name = models.CharField(max_length=200)
    total = models.IntegerField(default=0, help_text="subscriptions of the present step")
    done = models.IntegerField(default=0, help_text="of them gone through")
    looked_at = models.BigIntegerField(default=0, help_text="records rated again")
    changed = models.BigIntegerField(default=0, help_text="records whose price or payer differs")
    reordered = models.BigIntegerField(default=0, help_text="records that only change their place")
    to_suspense = models.BigIntegerField(default=0, help_text="of the changed ones those without a price now")
    kept = models.BigIntegerField(default=0, help_text="records that cannot be rated again")
    subscribers = models.IntegerField(default=0, help_text="subscriptions with a difference")
    applied = models.BigIntegerField(default=0, help_text="records entered anew")
    left_out = models.IntegerField(default=0, help_text="subscriptions left out while it was applied")
    sums = models.JSONField(default=dict, help_text="charged before and now, micro-units by currency")
    applied_sums = models.JSONField(default=dict, help_text="the same of what was applied")
    billed = models.JSONField(default=dict, help_text="on invoices and left alone: records, micro-units by currency")
    proposal = models.CharField(max_length=40, blank=True, help_text="the proposal put before another person")
    note = models.CharField(max_length=1000, blank=True, help_text="why it ended otherwise than applied")
    planned_at = models.DateTimeField(null=True, help_text="business clock")
    applied_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (state_constraint(RERATE),)
        triggers = (state_trigger(RERATE),)

    def __str__(self) -> str:
        return self.number


class RerateSubscriber(models.Model):
    """One subscription of a run: what was seen of it, and what came of it."""

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(Rerate, on_delete=models.CASCADE, related_name="people")
    subscription_id = models.UUIDField()
    subscription = models.CharField(max_length=60)
    customer_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="waiting")
    first = models.BigIntegerField(help_text="the place of the first record that may change")
    last_entry = models.BigIntegerField(default=0, help_text="the newest entry that was seen")
    seen = models.CharField(max_length=64, blank=True, help_text="fingerprint of the records as they stood")
    outcome = models.CharField(max_length=64, blank=True, help_text="fingerprint of what rating them again says")
    looked_at = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    sums = models.JSONField(default=dict, help_text="charged before and now, micro-units by currency")
    why = models.CharField(max_length=500, blank=True, help_text="why it was left out")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("owner", "subscription_id"), name="rerate_subscriber_once"),
            state_constraint(RERATE_SUBSCRIBER),
        )
        triggers = (state_trigger(RERATE_SUBSCRIBER),)
        indexes = (models.Index(fields=("owner", "state", "subscription"), name="rerate_subscriber_next"),)

    def __str__(self) -> str:
        return f"{self.subscription} of {self.owner_id}"


class RerateLine(models.Model):
    """One record of a run: as it was charged, and as it would be; or why it is left as it is."""

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(Rerate, on_delete=models.CASCADE, related_name="lines")
    subscription = models.CharField(max_length=60)
    record_id = models.UUIDField()
    sequence = models.BigIntegerField()
    place = models.BigIntegerField(help_text="its place in the order from now on")
    started_at = models.DateTimeField(help_text="by the network's clock")
    usage_type = models.CharField(max_length=20)
    unit = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    rule_before = models.CharField(max_length=400)
    rule_now = models.CharField(max_length=400)
    amount_before = models.BigIntegerField()
    amount_now = models.BigIntegerField(null=True, help_text="empty: it has no price any more")
    covered_before = models.BigIntegerField(help_text="base units that allowances gave")
    covered_now = models.BigIntegerField()
    uncollected_before = models.BigIntegerField(default=0, db_default=0, help_text="what nobody paid, micro-units")
    uncollected_now = models.BigIntegerField(default=0, db_default=0)
    takes_before = models.JSONField(default=dict, help_text="by bucket")
    takes_now = models.JSONField(default=dict, help_text="by bucket")
    kept = models.CharField(max_length=100, blank=True, help_text="why it is left as it is")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("owner", "record_id"), name="rerate_line_once"),)
        indexes = (
            models.Index(fields=("owner", "subscription", "sequence"), name="rerate_line_by_subscriber"),
            models.Index(fields=("record_id",), name="rerate_line_of_record"),
        )

    def __str__(self) -> str:
        return f"{self.sequence} of {self.owner_id}"


@tracked
class LineControl(BusinessModel):
    """What a line has of its own: a limit with its amount, a bar, a turbo."""

    subscription_id = models.UUIDField()
    kind = models.CharField(max_length=10, help_text="limit, bar or turbo")
    key = models.CharField(max_length=60, help_text="which one, of the brand's controls")
    is_on = models.BooleanField(default=True)
    amount = models.BigIntegerField(null=True, help_text="micro-units, of a limit; empty: the brand's own")
    hard = models.BooleanField(default=False, help_text="nobody can agree to go on above it")
    until = models.DateTimeField(null=True, help_text="when a turbo ends")
    set_by = models.CharField(max_length=10, help_text="customer or care")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subscription_id", "kind", "key"), name="line_control_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key} of {self.subscription_id}"


@tracked
class CapConsent(BusinessModel):
    """A customer agreed to go on above a limit, in one period: when, by what way, and what shows it."""

    subscription_id = models.UUIDField()
    customer_id = models.UUIDField()
    key = models.CharField(max_length=60, help_text="of which limit")
    starts = models.DateTimeField(help_text="the first instant of the period")
    given_at = models.DateTimeField(help_text="business clock")
    channel = models.CharField(max_length=40, help_text="how it was said: app, call, message")
    evidence = models.CharField(max_length=1000, help_text="what shows it: words of the message, number of the call")
    spent = models.BigIntegerField(help_text="micro-units, when it was given")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subscription_id", "key", "starts"), name="cap_consent_once"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.subscription_id} from {self.starts:%Y-%m-%d}"
