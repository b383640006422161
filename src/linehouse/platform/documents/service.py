"""Keeping and finding files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linehouse.kernel.error import NotFound
from linehouse.kernel.ids import new_id
from linehouse.platform.documents.models import StoredDocument
from linehouse.platform.work import current_work


@dataclass(frozen=True, slots=True)
class Document:
    """A kept file with its content."""

    id: UUID
    name: str
    media_type: str
    kind: str
    subject: str
    sha256: str
    size: int
    created_at: datetime
    content: bytes


def store(name: str, media_type: str, data: bytes, *, kind: str, subject: str) -> UUID:
    """Keep a file in the surrounding unit of work; returns its id."""
    row = StoredDocument(
        id=new_id(),
        name=name,
        media_type=media_type,
        kind=kind,
        subject=subject,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        content=data,
        created_at=current_work().now,
    )
    row.save(force_insert=True)
    return row.id


def load(document_id: UUID) -> Document:
    """The file; raises NotFound."""
    row = StoredDocument.objects.filter(id=document_id).first()
    if row is None:
        raise NotFound("no such document", field="id", value=str(document_id))
    return Document(
        row.id,
        row.name,
        row.media_type,
        row.kind,
        row.subject,
        row.sha256,
        row.size,
        row.created_at,
        bytes(row.content),
    )
