"""Django app of usage."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    """Files, records and suspense."""

    name = "linehouse.usage"
    label = "usage"
    default_auto_field = "django.db.models.BigAutoField"
