"""Tables of payments."""

from __future__ import annotations

from django.db import models

from linehouse.payment.lifecycle import BANK_ENTRY, PAYMENT
from linehouse.platform.models import (
    BusinessModel,
    CurrencyField,
    MicrosField,
    state_constraint,
    state_trigger,
    tracked,
)


@tracked
class BankStatement(BusinessModel):
    """A file of a bank, read once."""

    number = models.CharField(max_length=100)
    iban = models.CharField(max_length=34)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, unique=True)
    delivery = models.CharField(max_length=40, blank=True, help_text="once-key of the inbox file that brought it")
    document_id = models.UUIDField()
    currency = CurrencyField()
    opening_micros = MicrosField()
    closing_micros = MicrosField()
    made_at = models.DateTimeField(help_text="the bank's clock")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("iban", "number"), name="bank_statement_once"),)

    def __str__(self) -> str:
        return self.number


@tracked
class Payment(BusinessModel):
    """Money of a billing account."""

    number = models.CharField(max_length=40, unique=True)
    customer_id = models.UUIDField(db_index=True)
    billing_account_id = models.UUIDField(db_index=True)
    billing_account_number = models.CharField(max_length=40)
    method = models.CharField(max_length=30)
    state = models.CharField(max_length=30, default="captured")
    currency = CurrencyField()
    amount_micros = MicrosField()
    left_micros = MicrosField()
    booked_on = models.DateField()
    reference = models.CharField(max_length=140, blank=True)
    bank_ref = models.CharField(max_length=140, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="payment_left_within",
                condition=models.Q(left_micros__gte=0, left_micros__lte=models.F("amount_micros")),
            ),
            models.CheckConstraint(name="payment_positive", condition=models.Q(amount_micros__gt=0)),
            state_constraint(PAYMENT),
        )
        triggers = (state_trigger(PAYMENT),)

    def __str__(self) -> str:
        return self.number


@tracked
class BankEntry(BusinessModel):
    """A booking of the bank; its key is the bank's own, so that it has its effect once."""

    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="entries")
    bank_ref = models.CharField(max_length=140)
    iban = models.CharField(max_length=34)
    currency = CurrencyField()
    amount_micros = MicrosField()
    booked_on = models.DateField()
    value_on = models.DateField()
    reference = models.CharField(max_length=140, blank=True)
    text = models.CharField(max_length=1000, blank=True)
    payer = models.CharField(max_length=140, blank=True)
    payer_account = models.CharField(max_length=34, blank=True)
    end_to_end = models.CharField(max_length=140, blank=True)
    state = models.CharField(max_length=10, default="booked")
    reason = models.CharField(max_length=300, blank=True)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, related_name="entry")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("iban", "bank_ref"), name="bank_entry_once"),
            models.CheckConstraint(
                name="bank_entry_matched_has_payment",
                condition=models.Q(state="matched", payment__isnull=False)
                | (~models.Q(state="matched") & models.Q(payment__isnull=True)),
            ),
            state_constraint(BANK_ENTRY),
        )
        triggers = (state_trigger(BANK_ENTRY),)
        indexes = (models.Index(fields=("state", "-booked_on"), name="bank_entry_by_state"),)

    def __str__(self) -> str:
        return self.bank_ref


@tracked
class Allocation(BusinessModel):
    """Part of a payment set against an invoice."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice_id = models.UUIDField(db_index=True)
    invoice_number = models.CharField(max_length=40)
    currency = CurrencyField()
    micros = MicrosField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("payment", "invoice_id"), name="allocation_once"),
            models.CheckConstraint(name="allocation_positive", condition=models.Q(micros__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.payment_id} {self.invoice_number}"
