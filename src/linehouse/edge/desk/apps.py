"""Registers the desk's templates with Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The agent desk; it has no tables."""

    name = "linehouse.edge.desk"
    label = "desk"
