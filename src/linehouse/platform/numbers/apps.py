"""Django app of number series."""

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    """The brand's series."""

    name = "linehouse.platform.numbers"
    label = "numbers"
    default_auto_field = "django.db.models.BigAutoField"
