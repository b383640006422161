"""Django app of people and organisations."""

from django.apps import AppConfig


class PartyConfig(AppConfig):
    """Tables of a brand's parties."""

    name = "linehouse.party"
    label = "party"
    default_auto_field = "django.db.models.BigAutoField"
