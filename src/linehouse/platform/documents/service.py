"""Keeping and finding files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linehouse.kernel.error import NotFound
from linehouse.kernel.ids import new_id
from linehouse.platform.documents.errors import DocumentErased
from linehouse.platform.documents.models import StoredDocument
from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.seal import seal_octets, unseal_octets
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


PLACE = "documents_storeddocument.content"


@dataclass(frozen=True, slots=True)
class Sealing:
    """Under whose key a file is encrypted; nobody's: the brand's own."""

    purpose: Purpose
    subject: UUID | None = None


SEALED_FOR_THE_HOUSE = Sealing(Purpose.HOUSE)


def store(name: str, media_type: str, data: bytes, *, kind: str, subject: str, sealing: Sealing | None = None) -> UUID:
    """Keep a file in the surrounding unit of work; returns its id. What tells of people is sealed."""
    document_id = new_id()
    content = data
    if sealing is not None:
        content = seal_octets(data, PLACE, sealing.subject or document_id, sealing.purpose)
    row = StoredDocument(
        id=document_id,
        name=name,
        media_type=media_type,
        kind=kind,
        subject=subject,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        content=content,
        sealed=sealing is not None,
        created_at=current_work().now,
    )
    row.save(force_insert=True)
    return row.id


def discard(document_id: UUID) -> None:
    """Remove a file whose retention is over, in the surrounding unit of work. A second time changes nothing."""
    current_work()
    StoredDocument.objects.filter(id=document_id).delete()


def load(document_id: UUID) -> Document:
    """The file. Raises NotFound, DocumentErased."""
    row = StoredDocument.objects.filter(id=document_id).first()
    if row is None:
        raise NotFound("no such document", field="id", value=str(document_id))
    content = bytes(row.content)
    if row.sealed:
        opened = unseal_octets(content, PLACE)
        if opened is None:
            raise DocumentErased("the file belonged to somebody who was erased", field="id", value=str(document_id))
        content = opened
    return Document(
        row.id,
        row.name,
        row.media_type,
        row.kind,
        row.subject,
        row.sha256,
        row.size,
        row.created_at,
        content,
    )
