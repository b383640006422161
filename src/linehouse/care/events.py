"""What care tells the other rooms. Texts are not told: they may hold anything about a person."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class InteractionRecorded(Event, name="care.interaction.recorded", version=1, aggregate="interaction_id"):
    """A contact was recorded. ``topic`` is one of the brand's words, or ``other`` for a free text."""

    interaction_id: UUID
    customer_id: UUID | None
    number: str
    channel: str
    direction: str
    topic: str
    state: str
    about: tuple[str, ...] = ()


class InteractionStateChanged(Event, name="care.interaction.state_changed", version=1, aggregate="interaction_id"):
    """A contact moved to another state."""

    interaction_id: UUID
    customer_id: UUID | None
    number: str
    old: str
    new: str


class InteractionAnnotated(Event, name="care.interaction.annotated", version=1, aggregate="interaction_id"):
    """A note was added to a contact. ``visibility`` is ``internal`` or ``customer``."""

    interaction_id: UUID
    customer_id: UUID | None
    number: str
    annotation_id: UUID
    visibility: str


class InteractionWithdrawn(Event, name="care.interaction.withdrawn", version=1, aggregate="interaction_id"):
    """A contact was withdrawn: recorded by mistake. It stays on record, marked."""

    interaction_id: UUID
    customer_id: UUID | None
    number: str


class FollowUpCreated(Event, name="care.follow_up.created", version=1, aggregate="follow_up_id"):
    """Something is to be done for a customer by a time."""

    follow_up_id: UUID
    customer_id: UUID
    interaction_id: UUID | None
    interaction_number: str
    due: str


class FollowUpDone(Event, name="care.follow_up.done", version=1, aggregate="follow_up_id"):
    """What was to be done for a customer has been done (``outcome`` done) or given up (``dropped``)."""

    follow_up_id: UUID
    customer_id: UUID
    interaction_id: UUID | None
    interaction_number: str
    outcome: str
