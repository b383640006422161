"""Django app of charging."""

from django.apps import AppConfig


class ChargingConfig(AppConfig):
    """Rated usage."""

    name = "linehouse.charging"
    label = "charging"
    default_auto_field = "django.db.models.BigAutoField"
