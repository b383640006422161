"""Django app of custom characteristics."""

from django.apps import AppConfig


class CharacteristicsConfig(AppConfig):
    """The brand's own characteristics and their values."""

    name = "linehouse.platform.characteristics"
    label = "characteristics"
    default_auto_field = "django.db.models.BigAutoField"
