"""The table of proposals."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from linehouse.platform.approval.lifecycle import PROPOSAL
from linehouse.platform.models import (
    BusinessModel,
    CurrencyField,
    MicrosField,
    state_constraint,
    state_trigger,
    tracked,
)


@tracked
class ProposalRow(BusinessModel):
    """A change that somebody proposed, with what it would do and what became of it."""

    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=60)
    version = models.SmallIntegerField(help_text="of the payload")
    subject = models.CharField(max_length=200)
    changes = models.JSONField(help_text="triples of field, before, after")
    reason = models.CharField(max_length=1000)
    effect_micros = MicrosField(null=True)
    effect_currency = CurrencyField(blank=True)
    payload = models.JSONField()
    fingerprint = models.CharField(max_length=200, blank=True, help_text="the object when it was proposed")
    customer_id = models.UUIDField(null=True, db_index=True)
    state = models.CharField(max_length=10, default="proposed")
    proposer_kind = models.CharField(max_length=20)
    proposer_id = models.CharField(max_length=80)
    proposer_name = models.CharField(max_length=200)
    decider_id = models.CharField(max_length=80, blank=True)
    decider_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, help_text="business clock")
    note = models.CharField(max_length=1000, blank=True)
    result = models.CharField(max_length=1000, blank=True)
    expires_at = models.DateTimeField(help_text="business clock")

    class Meta:
        db_table = "approval_proposal"
        constraints = (
            state_constraint(PROPOSAL),
            models.CheckConstraint(
                name="approval_four_eyes",
                condition=~Q(state__in=("approved", "applied", "failed"))
                | (~Q(decider_id="") & ~Q(decider_id=F("proposer_id"))),
            ),
            models.CheckConstraint(
                name="approval_decided_iff_not_proposed",
                condition=Q(state="proposed", decided_at__isnull=True)
                | (~Q(state="proposed") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="approval_effect_has_currency",
                condition=Q(effect_micros__isnull=True, effect_currency="")
                | (Q(effect_micros__isnull=False) & ~Q(effect_currency="")),
            ),
        )
        triggers = (state_trigger(PROPOSAL),)
        indexes = (models.Index(fields=("state", "-created_at"), name="approval_by_state"),)

    def __str__(self) -> str:
        return self.number
