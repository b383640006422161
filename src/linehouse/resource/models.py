"""The stock, and who held what when."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked
from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.fields import EncryptedTextField
from linehouse.resource.lifecycle import NUMBER, SIM
from linehouse.resource.values import ResourceKind


@tracked
class Number(BusinessModel):
    """A subscriber number that the brand owns."""

    digits = models.CharField(max_length=15, unique=True, help_text="E.164 without the plus sign")
    state = models.CharField(max_length=12, default="available")
    holder = models.CharField(max_length=40, blank=True, help_text="number of the product that holds it")
    rests_until = models.DateTimeField(null=True, help_text="business clock; end of quarantine")

    class Meta:
        constraints = (
            state_constraint(NUMBER),
            models.CheckConstraint(
                name="resource_number_holder_iff_held",
                condition=Q(state__in=("reserved", "assigned"), holder__gt="")
                | Q(state__in=("available", "quarantine"), holder=""),
            ),
            models.CheckConstraint(
                name="resource_number_rest_iff_quarantine",
                condition=Q(state="quarantine", rests_until__isnull=False)
                | (~Q(state="quarantine") & Q(rests_until__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=("holder",), condition=Q(holder__gt=""), name="resource_number_one_per_holder"
            ),
        )
        triggers = (state_trigger(NUMBER),)
        indexes = (models.Index(fields=("state", "digits"), name="resource_number_by_state"),)

    def __str__(self) -> str:
        return f"number {self.pk}"


@tracked
class SimCard(BusinessModel):
    """A SIM card that the brand owns; it stays with its last holder when it is retired."""

    iccid = models.CharField(max_length=20, unique=True)
    imsi = models.CharField(max_length=15, unique=True)
    puk = EncryptedTextField(
        of="resource_simcard.puk", subject="id", purpose=Purpose.HOUSE, help_text="secret of the subscriber"
    )
    state = models.CharField(max_length=12, default="available")
    holder = models.CharField(max_length=40, blank=True, help_text="number of the product that holds it")

    class Meta:
        constraints = (
            state_constraint(SIM),
            models.CheckConstraint(
                name="resource_sim_holder_iff_held",
                condition=Q(state="available", holder="")
                | Q(state__in=("reserved", "assigned", "active", "suspended"), holder__gt="")
                | Q(state="retired"),
            ),
            models.UniqueConstraint(
                fields=("holder",),
                condition=Q(holder__gt="") & ~Q(state="retired"),
                name="resource_sim_one_per_holder",
            ),
        )
        triggers = (state_trigger(SIM),)
        indexes = (models.Index(fields=("state", "iccid"), name="resource_sim_by_state"),)

    def __str__(self) -> str:
        return f"SIM {self.pk}"


def _one_holder(kind: ResourceKind) -> ExclusionConstraint:
    # A range of one number stands for equality, which GiST offers for ranges without any extension.
    return ExclusionConstraint(
        name=f"resource_assignment_{kind}_once",
        expressions=[
            (Func(F("number"), F("number"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
            ("period", RangeOperators.OVERLAPS),
        ],
        condition=Q(kind=str(kind)),
    )


class Assignment(BusinessModel):
    """Who held a number or a SIM's IMSI in a period. Rows are added and closed, never otherwise changed."""

    kind = models.CharField(max_length=8)
    number = models.BigIntegerField(help_text="the digits as a number")
    digits = models.CharField(max_length=15)
    holder = models.CharField(max_length=40)
    period = DateTimeRangeField(help_text="business clock")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="resource_assignment_kind_known", condition=Q(kind__in=[str(kind) for kind in ResourceKind])
            ),
            *(_one_holder(kind) for kind in ResourceKind),
        )
        indexes = (
            models.Index(fields=("kind", "number"), name="resource_assignment_lookup"),
            models.Index(fields=("holder",), name="resource_assignment_holder"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.holder}"
