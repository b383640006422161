"""Registers the design system's templates, static files and template tags with Django."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The design system; it has no tables."""

    name = "linehouse.edge.ui"
    label = "ui"
