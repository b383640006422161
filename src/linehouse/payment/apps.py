"""Django app of payments."""

from django.apps import AppConfig


class PaymentConfig(AppConfig):
    """The brand's payments."""

    name = "linehouse.payment"
    label = "payment"
    default_auto_field = "django.db.models.BigAutoField"
