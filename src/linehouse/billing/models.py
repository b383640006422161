"""Tables of billing: charges that run, entries that prove what was billed, runs, invoices with lines and taxes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linehouse.billing.invoice import DocumentKind
from linehouse.billing.lifecycle import BILL, CREDIT, ISSUED, RUN, TASK
from linehouse.platform.models import (
    BusinessModel,
    CurrencyField,
    MicrosField,
    state_constraint,
    state_trigger,
    tracked,
)
from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.fields import EncryptedJSONField


@tracked
class Charge(BusinessModel):
    """A price that a product bears from a local day on; its terms are frozen as they were published."""

    account_id = models.UUIDField()
    account_number = models.CharField(max_length=40)
    customer_id = models.UUIDField(db_index=True)
    product_id = models.UUIDField(db_index=True)
    product_number = models.CharField(max_length=40)
    offering_key = models.CharField(max_length=80)
    price_key = models.CharField(max_length=80)
    catalog_version = models.IntegerField()
    terms = models.JSONField(help_text="the published price, with its clause")
    first_bill = models.CharField(max_length=12)
    start = models.DateField(help_text="first local day")
    end = models.DateField(null=True, help_text="first local day without it")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("product_id", "price_key", "start"), name="billing_charge_once"),
            models.CheckConstraint(
                name="billing_charge_ends_after_start", condition=Q(end__isnull=True) | Q(end__gte=models.F("start"))
            ),
        )
        indexes = (models.Index(fields=("account_id", "start"), name="billing_charge_account"),)

    def __str__(self) -> str:
        return f"{self.product_number}/{self.price_key}"


@tracked
class BillRun(BusinessModel):
    """A plan to bill the accounts whose cycle ends by a day."""

    number = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=12, default="draft")
    cycle_until = models.DateField()
    started_by = models.CharField(max_length=200)
    started_by_id = models.CharField(max_length=80, blank=True, help_text="actor's id")
    approved_by = models.CharField(max_length=200, blank=True)
    calculated_at = models.DateTimeField(null=True, help_text="business clock")
    posted_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (state_constraint(RUN),)
        triggers = (state_trigger(RUN),)

    def __str__(self) -> str:
        return self.number


@tracked
class Invoice(BusinessModel):
    """A bill: a draft without a number until it is posted, unchanging afterwards but for what is paid of it."""

    number = models.CharField(max_length=40, null=True, unique=True)
    kind = models.CharField(max_length=12, default=DocumentKind.INVOICE.value)
    state = models.CharField(max_length=14, default="new")
    run = models.ForeignKey(BillRun, null=True, on_delete=models.PROTECT, related_name="invoices")
    customer_id = models.UUIDField(db_index=True)
    customer_number = models.CharField(max_length=40)
    account_id = models.UUIDField(db_index=True)
    account_number = models.CharField(max_length=40)
    cut = models.DateField(help_text="it holds what began before this local day")
    period_start = models.DateField()
    period_end = models.DateField(help_text="first day after the period")
    issue_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    currency = CurrencyField()
    zone = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    payment_days = models.IntegerField()
    net_micros = MicrosField()
    tax_micros = MicrosField()
    gross_micros = MicrosField()
    paid_micros = MicrosField(default=0)
    payment_reference = models.CharField(max_length=25, null=True, unique=True)
    seller = models.JSONField(default=dict, help_text="the seller as on the day of issue")
    buyer = EncryptedJSONField(
        of="billing_invoice.buyer",
        subject="customer_id",
        purpose=Purpose.LAW,
        default=dict,
        blank=True,
        help_text="the buyer as on the day of issue",
    )
    hold_reason = models.CharField(max_length=500, blank=True)
    posted_at = models.DateTimeField(null=True, help_text="business clock")
    sent_at = models.DateTimeField(null=True, help_text="business clock")
    pdf_document_id = models.UUIDField(null=True)
    xml_document_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            state_constraint(BILL),
            models.CheckConstraint(
                name="billing_invoice_adds_up",
                condition=Q(gross_micros=models.F("net_micros") + models.F("tax_micros")),
            ),
            models.CheckConstraint(
                name="billing_invoice_number_iff_issued",
                condition=Q(state__in=ISSUED, number__isnull=False, issue_date__isnull=False, due_date__isnull=False)
                | (~Q(state__in=ISSUED) & Q(number__isnull=True)),
            ),
            models.CheckConstraint(
                name="billing_invoice_paid_within",
                condition=Q(paid_micros__gte=0, paid_micros__lte=models.F("gross_micros"))
                | Q(paid_micros__lte=0, paid_micros__gte=models.F("gross_micros")),
            ),
        )
        triggers = (state_trigger(BILL),)
        indexes = (
            models.Index(fields=("account_id", "due_date"), name="billing_invoice_due"),
            models.Index(fields=("run", "state"), name="billing_invoice_run"),
        )

    def __str__(self) -> str:
        return self.number or "draft"


class RunAccount(BusinessModel):
    """One account in a run, with what became of it."""

    run = models.ForeignKey(BillRun, on_delete=models.CASCADE, related_name="accounts")
    account_id = models.UUIDField()
    account_number = models.CharField(max_length=40)
    customer_id = models.UUIDField()
    cut = models.DateField(help_text="the account's own cycle end")
    state = models.CharField(max_length=10, default="waiting")
    code = models.CharField(max_length=100, blank=True, help_text="code of the error that parked it")
    reason = models.CharField(max_length=1000, blank=True)
    invoice = models.OneToOneField(Invoice, null=True, on_delete=models.SET_NULL, related_name="run_account")

    class Meta:
        constraints = (
            state_constraint(TASK),
            models.UniqueConstraint(fields=("run", "account_id"), name="billing_run_account_once"),
        )
        triggers = (state_trigger(TASK),)
        indexes = (
            models.Index(fields=("run", "state", "account_number"), name="billing_run_account_state"),
            models.Index(fields=("account_id", "state", "cut"), name="billing_run_account_cut"),
            models.Index(fields=("account_id",), condition=Q(state="parked"), name="billing_run_account_parked"),
        )

    def __str__(self) -> str:
        return f"{self.run_id}/{self.account_number}"


class InvoiceLine(models.Model):
    """A line of a bill. ``exact`` is the exact sum of its children in micro-units, as a fraction in text."""

    id = models.UUIDField(primary_key=True, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    number = models.IntegerField()
    subscription = models.CharField(max_length=40, help_text="product number")
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=120)
    label = models.JSONField()
    exact = models.CharField(max_length=80)
    amount_micros = MicrosField(help_text="in the price mode, rounded to the minor unit")
    net_micros = MicrosField()
    accrued_micros = MicrosField(default=0, help_text="net of usage that the journal already has")
    mode = models.CharField(max_length=5)
    tax_code = models.CharField(max_length=40)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2)
    tax_category = models.CharField(max_length=2)
    gl = models.CharField(max_length=80)
    clause = models.TextField(blank=True)
    covered_start = models.DateField(null=True)
    covered_end = models.DateField(null=True)
    quantity = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=8, blank=True)
    records = models.IntegerField(default=0)
    explanation = models.JSONField(default=dict)
    deferred = models.BooleanField(default=False, help_text="earned by day over the covered days")
    earned_micros = MicrosField(default=0, help_text="of a deferred line's net, what is revenue by now")
    earned_until = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("invoice", "number"), name="billing_line_number_once"),)
        indexes = (
            models.Index(
                fields=("covered_start", "id"),
                name="billing_line_unearned",
                condition=Q(deferred=True) & ~Q(net_micros=models.F("earned_micros")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.number}"


class InvoiceTax(models.Model):
    """What one rate comes to on a bill."""

    id = models.UUIDField(primary_key=True, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="taxes")
    position = models.IntegerField()
    code = models.CharField(max_length=40)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    category = models.CharField(max_length=2)
    mode = models.CharField(max_length=5)
    net_micros = MicrosField()
    tax_micros = MicrosField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("invoice", "code"), name="billing_tax_code_once"),)

    def __str__(self) -> str:
        return self.code


class BilledEntry(models.Model):
    """A billable fact, billed by one line. Its once-key makes a second bill of the same period impossible."""

    id = models.UUIDField(primary_key=True, editable=False)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="entries")
    line = models.OneToOneField(InvoiceLine, on_delete=models.CASCADE, related_name="entry")
    subscription = models.CharField(max_length=40)
    charge_key = models.CharField(max_length=120)
    period_start = models.DateField()
    period_end = models.DateField()
    revision = models.IntegerField()
    covered_start = models.DateField()
    covered_end = models.DateField()
    exact = models.CharField(max_length=80)
    currency = CurrencyField()
    amount_micros = MicrosField()
    reverses = models.IntegerField(null=True)
    tax_code = models.CharField(max_length=40)
    explanation = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("subscription", "charge_key", "period_start", "period_end", "revision"),
                name="billing_entry_once",
            ),
            models.CheckConstraint(
                name="billing_entry_sign",
                condition=Q(reverses__isnull=True, amount_micros__gte=0)
                | Q(reverses__isnull=False, amount_micros__lte=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.subscription}/{self.charge_key}/{self.period_start}/{self.revision}"


class BilledRecord(models.Model):
    """A rated usage record is summed by exactly one line."""

    record_id = models.UUIDField(primary_key=True, editable=False)
    line = models.ForeignKey(InvoiceLine, on_delete=models.CASCADE, related_name="usage")
    amount_micros = MicrosField()
    net_micros = MicrosField()
    clause = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return str(self.record_id)


class Settlement(BusinessModel):
    """Part of an invoice that was paid, or came back; once per reference."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="settlements")
    reference = models.CharField(max_length=140)
    amount_micros = MicrosField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("invoice", "reference"), name="billing_settlement_once"),)

    def __str__(self) -> str:
        return self.reference


