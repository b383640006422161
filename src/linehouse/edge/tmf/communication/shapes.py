"""The parts of a message in TMF681's words."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from linehouse.edge.tmf.kit.shapes import Characteristic, Instant, RelatedParty, Representation, Shape
from linehouse.notify.values import Channel

TYPES = {Channel.EMAIL: "Email", Channel.SMS: "SMS"}
"""The channels as `messageType` says them."""
CLASS = "messageClass"
"""Characteristic: legal, service or marketing."""


class Receiver(Shape):
    """`Receiver`: whose address is masked."""

    name: str | None = None
    email: str | None = None
    phone_number: str | None = None
    party: RelatedParty | None = None


class Sender(Shape):
    """`Sender`: the brand."""

    name: str | None = None
    email: str | None = None


class Attachment(Shape):
    """`Attachment`: a file that goes with the message."""

    id: str


class CommunicationMessage(Representation):
    """`CommunicationMessage`."""

    content: str
    subject: str | None = None
    description: str | None = None
    message_type: str
    priority: str | None = None
    state: str
    log_flag: bool
    try_times: int
    scheduled_send_time: Instant | None = None
    send_time: Instant
    send_time_complete: Instant | None = None
    receiver: list[Receiver]
    sender: Sender
    attachment: list[Attachment] | None = None
    characteristic: list[Characteristic]


class NewReceiver(Shape):
    """`Receiver` as a caller names it: a party, or an address."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    phone_number: str | None = None
    party: RelatedParty | None = None


class NewSender(Shape):
    """`Sender` as a caller names it; it is always the brand."""

    id: str | None = None
    name: str | None = None
    email: str | None = None


class NewAttachment(Shape):
    """`Attachment` as a caller sends it: its content, in Base64."""

    name: str
    mime_type: str
    content: str


class NewCharacteristic(Shape):
    """`Characteristic`: the class of the message."""

    name: str
    value: Any


class MessageCreate(Shape):
    """`CommunicationMessage_Create`: the attributes that are kept."""

    content: str
    message_type: str
    receiver: list[NewReceiver]
    sender: NewSender
    subject: str | None = None
    description: str | None = None
    priority: str | None = None
    log_flag: bool | None = None
    try_times: int | None = None
    scheduled_send_time: Instant | None = None
    attachment: list[NewAttachment] | None = None
    characteristic: list[NewCharacteristic] | None = None
    at_type: str | None = msgspec.field(name="@type", default=None)


class MessageUpdate(Shape):
    """`CommunicationMessage_Update`: what may change while it waits; `state` may become `cancelled`."""

    content: str | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    priority: str | UnsetType | None = UNSET
    scheduled_send_time: Instant | UnsetType = UNSET
    state: str | UnsetType = UNSET
