"""Kept files."""

from __future__ import annotations

from django.db import models

from linehouse.kernel.ids import new_id


class StoredDocument(models.Model):
    """A file with its content and checksum. Rows are never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    kind = models.CharField(max_length=40, help_text="such as invoice.pdf, usage.raw, bank.statement")
    subject = models.CharField(max_length=100, help_text="business number of what it belongs to")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    content = models.BinaryField()
    sealed = models.BooleanField(default=False, help_text="whether the content is encrypted")
    created_at = models.DateTimeField(help_text="business clock")

    class Meta:
        indexes = (models.Index(fields=("kind", "subject"), name="document_of_subject"),)

    def __str__(self) -> str:
        return self.name
