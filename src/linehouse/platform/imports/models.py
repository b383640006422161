"""Tables of imports. What stands in a file stays in the kept file alone."""

from __future__ import annotations

from django.db import models

from linehouse.platform.imports.lifecycle import IMPORT, ROW
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked


@tracked
class Import(BusinessModel):
    """A file that is, or was, imported."""

    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=255)
    document_id = models.UUIDField(help_text="the kept file")
    columns = models.JSONField(default=dict, help_text="field → heading of its column")
    constants = models.JSONField(default=dict, help_text="field → text for all rows")
    state = models.CharField(max_length=10, default="received")
    rows = models.IntegerField()
    done = models.IntegerField(default=0, help_text="rows that the present try, run or undo has gone through")
    started_by = models.CharField(max_length=200)
    cleared = models.BooleanField(
        default=False, help_text="the file and all faults were removed when their time was over"
    )

    class Meta:
        constraints = (state_constraint(IMPORT),)
        triggers = (state_trigger(IMPORT),)

    def __str__(self) -> str:
        return self.number


class ImportRow(models.Model):
    """What came of one row. A try's rows are replaced by the next try and by the run."""

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="results")
    position = models.IntegerField(help_text="counted from 1, without the heading")
    tried = models.BooleanField(help_text="whether it stands for a try without effect")
    state = models.CharField(max_length=10)
    key = models.CharField(max_length=80, help_text="what makes it the same row again")
    ref = models.CharField(max_length=80, blank=True, help_text="business key of what it has become")
    before = models.JSONField(default=dict, help_text="what an undo needs; business keys and own characteristics")
    faults = models.JSONField(default=list, help_text="pairs of field and message")

    class Meta:
        constraints = (
            state_constraint(ROW),
            models.UniqueConstraint(fields=("owner", "position"), name="import_row_once"),
        )

    def __str__(self) -> str:
        return f"row {self.position} of {self.owner_id}"


class ImportedKey(models.Model):
    """A row that was taken and not undone: the same row again has no second effect."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    ref = models.CharField(max_length=80)
    owner = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "key"), name="imported_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
