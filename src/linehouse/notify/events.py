"""What notify tells the other rooms."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class MessageCompleted(Event, name="notify.message.completed", aggregate="message_id"):
    """The receiving server took the message."""

    message_id: UUID
    customer_id: UUID
    template: str
    channel: str
    subject_ref: str


class MessageFailed(Event, name="notify.message.failed", aggregate="message_id"):
    """The message could not be delivered; the reason is an error's code."""

    message_id: UUID
    customer_id: UUID
    template: str
    channel: str
    subject_ref: str
    reason: str