class Recognition(BusinessModel):
    """A closing of recurring revenue: everything earned before the local day ``until`` is booked."""

    until = models.DateField(unique=True)
    lines = models.IntegerField()

    def __str__(self) -> str:
        return self.until.isoformat()


@tracked
class Credit(BusinessModel):
    """A credit that staff gave an account by hand, with the credit note that carries it."""

    number = models.CharField(max_length=40, unique=True)
    once = models.CharField(max_length=80, unique=True, help_text="the asker's key: the same again gives nothing more")
    state = models.CharField(max_length=10, default="given")
    account_id = models.UUIDField(db_index=True)
    account_number = models.CharField(max_length=40)
    customer_id = models.UUIDField(db_index=True)
    reason_code = models.CharField(max_length=30)
    note = models.CharField(max_length=500)
    currency = CurrencyField()
    gross_micros = MicrosField()
    net_micros = MicrosField()
    tax_micros = MicrosField()
    tax_code = models.CharField(max_length=40)
    given_by = models.CharField(max_length=200)
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="credit")
    reversal = models.OneToOneField(Invoice, null=True, on_delete=models.PROTECT, related_name="reverses_credit")

    class Meta:
        constraints = (
            state_constraint(CREDIT),
            models.CheckConstraint(
                name="billing_credit_adds_up",
                condition=Q(gross_micros__gt=0, gross_micros=models.F("net_micros") + models.F("tax_micros")),
            ),
            models.CheckConstraint(
                name="billing_credit_reversal_iff_reversed",
                condition=Q(state="reversed", reversal__isnull=False) | Q(state="given", reversal__isnull=True),
            ),
        )
        triggers = (state_trigger(CREDIT),)

    def __str__(self) -> str:
        return self.number
