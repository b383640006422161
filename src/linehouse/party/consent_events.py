"""The event of a consent."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class ConsentChanged(Event, name="party.consent.changed", version=1, aggregate="party_id"):
    """Somebody gave or withdrew a consent; ``channel`` is empty for all channels."""

    party_id: UUID
    purpose: str
    channel: str
    given: bool
    source: str
    customer_id: UUID | None = None
