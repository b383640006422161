"""Django app of customers and billing accounts."""

from django.apps import AppConfig


class CustomerConfig(AppConfig):
    """Tables of a brand's customers."""

    name = "linehouse.customer"
    label = "customer"
    default_auto_field = "django.db.models.BigAutoField"
