"""Tables of customers and billing accounts."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linehouse.catalog.values import TaxMode
from linehouse.customer.lifecycle import BILLING_ACCOUNT, CUSTOMER
from linehouse.customer.values import Delivery
from linehouse.party.values import PartyKind
from linehouse.platform.access.ownership import bound_dealer
from linehouse.platform.models import BusinessModel, CurrencyField, state_constraint, state_trigger, tracked
from linehouse.platform.personal.fields import EncryptedTextField

ERASED = "[erased]"
"""What stands for the name of somebody who was erased."""


class OwnCustomers(models.Manager["Customer"]):
    """The customers that the running code may reach: all, or those of the dealer to whom it is bound."""

    def get_queryset(self) -> models.QuerySet[Customer]:
        """Nothing of another dealer's, whatever is asked for."""
        rows, dealer = super().get_queryset(), bound_dealer()
        return rows if dealer is None else rows.filter(dealer=dealer) if dealer else rows.none()


class OwnAccounts(models.Manager["BillingAccount"]):
    """The accounts of the customers that the running code may reach."""

    def get_queryset(self) -> models.QuerySet[BillingAccount]:
        """Nothing of another dealer's, whatever is asked for."""
        rows, dealer = super().get_queryset(), bound_dealer()
        return rows if dealer is None else rows.filter(customer__dealer=dealer) if dealer else rows.none()


@tracked
class Customer(BusinessModel):
    """A party that buys (TMF629). ``name`` and ``language`` follow the party's."""

    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in PartyKind])
    party_id = models.UUIDField(db_index=True)
    name = EncryptedTextField(of="customer_customer.name", subject="party_id", erased=ERASED)
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=20, default="active")
    state_reason = EncryptedTextField(of="customer_customer.state_reason", subject="party_id", blank=True)
    external_id = models.CharField(max_length=120, blank=True, help_text="the registering system's own key")

    dealer = models.CharField(
        max_length=40, blank=True, default="", db_default="", db_index=True, help_text="who registered it, if a dealer"
    )

    objects = OwnCustomers()
    everyones = models.Manager()

    class Meta:
        constraints = (
            state_constraint(CUSTOMER),
            models.UniqueConstraint(
                fields=("dealer", "external_id"), condition=~models.Q(external_id=""), name="customer_external_id_once"
            ),
        )
        triggers = (state_trigger(CUSTOMER),)

    def __str__(self) -> str:
        return self.number


@tracked
class BillingAccount(BusinessModel):
    """Whose invoices: currency, cycle and the terms of payment (TMF666 BillingAccount)."""

    number = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="accounts")
    name = EncryptedTextField(of="customer_billingaccount.name", subject="party_id", erased=ERASED)
    state = models.CharField(max_length=20, default="active")
    currency = CurrencyField()
    cycle_day = models.SmallIntegerField(help_text="1 to 31, clamped to short months")
    zone = models.CharField(max_length=60, help_text="IANA time zone of billing dates")
    payment_terms_days = models.SmallIntegerField()
    price_mode = models.CharField(max_length=5, choices=[(mode.value, mode.value) for mode in TaxMode])
    tax_country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    language = models.CharField(max_length=8)
    delivery = ArrayField(
        models.CharField(max_length=10, choices=[(way.value, way.value) for way in Delivery]), default=list
    )
    opened_on = models.DateField(help_text="local to the account's zone")

    objects = OwnAccounts()

    class Meta:
        constraints = (
            state_constraint(BILLING_ACCOUNT),
            models.CheckConstraint(
                name="billing_account_cycle_day", condition=models.Q(cycle_day__gte=1, cycle_day__lte=31)
            ),
            models.CheckConstraint(
                name="billing_account_payment_terms",
                condition=models.Q(payment_terms_days__gte=0, payment_terms_days__lte=180),
            ),
        )
        triggers = (state_trigger(BILLING_ACCOUNT),)

    def __str__(self) -> str:
        return self.number

    @property
    def party_id(self) -> UUID:
        """Whose account it is."""
        return self.customer.party_id
