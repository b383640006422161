"""The timeline, a read model filled from events and built anew at will; and plans tried on usage of the past."""

from __future__ import annotations

from django.db import models

from linehouse.insight.lifecycle import WHAT_IF
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked


class TimelineRow(models.Model):
    """One event on one customer's timeline; its words are made when it is read."""

    event_id = models.UUIDField(primary_key=True, help_text="the event's id, so that it is here once")
    customer_id = models.UUIDField()
    position = models.BigIntegerField(help_text="the event's place in the log")
    at = models.DateTimeField(help_text="business clock")
    event = models.CharField(max_length=120)
    actor = models.CharField(max_length=200, blank=True)
    facts = models.JSONField()
    kind = models.CharField(max_length=20, db_default="other", help_text="what sort of thing happened")
    channel = models.CharField(max_length=30, blank=True, db_default="")
    direction = models.CharField(max_length=10, blank=True, db_default="")
    words = models.TextField(blank=True, db_default="", help_text="title and text in lower case, to be searched")

    class Meta:
        indexes = (
            models.Index(fields=("customer_id", "-at", "-position"), name="timeline_of_customer"),
            models.Index(fields=("customer_id", "kind", "-at", "-position"), name="timeline_of_kind"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.event_id}"


@tracked
class WhatIf(BusinessModel):
    """A plan that is tried on usage of the past: what was asked, how far it is, what it comes to."""

    number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200, help_text="what it is for, in its maker's words")
    origin = models.CharField(max_length=200, help_text="where the plan comes from: a draft, a version, a folder")
    files = models.JSONField(help_text="the catalog files of the plan, by path")
    period_from = models.DateTimeField(help_text="business clock; the first instant of the period")
    period_until = models.DateTimeField(help_text="business clock; the first instant after it")
    onto = models.CharField(max_length=120, blank=True, help_text="the offering that everybody would have")
    offering = models.CharField(max_length=120, blank=True, help_text="only who has this offering")
    accounts = models.JSONField(default=list, help_text="only these billing accounts, by number")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, default="running")
    fault = models.TextField(blank=True, help_text="why it failed")
    total = models.IntegerField(help_text="subscriptions to go through")
    done = models.IntegerField(default=0)
    left_out = models.IntegerField(default=0, help_text="subscriptions in another currency or without such a plan")
    last = models.UUIDField(null=True, help_text="the subscription up to which it is done")
    sums = models.JSONField(default=dict, help_text="totals so far, exact")
    started_by = models.CharField(max_length=200)

    class Meta:
        constraints = (state_constraint(WHAT_IF),)
        triggers = (state_trigger(WHAT_IF),)

    def __str__(self) -> str:
        return self.number


class WhatIfLine(models.Model):
    """One subscription's two sides, micro-units."""

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="lines")
    subscription_id = models.UUIDField()
    subscription = models.CharField(max_length=60)
    customer_id = models.UUIDField()
    account = models.CharField(max_length=60)
    offering_before = models.CharField(max_length=120)
    offering_after = models.CharField(max_length=120)
    records_before = models.IntegerField()
    records = models.IntegerField()
    unpriced = models.IntegerField(help_text="records that the plan does not price")
    no_cost_before = models.IntegerField()
    no_cost = models.IntegerField()
    bill_before = models.BigIntegerField()
    bill = models.BigIntegerField()
    difference = models.BigIntegerField()
    per_mille = models.BigIntegerField(null=True, help_text="difference in thousandths of what was paid before")
    net_before = models.BigIntegerField()
    net = models.BigIntegerField()
    cost_before = models.BigIntegerField()
    cost = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("owner", "subscription_id"), name="what_if_line_once"),)
        indexes = (models.Index(fields=("owner", "difference"), name="what_if_line_by_difference"),)

    def __str__(self) -> str:
        return f"{self.subscription} of {self.owner_id}"
