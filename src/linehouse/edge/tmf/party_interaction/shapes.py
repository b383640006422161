"""Parts of a party interaction, with the specification's attribute names."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from linehouse.edge.tmf.kit.shapes import Instant, Note, PartyReference, Quantity, Representation, Shape, TimePeriod


class Channel(Shape):
    """`RelatedChannel`: `id` is one of the product's channels, `href` how the caller refers to it."""

    id: str
    href: str
    name: str | None = None
    role: str | None = None


class Thing(Shape):
    """`RelatedEntityRefOrValue`: what the item is about; `@referredType` says what it is.

    ProductOrder, Product, CustomerBill, Payment and BillingAccount are looked up by id; a TroubleTicket is named.
    """

    role: str
    referred_type: str = msgspec.field(name="@referredType")
    id: str | None = None
    href: str | None = None
    name: str | None = None


class Item(Shape):
    """`InteractionItem`: one thing that the interaction was about, and what came of it."""

    item: Thing
    id: str | None = None
    reason: str | None = None
    resolution: str | None = None
    creation_date: Instant | None = None


class AttachmentValue(Shape):
    """`AttachmentRefOrValue` as a caller sends it: the file itself, in base64."""

    content: str
    name: str
    mime_type: str
    attachment_type: str | None = None


class Attachment(Shape):
    """`AttachmentRefOrValue` as it is told: what is kept, without its content."""

    id: str
    name: str
    mime_type: str
    size: Quantity


class Relationship(Shape):
    """`InteractionRelationship`: an earlier interaction that this one goes on from."""

    id: str
    relationship_type: str
    href: str | None = None


class RelatedParty(Shape):
    """`RelatedParty` as it is told."""

    id: str
    href: str
    name: str | None = None
    role: str | None = None
    referred_type: str = msgspec.field(name="@referredType")


class PartyInteraction(Representation):
    """`PartyInteraction`."""

    creation_date: Instant
    description: str | None = None
    direction: str
    reason: str
    status: str
    status_change_date: Instant
    attachment: list[Attachment] | None = None
    channel: list[Channel]
    interaction_date: TimePeriod
    interaction_item: list[Item] | None = None
    interaction_relationship: list[Relationship] | None = None
    note: list[Note] | None = None
    related_party: list[RelatedParty] | None = None


class PartyInteractionCreate(Shape):
    """`PartyInteraction_Create`."""

    interaction_date: TimePeriod
    reason: str
    status: str
    direction: str
    channel: list[Channel]
    description: str | None = None
    attachment: list[AttachmentValue] | None = None
    interaction_item: list[Item] | None = None
    interaction_relationship: list[Relationship] | None = None
    note: list[Note] | None = None
    related_party: list[PartyReference] | None = None


class PartyInteractionUpdate(Shape):
    """`PartyInteraction_Update`: the status moves on, and notes are added; all else stays as it was recorded."""

    status: str | UnsetType = UNSET
    note: list[Note] | UnsetType | None = UNSET
