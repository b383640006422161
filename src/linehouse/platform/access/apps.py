"""Django app of log-ins."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Users of a realm."""

    name = "linehouse.platform.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
