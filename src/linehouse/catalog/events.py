"""Events of the catalogue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class VersionPublished(Event, name="catalog.version.published", version=1, aggregate="catalog_version_id"):
    """A version was published; it is in force from ``valid_from`` (business time)."""

    catalog_version_id: UUID
    number: int
    base_number: int
    valid_from: datetime
    changed_offerings: tuple[str, ...]


class VersionWithdrawn(Event, name="catalog.version.withdrawn", version=1, aggregate="catalog_version_id"):
    """A version was taken back before it came into force."""

    catalog_version_id: UUID
    number: int


class DraftOpened(Event, name="catalog.draft.opened", version=1, aggregate="draft_id"):
    """Somebody began to change the catalogue on top of a version."""

    draft_id: UUID
    number: str
    base_number: int


class DraftChanged(Event, name="catalog.draft.changed", version=1, aggregate="draft_id"):
    """Files of a draft were changed, taken back, or moved onto a newer version (``base_number``)."""

    draft_id: UUID
    number: str
    base_number: int
    revision: int
    paths: tuple[str, ...]


class DraftClosed(Event, name="catalog.draft.closed", version=1, aggregate="draft_id"):
    """A draft was published (as ``version``) or given up."""

    draft_id: UUID
    number: str
    state: str
    version: int | None = None


class DraftReopened(Event, name="catalog.draft.reopened", version=1, aggregate="draft_id"):
    """A draft that was given up is worked on again."""

    draft_id: UUID
    number: str


class DeckReceived(Event, name="catalog.deck.received", version=1, aggregate="deck_id"):
    """A carrier's rate deck was handed in for a tariff."""

    deck_id: UUID
    number: str
    tariff: str
    rows: int


class DeckDrafted(Event, name="catalog.deck.drafted", version=1, aggregate="deck_id"):
    """A rate deck became drafts, one for each day on which it changes something."""

    deck_id: UUID
    number: str
    drafts: tuple[str, ...]
