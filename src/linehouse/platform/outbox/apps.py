"""Django app of the outbox."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """The brand's event log."""

    name = "linehouse.platform.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
