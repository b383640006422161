"""Messages as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as screens and APIs show it."""

    id: UUID
    template: str
    channel: str
    language: str
    customer_id: UUID
    subject_ref: str
    subject: str
    text: str
    state: str
    recipient_masked: str
    evidence: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    documents: tuple[UUID, ...]


def masked(address: str) -> str:
    """An e-mail address for those who need not see it: ``a…@example.org``."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}…{at}{domain}"
