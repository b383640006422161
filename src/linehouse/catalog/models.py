"""Tables of published catalogues. What is published is never edited; a version that has not begun can be withdrawn."""

from __future__ import annotations

import pgtrigger
from django.db import models

from linehouse.catalog.lifecycle import DRAFT, VERSION
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked


@tracked
class CatalogVersion(BusinessModel):
    """A version: in force from ``valid_from`` until a later one is."""

    number = models.IntegerField(unique=True)
    base_number = models.IntegerField(help_text="the version on which it was built; 0 for the first")
    valid_from = models.DateTimeField(help_text="business clock")
    published_by = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 over paths and texts of its files")
    state = models.CharField(max_length=12, default="published")

    class Meta:
        constraints = (state_constraint(VERSION),)
        triggers = (
            state_trigger(VERSION),
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "ROW(OLD.number, OLD.base_number, OLD.valid_from, OLD.digest)"
                    " IS DISTINCT FROM ROW(NEW.number, NEW.base_number, NEW.valid_from, NEW.digest)"
                ),
            ),
            pgtrigger.Protect(name="published_is_kept", operation=pgtrigger.Delete),
        )
        indexes = (models.Index(fields=("valid_from", "number"), name="catalog_version_in_force"),)

    def __str__(self) -> str:
        return f"catalog version {self.number}"


class CatalogFile(models.Model):
    """A file of a version, byte for byte as it was handed in, comments and all."""

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(CatalogVersion, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=200, help_text="below the brand's folder")
    text = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "path"), name="catalog_file_once"),)
        triggers = (pgtrigger.Protect(name="file_stays", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return self.path


class CatalogElement(BusinessModel):
    """One version of one offering, specification, tariff or the brand: what APIs and products refer to by id."""

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    version = models.IntegerField(help_text="grows by one each time changed content is published")
    digest = models.CharField(max_length=64, help_text="SHA-256 over its content")
    since = models.ForeignKey(CatalogVersion, on_delete=models.PROTECT, related_name="elements")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "key", "version"), name="catalog_element_version_once"),)
        triggers = (pgtrigger.Protect(name="element_stays", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.version}"


@tracked
class CatalogDraft(BusinessModel):
    """Changed files on top of a published version, worked on in the desk until they are published or given up."""

    number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200, help_text="what it is for, in its maker's words")
    base_number = models.IntegerField(help_text="the version whose files it changes")
    files = models.JSONField(default=dict, help_text="changed texts by path; null: the file goes")
    revision = models.IntegerField(default=1, help_text="grows with each change, so that nobody overwrites another's")
    opened_by = models.CharField(max_length=200)
    published_number = models.IntegerField(null=True, help_text="the version that came of it")
    proposal = models.CharField(max_length=40, blank=True, help_text="the proposal that another has to approve")
    state = models.CharField(max_length=12, default="open")

    class Meta:
        constraints = (state_constraint(DRAFT),)
        triggers = (state_trigger(DRAFT),)

    def __str__(self) -> str:
        return self.number


@tracked
class CatalogDeck(BusinessModel):
    """A carrier's rate deck that was handed in: its file, how it is read, and the drafts that came of it."""

    number = models.CharField(max_length=40, unique=True)
    tariff = models.CharField(max_length=120, help_text="the tariff that takes it")
    file_name = models.CharField(max_length=255)
    document_id = models.UUIDField(help_text="the kept file")
    heading = models.JSONField(default=list, help_text="the headings of its columns")
    columns = models.JSONField(default=dict, help_text="field → heading of its column")
    constants = models.JSONField(default=dict, help_text="field → text for all rows")
    settings = models.JSONField(default=dict, help_text="how days, zeros and what is left out are read; a new tariff")
    rows = models.IntegerField()
    opened_by = models.CharField(max_length=200)
    drafts = models.JSONField(default=list, help_text="day and draft of each day that it changes something")

    def __str__(self) -> str:
        return self.number
