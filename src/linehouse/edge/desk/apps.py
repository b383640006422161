"""Registers the desk's templates with Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The agent desk; it has no tables."""

    name = "linehouse.edge.desk"
    label = "desk"

    def ready(self) -> None:
        """Let lists offer their readers' saved filters, and declare which acts can be undone."""
        from linehouse.edge.desk import saved_filters, undoable
        from linehouse.edge.ui.listing import saved_filters_by

        undoable.declare()
        saved_filters_by(saved_filters.chips)
