"""Django app of billing."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Charges, bill runs, invoices."""

    name = "linehouse.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"
