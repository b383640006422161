"""Django app of approval."""

from django.apps import AppConfig


class ApprovalConfig(AppConfig):
    """The brand's proposals."""

    name = "linehouse.platform.approval"
    label = "approval"
    default_auto_field = "django.db.models.BigAutoField"
