"""Django app of personal values."""

from django.apps import AppConfig


class PersonalConfig(AppConfig):
    """Keys of subjects and the index of names."""

    name = "linehouse.platform.personal"
    label = "personal"
    default_auto_field = "django.db.models.BigAutoField"
