"""Django app of documents."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The brand's kept files."""

    name = "linehouse.platform.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
