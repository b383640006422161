"""Tables of what readers arrange."""

from __future__ import annotations

from django.db import models

from linehouse.platform.models import BusinessModel, tracked


@tracked
class SavedFilter(BusinessModel):
    """Search, filters and sorting of a list under a name."""

    owner_id = models.CharField(max_length=64)
    owner_name = models.CharField(max_length=200)
    screen = models.CharField(max_length=200, help_text="path of the list below the brand")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, help_text="what stands behind the question mark of the address")
    shared = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("owner_id", "screen", "name"), name="saved_filter_once"),)
        indexes = (models.Index(fields=("screen",), name="saved_filter_by_screen"),)

    def __str__(self) -> str:
        return self.name


@tracked
class Dashboard(BusinessModel):
    """The tiles that somebody wants to see, in their order."""

    owner_id = models.CharField(max_length=64, unique=True)
    tiles = models.JSONField(default=list, help_text="keys of metrics")

    def __str__(self) -> str:
        return f"dashboard of {self.owner_id}"


class UndoOffer(BusinessModel):
    """An act that can be undone for a while."""

    owner_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=60)
    what = models.CharField(max_length=300, help_text="the act and its object, without personal values")
    payload = models.TextField(help_text="what undoing needs, as JSON; sealed where it tells of a person")
    until = models.DateTimeField(help_text="machine clock")
    undone_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        indexes = (models.Index(fields=("owner_id", "until"), name="undo_offer_by_owner"),)

    def __str__(self) -> str:
        return self.what
