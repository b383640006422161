"""Events of people and organisations. Names of changed fields are facts; their values are not told."""

from __future__ import annotations

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
