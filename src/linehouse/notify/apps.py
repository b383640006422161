"""Django app of messages."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """The brand's messages."""

    name = "linehouse.notify"
    label = "notify"
    default_auto_field = "django.db.models.BigAutoField"
