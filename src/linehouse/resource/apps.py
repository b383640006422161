"""Django app of the stock."""

from django.apps import AppConfig


class ResourceConfig(AppConfig):
    """Numbers and SIM cards."""

    name = "linehouse.resource"
    label = "resource"
    default_auto_field = "django.db.models.BigAutoField"
