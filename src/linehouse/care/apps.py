"""Django app of contacts."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    """Tables of contacts, notes and follow-ups."""

    name = "linehouse.care"
    label = "care"
    default_auto_field = "django.db.models.BigAutoField"
