"""Django app of jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The brand's queue."""

    name = "linehouse.platform.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
