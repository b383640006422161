"""Keys of subjects and the index of names.

Neither table is tracked: a history of keys or of search words would outlive the erasure.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from linehouse.kernel.ids import new_id
from linehouse.platform.personal.cipher import Purpose


class SubjectKey(models.Model):
    """The data key of a subject for one purpose, wrapped by a master key; destroyed, the row stays without it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.UUIDField(help_text="party; zero for keys of the brand itself")
    purpose = models.CharField(max_length=10, choices=[(purpose.value, purpose.value) for purpose in Purpose])
    master = models.CharField(max_length=40, help_text="id of the master key that wraps it")
    wrapped = models.BinaryField(null=True, help_text="nothing: destroyed")
    made_at = models.DateTimeField(help_text="business clock")
    destroyed_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("subject", "purpose"), name="subject_key_once"),
            models.CheckConstraint(
                name="subject_key_destroyed_iff_gone",
                condition=models.Q(wrapped__isnull=True, destroyed_at__isnull=False)
                | models.Q(wrapped__isnull=False, destroyed_at__isnull=True),
            ),
        )
        indexes = (models.Index(fields=("master",), name="subject_key_by_master"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject}"


class NameSearch(models.Model):
    """By what a subject is found: keyed hashes of the beginnings of its words. Erasure removes the row."""

    subject = models.UUIDField(primary_key=True)
    tokens = ArrayField(models.BigIntegerField(), help_text="keyed hashes; names cannot be read from them")
    initials = models.CharField(max_length=2, help_text="first two letters, by which long lists are sorted")

    class Meta:
        indexes = (
            GinIndex(fields=("tokens",), name="name_search_tokens"),
            models.Index(fields=("initials", "subject"), name="name_search_initials"),
        )

    def __str__(self) -> str:
        return str(self.subject)


class AccessEntry(models.Model):
    """That somebody looked at a person's data, or was told them. Rows are only added; old ones end by retention."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.UUIDField()
    at = models.DateTimeField(help_text="machine clock")
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=60)
    actor = models.CharField(max_length=200)
    through = models.CharField(max_length=20, help_text="screen, unmask, export, api")
    what = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = (models.Index(fields=("subject", "-at"), name="access_entry_of_subject"),)

    def __str__(self) -> str:
        return f"{self.actor} {self.through} {self.at}"
