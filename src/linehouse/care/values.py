"""Contacts as values (TMF683 PartyInteraction)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

ERASED = "[erased]"
"""What stands in the place of an erased text. The database lets a recorded text become this or nothing, no other."""
FOLLOW_UP_TASK = "care.follow_up"
"""The kind of task that a follow-up is in the work list; its key is the follow-up's id."""
TEXT_LIMIT = 4000
TOPIC_LIMIT = 200
ATTACHMENT_LIMIT = 5_000_000
"""Bytes of one attachment."""


class Channel(StrEnum):
    """Where a contact took place."""

    PHONE = "phone"
    EMAIL = "email"
    CHAT = "chat"
    SHOP = "shop"
    LETTER = "letter"
    SMS = "sms"
    SOCIAL = "social"
    WEB = "web"
    APP = "app"
    DEALER = "dealer"


class Direction(StrEnum):
    """Who began it: the party (inbound) or the brand (outbound)."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Visibility(StrEnum):
    """Who may read a note."""

    INTERNAL = "internal"
    CUSTOMER = "customer"


class ItemKind(StrEnum):
    """What a contact can be about. A ``ticket`` is known by its number alone; it lives in another system."""

    ORDER = "order"
    PRODUCT = "product"
    BILL = "bill"
    PAYMENT = "payment"
    ACCOUNT = "account"
    TICKET = "ticket"


TOPICS = (
    "bill",
    "payment",
    "order",
    "product",
    "usage",
    "network",
    "number",
    "SIM card",
    "personal data",
    "complaint",
    "termination",
    "other",
)
"""The usual topics; a free text is a topic as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a contact was about: a thing's id, or its business number, and what came of it."""

    kind: ItemKind | str
    id: UUID | None = None
    number: str = ""
    role: str = "subject"
    reason: str = ""
    resolution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttachment:
    """A file that goes with a contact."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInteraction:
    """A contact to record. The customer or the party may be named; a customer's party follows from it.

    ``began_at`` and ``ended_at`` are business time; without either the contact took place now. ``external_id`` is the
    caller's key: the same one again is the same contact. ``channel_ref`` keeps how a caller refers to the channel.
    """

    channel: Channel | str
    direction: Direction | str
    topic: str
    text: str = ""
    outcome: str = ""
    state: str = "completed"
    customer_id: UUID | None = None
    party_id: UUID | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    about: tuple[About, ...] = ()
    attachments: tuple[NewAttachment, ...] = ()
    follows: tuple[UUID, ...] = ()
    external_id: str = ""
    channel_ref: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationView:
    """A note on a contact."""

    id: UUID
    author: str
    at: datetime
    text: str
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One thing that a contact was about; ``id`` is None for a ticket of another system."""

    position: int
    kind: ItemKind
    id: UUID | None
    number: str
    role: str
    reason: str
    resolution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentView:
    """A file kept with a contact; ``size`` in bytes."""

    id: UUID
    document_id: UUID
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionView:
    """A contact. ``agent`` recorded it; instants are business time."""

    id: UUID
    number: str
    customer_id: UUID | None
    party_id: UUID | None
    channel: Channel
    channel_ref: tuple[tuple[str, str], ...]
    direction: Direction
    topic: str
    text: str
    outcome: str
    agent: str
    state: str
    state_at: datetime
    state_reason: str
    began_at: datetime
    ended_at: datetime | None
    external_id: str
    created_at: datetime
    follows: tuple[UUID, ...]
    items: tuple[ItemView, ...]
    annotations: tuple[AnnotationView, ...]
    attachments: tuple[AttachmentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFollowUp:
    """Something to be done for a customer. ``owner_id`` is a member of staff; empty leaves it to the queue."""

    customer_id: UUID
    text: str
    due_at: datetime
    interaction_id: UUID | None = None
    owner_id: str = ""
    owner_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpView:
    """Something to be done for a customer by ``due_at`` (business time)."""

    id: UUID
    customer_id: UUID
    interaction_id: UUID | None
    text: str
    due_at: datetime
    owner_id: str
    owner_name: str
    state: str
    outcome: str
    created_by: str
    created_at: datetime
    closed_at: datetime | None
    closed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionFilter:
    """Which contacts are wanted; what is empty does not narrow. ``since`` and ``until`` bound when it took place.

    ``with_id`` is a customer, or a party that is no customer.
    """

    customer_id: UUID | None = None
    party_id: UUID | None = None
    with_id: UUID | None = None
    channel: str = ""
    direction: str = ""
    state: str = ""
    topic: str = ""
    text: str = ""
    agent_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    number: str = ""
