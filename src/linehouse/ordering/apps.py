"""Django app of orders."""

from django.apps import AppConfig


class OrderingConfig(AppConfig):
    """Orders, their plans and cancellations."""

    name = "linehouse.ordering"
    label = "ordering"
    default_auto_field = "django.db.models.BigAutoField"
