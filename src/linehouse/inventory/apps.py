"""Django app of what customers have."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Products and services."""

    name = "linehouse.inventory"
    label = "inventory"
    default_auto_field = "django.db.models.BigAutoField"
