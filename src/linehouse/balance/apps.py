"""Django app of balance."""

from django.apps import AppConfig


class BalanceConfig(AppConfig):
    """Buckets and their movements."""

    name = "linehouse.balance"
    label = "balance"
    default_auto_field = "django.db.models.BigAutoField"
