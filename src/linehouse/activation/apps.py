"""Django app of provisioning."""

from django.apps import AppConfig


class ActivationConfig(AppConfig):
    """Lines and provisioning requests."""

    name = "linehouse.activation"
    label = "activation"
    default_auto_field = "django.db.models.BigAutoField"
