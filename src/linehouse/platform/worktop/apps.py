"""Django app of what readers arrange for themselves."""

from django.apps import AppConfig


class WorktopConfig(AppConfig):
    """Saved filters, dashboards and offers to undo."""

    name = "linehouse.platform.worktop"
    label = "worktop"
    default_auto_field = "django.db.models.BigAutoField"
