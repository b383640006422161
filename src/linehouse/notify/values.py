"""Notices, wordings and messages as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID


class MessageClass(StrEnum):
    """What a message is, which decides whether it may be held back."""

    LEGAL = "legal"
    """The law or the contract demands it: nothing suppresses it."""
    SERVICE = "service"
    """It belongs to what the customer ordered."""
    MARKETING = "marketing"
    """It advertises: consent, quiet hours and caps decide (ePrivacy Directive article 13)."""


class Channel(StrEnum):
    """By which way a message goes."""

    EMAIL = "email"
    SMS = "sms"


class VariableKind(StrEnum):
    """What a variable of a wording holds; it decides how the value is written in a language."""

    TEXT = "text"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    NUMBER = "number"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A name that a wording may use. The example is written as a caller gives it: ``27.95 EUR``, ``2026-11-30``."""

    name: str
    kind: VariableKind
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that is said to customers: its class, its variables, and the channels in the order they are tried.
    ``purpose`` is what consent is asked for; ``own`` marks what the brand added to what the product brings."""

    key: str
    title: str
    message_class: MessageClass
    channels: tuple[Channel, ...]
    variables: tuple[Variable, ...]
    purpose: str = "marketing"
    own: bool = False

    def variable(self, name: str) -> Variable | None:
        """The declared variable of that name."""
        return next((one for one in self.variables if one.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is said in one language by one channel. An SMS has only text; HTML may be empty."""

    subject: str = ""
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingVersion:
    """A version of a wording. Number 0 is what the product or the brand's files bring; it has no id."""

    id: UUID | None
    notice: str
    channel: Channel
    language: str
    number: int
    state: str
    wording: Wording
    note: str
    made_at: datetime | None
    made_by: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRules:
    """What holds for a channel. Quiet hours are local times and may pass midnight; ``cap`` messages of marketing in
    ``cap_days`` days (0: no cap); what is held longer than ``hold_hours`` is dropped; a receipt is waited for
    ``receipt_hours``."""

    channel: Channel
    quiet_from: time | None = None
    quiet_until: time | None = None
    zone_of: str = "recipient"
    cap: int = 0
    cap_days: int = 7
    hold_hours: int = 72
    receipt_hours: int = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who is no customer, or an address that a caller gives for one message."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as screens and APIs show it."""

    id: UUID
    template: str
    channel: str
    language: str
    customer_id: UUID | None
    subject_ref: str
    subject: str
    text: str
    state: str
    recipient_masked: str
    evidence: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    documents: tuple[UUID, ...]
    message_class: MessageClass = MessageClass.SERVICE
    channels: tuple[str, ...] = ()
    version: int = 0
    html: str = ""
    held_until: datetime | None = None
    due_at: datetime | None = None
    description: str = ""
    recipient_name: str = ""
    priority: str = ""
    tries: int = 0
    party_id: UUID | None = None

    @property
    def waits(self) -> bool:
        """Whether it has not been handed to anybody yet."""
        return self.state == "initial"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """The way of a message by one channel."""

    id: UUID
    channel: Channel
    state: str
    language: str
    version: int
    recipient_masked: str
    attempts: int
    parts: tuple[PartView, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A segment of an SMS, and what the centre said of it."""

    number: int
    state: str
    centre_id: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """One thing that happened to a message: when (business time), what, and in whose words."""

    at: datetime
    kind: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceView:
    """By which channels a customer wants to hear from the brand, the dearest first; empty: the notice decides."""

    customer_id: UUID
    channels: tuple[Channel, ...]
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """What a list of messages is narrowed to; empty means everything."""

    customer_id: UUID | None = None
    state: str = ""
    channel: str = ""
    message_class: str = ""
    template: str = ""
    search: str = ""
    written_from: date | None = None
    kept: bool = False
    """Whether those are left out that their author took away."""


def masked(address: str) -> str:
    """An address for those who need not see it: ``a…@example.org``, ``…678``."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}…{at}{domain}" if at else f"…{address[-3:]}"
