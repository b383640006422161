"""Tables of payments."""

from __future__ import annotations

from django.db import models

from linehouse.payment.lifecycle import BANK_ENTRY, PAYMENT, REFUND
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
    reference = EncryptedTextField(
        of="payment_payment.reference", subject="customer_id", purpose=Purpose.LAW, blank=True
    )
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
    reference = EncryptedTextField(of="payment_bankentry.reference", subject="id", purpose=Purpose.HOUSE, blank=True)
    text = EncryptedTextField(of="payment_bankentry.text", subject="id", purpose=Purpose.HOUSE, blank=True)
    payer = EncryptedTextField(of="payment_bankentry.payer", subject="id", purpose=Purpose.HOUSE, blank=True)
    payer_account = EncryptedTextField(
        of="payment_bankentry.payer_account", subject="id", purpose=Purpose.HOUSE, blank=True
    )
    end_to_end = EncryptedTextField(of="payment_bankentry.end_to_end", subject="id", purpose=Purpose.HOUSE, blank=True)
    state = models.CharField(max_length=10, default="booked")
    reason = models.CharField(max_length=300, blank=True)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, related_name="entry")
    top_up = models.CharField(
        max_length=40,
        blank=True,
        db_default="",
        default="",
        help_text="number of the top-up, where it put money on a line",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("iban", "bank_ref"), name="bank_entry_once"),
            models.CheckConstraint(
                name="bank_entry_matched_has_effect",
                condition=models.Q(state="matched", payment__isnull=False, top_up="")
                | models.Q(state="matched", payment__isnull=True, top_up__gt="")
                | (~models.Q(state="matched") & models.Q(payment__isnull=True, top_up="")),
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


@tracked
class RefundBatch(BusinessModel):
    """Refunds that were given to the bank in one file."""

    number = models.CharField(max_length=40, unique=True)
    document_id = models.UUIDField()
    count = models.IntegerField()
    currency = CurrencyField()
    sum_micros = MicrosField()
    made_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.number


@tracked
class Refund(BusinessModel):
    """Unused credit of an account that is paid back."""

    number = models.CharField(max_length=40, unique=True)
    once = models.CharField(
        max_length=80, unique=True, help_text="the asker's key: the same again asks for nothing more"
    )
    state = models.CharField(max_length=10, default="requested")
    customer_id = models.UUIDField(db_index=True)
    party_id = models.UUIDField(help_text="whose bank account it is")
    billing_account_id = models.UUIDField(db_index=True)
    billing_account_number = models.CharField(max_length=40)
    currency = CurrencyField()
    amount_micros = MicrosField()
    iban = EncryptedTextField(of="payment_refund.iban", subject="party_id", purpose=Purpose.LAW)
    holder = EncryptedTextField(of="payment_refund.holder", subject="party_id", purpose=Purpose.LAW)
    reason = models.CharField(max_length=500)
    requested_by = models.CharField(max_length=200)
    proposal = models.CharField(max_length=40, blank=True, help_text="number of the proposal")
    batch = models.ForeignKey(RefundBatch, null=True, on_delete=models.PROTECT, related_name="refunds")
    paid_on = models.DateField(null=True)
    bank_ref = models.CharField(max_length=140, blank=True)
    outcome = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            state_constraint(REFUND),
            models.CheckConstraint(name="refund_positive", condition=models.Q(amount_micros__gt=0)),
            models.CheckConstraint(
                name="refund_exported_has_batch", condition=~models.Q(state="exported") | models.Q(batch__isnull=False)
            ),
        )
        triggers = (state_trigger(REFUND),)
        indexes = (models.Index(fields=("state", "-created_at"), name="refund_by_state"),)

    def __str__(self) -> str:
        return self.number


@tracked
class RefundShare(BusinessModel):
    """The part of a payment that a refund pays back."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="shares")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunded")
    currency = CurrencyField()
    micros = MicrosField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("refund", "payment"), name="refund_share_once"),
            models.CheckConstraint(name="refund_share_positive", condition=models.Q(micros__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.refund_id} {self.payment_id}"


@tracked
class RefusedStatement(BusinessModel):
    """A file of a bank that could not be taken; it is kept, and is over once the same content was taken."""

    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, unique=True)
    document_id = models.UUIDField()
    code = models.CharField(max_length=80)
    reason = models.CharField(max_length=1000)
    refused_at = models.DateTimeField(help_text="business clock; the last time")
    taken_at = models.DateTimeField(null=True, help_text="business clock")

    def __str__(self) -> str:
        return self.name
