"""Django app of the control database."""

from django.apps import AppConfig


class ControlConfig(AppConfig):
    """Registry of brands; lives in the control database alone."""

    name = "linehouse.platform.control"
    label = "control"
    default_auto_field = "django.db.models.BigAutoField"
