"""What notify tells the other rooms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class MessageStarted(Event, name="notify.message.started", aggregate="message_id"):
    """The first attempt at a message was made."""

    message_id: UUID
    template: str
    channel: str


class MessageCompleted(Event, name="notify.message.completed", aggregate="message_id"):
    """The receiving server, or the handset, took the message."""

    message_id: UUID
    customer_id: UUID | None
    template: str
    channel: str
    subject_ref: str


class MessageFailed(Event, name="notify.message.failed", aggregate="message_id"):
    """The message could not be delivered by any channel; the reason is an error's code or the other side's words."""

    message_id: UUID
    customer_id: UUID | None
    template: str
    channel: str
    subject_ref: str
    reason: str


class MessageHeld(Event, name="notify.message.held", aggregate="message_id"):
    """A message of marketing waits, for quiet hours or a cap."""

    message_id: UUID
    template: str
    reason: str
    until: datetime


class MessageCancelled(Event, name="notify.message.cancelled", aggregate="message_id"):
    """The message is not sent: somebody cancelled it, or there is no consent, or it was held too long."""

    message_id: UUID
    customer_id: UUID | None
    template: str
    reason: str


class WordingPublished(Event, name="notify.wording.published", aggregate="wording_id"):
    """A new version of a wording is used from now on."""

    wording_id: UUID
    notice: str
    channel: str
    language: str
    number: int


class PreferenceChanged(Event, name="notify.preference.changed", aggregate="preference_id"):
    """A customer chose by which channels to be reached."""

    preference_id: UUID
    customer_id: UUID
    channels: tuple[str, ...]
