"""Django app of imports."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """The brand's imports and what came of each row."""

    name = "linehouse.platform.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"
