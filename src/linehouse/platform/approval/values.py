"""Proposals as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linehouse.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Change:
    """One field of the object: what it is now and what it would be."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as screens and rooms see it. Instants are business time."""

    id: UUID
    number: str
    kind: str
    title: str
    version: int
    subject: str
    changes: tuple[Change, ...]
    reason: str
    effect: Money | None
    payload: Mapping[str, Any]
    state: str
    proposer_id: str
    proposer_name: str
    proposed_at: datetime
    decider_id: str
    decider_name: str
    decided_at: datetime | None
    note: str
    result: str
    expires_at: datetime
    customer_id: UUID | None

    @property
    def waits(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state == "proposed"
