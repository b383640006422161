"""Django app of the work list."""

from django.apps import AppConfig


class WorklistConfig(AppConfig):
    """The brand's work list."""

    name = "linehouse.platform.worklist"
    label = "worklist"
    default_auto_field = "django.db.models.BigAutoField"
