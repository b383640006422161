"""Django app of the read models."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Tables that hold nothing of their own: what they say can be built anew from events."""

    name = "linehouse.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"
