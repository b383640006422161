"""Django app of the catalogue."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Tables of what a brand has published."""

    name = "linehouse.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
