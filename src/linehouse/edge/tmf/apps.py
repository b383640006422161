"""Django app of the TMF edge."""

from django.apps import AppConfig


class TmfConfig(AppConfig):
    """Listeners, deliveries and answered requests of the TM Forum APIs."""

    name = "linehouse.edge.tmf"
    label = "tmf"
    default_auto_field = "django.db.models.BigAutoField"
