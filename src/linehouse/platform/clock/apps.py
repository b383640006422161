"""Django app of the business clock."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """One row per brand database."""

    name = "linehouse.platform.clock"
    label = "clock"
    default_auto_field = "django.db.models.BigAutoField"
