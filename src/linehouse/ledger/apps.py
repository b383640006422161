"""Django app of the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The brand's journal."""

    name = "linehouse.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
