"""The stock, and who held what when."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

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
from linehouse.resource.lifecycle import NUMBER, SIM, VOUCHER, VOUCHER_BATCH
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


@tracked
class VoucherBatch(BusinessModel):
    """Vouchers that were made together: one value, one end."""

    number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="generating")
    currency = CurrencyField()
    face_micros = MicrosField()
    count = models.IntegerField()
    made = models.IntegerField(default=0)
    expires_at = models.DateTimeField(help_text="business clock; no voucher of the batch is used from then on")
    credit_days = models.IntegerField(null=True, help_text="how long the credit lasts that a voucher puts on a line")
    made_by = models.CharField(max_length=200)
    exported_at = models.DateTimeField(null=True, help_text="business clock; no PIN is in the house since then")
    exported_by = models.CharField(max_length=200, blank=True)
    document_id = models.UUIDField(null=True, help_text="the encrypted file")

    class Meta:
        constraints = (
            state_constraint(VOUCHER_BATCH),
            models.CheckConstraint(name="resource_batch_value", condition=Q(face_micros__gt=0, count__gt=0)),
            models.CheckConstraint(name="resource_batch_made", condition=Q(made__gte=0, made__lte=F("count"))),
        )
        triggers = (state_trigger(VOUCHER_BATCH),)

    def __str__(self) -> str:
        return self.number


@tracked
class Voucher(BusinessModel):
    """A voucher. Anybody may read its serial; its PIN is known to whoever holds it, and here by its hash alone."""

    batch = models.ForeignKey(VoucherBatch, on_delete=models.PROTECT, related_name="vouchers")
    serial = models.CharField(max_length=20, unique=True)
    pin_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=12, default="generated")
    sold_at = models.DateTimeField(null=True, help_text="business clock")
    sale = models.CharField(max_length=40, blank=True, help_text="number of the sale")
    redeemed_at = models.DateTimeField(null=True, help_text="business clock")
    redemptions = models.IntegerField(default=0, help_text="how often it was used, also what was taken back")
    redeemed_by = models.CharField(max_length=40, blank=True, help_text="number of the line")
    blocked_for = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            state_constraint(VOUCHER),
            models.CheckConstraint(
                name="resource_voucher_sold_before_used",
                condition=~Q(state__in=("sold", "redeemed", "refunded")) | Q(sold_at__isnull=False),
            ),
            models.CheckConstraint(
                name="resource_voucher_used_by_a_line",
                condition=Q(state="redeemed", redeemed_at__isnull=False, redeemed_by__gt="")
                | (~Q(state="redeemed") & Q(redeemed_at__isnull=True)),
            ),
        )
        triggers = (state_trigger(VOUCHER),)
        indexes = (models.Index(fields=("batch", "state", "serial"), name="resource_voucher_in_batch"),)

    def __str__(self) -> str:
        return self.serial


class VoucherPins(models.Model):
    """PINs that were not exported yet, sealed, some hundred to a row. The export takes them away."""

    id = models.UUIDField(primary_key=True)
    batch = models.ForeignKey(VoucherBatch, on_delete=models.PROTECT, related_name="pins")
    part = models.IntegerField()
    pins = EncryptedTextField(of="resource_voucherpins.pins", subject="batch_id", purpose=Purpose.HOUSE)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("batch", "part"), name="resource_pins_part"),)

    def __str__(self) -> str:
        return f"{self.batch_id} {self.part}"


@tracked
class PinLock(BusinessModel):
    """Wrong PINs of a line or of a channel, and until when it is locked."""

    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=60)
    wrong = models.IntegerField(default=0)
    since = models.DateTimeField(help_text="business clock; the first of the wrong ones that count")
    locked_until = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "key"), name="resource_pinlock_once"),
            models.CheckConstraint(name="resource_pinlock_kind", condition=Q(kind__in=("line", "channel"))),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
