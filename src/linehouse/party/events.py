"""Events of people and organisations. Names of changed fields are facts; their values are not told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class IndividualCreated(Event, name="party.individual.created", version=1, aggregate="individual_id"):
    """A person was recorded."""

    individual_id: UUID


class IndividualChanged(Event, name="party.individual.changed", version=1, aggregate="individual_id"):
    """Fields of a person changed."""

    individual_id: UUID
    fields: tuple[str, ...]


class IndividualStateChanged(Event, name="party.individual.state_changed", version=1, aggregate="individual_id"):
    """A person moved to another state."""

    individual_id: UUID
    old: str
    new: str


class OrganizationCreated(Event, name="party.organization.created", version=1, aggregate="organization_id"):
    """An organisation was recorded."""

    organization_id: UUID


class OrganizationChanged(Event, name="party.organization.changed", version=1, aggregate="organization_id"):
    """Fields of an organisation changed."""

    organization_id: UUID
    fields: tuple[str, ...]


class OrganizationStateChanged(Event, name="party.organization.state_changed", version=1, aggregate="organization_id"):
    """An organisation moved to another state."""

    organization_id: UUID
    old: str
    new: str


class SubjectRequestReceived(Event, name="party.subject_request.received", version=1, aggregate="request_id"):
    """Somebody asked what is known of them, or to be erased or corrected."""

    request_id: UUID
    number: str
    party_id: UUID
    kind: str
    due_at: datetime


class SubjectRequestMoved(Event, name="party.subject_request.state_changed", version=1, aggregate="request_id"):
    """A request of a data subject moved on."""

    request_id: UUID
    number: str
    party_id: UUID
    old: str
    new: str


class PartyErased(Event, name="party.party.erased", version=1, aggregate="party_id"):
    """A person or organisation was erased; what the law keeps is restricted."""

    party_id: UUID
    tables: int
