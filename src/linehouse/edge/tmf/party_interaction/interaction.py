"""TMF683 `partyInteraction`: a contact with a party."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from msgspec import UNSET

from linehouse.care import service
from linehouse.care.errors import InteractionKept
from linehouse.care.events import (
    InteractionAnnotated,
    InteractionRecorded,
    InteractionStateChanged,
    InteractionWithdrawn,
)
from linehouse.care.values import (
    About,
    AnnotationView,
    AttachmentView,
    InteractionFilter,
    InteractionView,
    ItemKind,
    ItemView,
    NewAttachment,
    RecordInteraction,
    Visibility,
)
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Note, PartyReference, Quantity, TimePeriod
from linehouse.edge.tmf.party_interaction.shapes import (
    Attachment,
    AttachmentValue,
    Channel,
    Item,
    PartyInteraction,
    PartyInteractionCreate,
    PartyInteractionUpdate,
    RelatedParty,
    Relationship,
    Thing,
)
from linehouse.party import service as party
from linehouse.platform.work import Actor

_GOES_ON = "continues"
_KINDS = {
    "ProductOrder": (ItemKind.ORDER, "productOrderingManagement", "productOrder"),
    "Product": (ItemKind.PRODUCT, "productInventory", "product"),
    "CustomerBill": (ItemKind.BILL, "customerBillManagement", "customerBill"),
    "Payment": (ItemKind.PAYMENT, "payment", "payment"),
    "BillingAccount": (ItemKind.ACCOUNT, "accountManagement", "billingAccount"),
    "TroubleTicket": (ItemKind.TICKET, "", ""),
}
_TYPES = {kind: (name, api, resource) for name, (kind, api, resource) in _KINDS.items()}


def represent(view: InteractionView, links: Links) -> PartyInteraction:
    """A contact as TMF683 says it. `reason` is its topic, `description` what was said."""
    description = "\n\n".join(filter(None, (view.text, view.outcome)))
    return PartyInteraction(
        id=str(view.id),
        creation_date=view.created_at,
        description=description or None,
        direction=view.direction.value,
        reason=view.topic,
        status=view.state,
        status_change_date=view.state_at,
        attachment=[_attachment(file) for file in view.attachments] or None,
        channel=[_channel(view)],
        interaction_date=TimePeriod(start_date_time=view.began_at, end_date_time=view.ended_at),
        interaction_item=[_item(item, view, links) for item in view.items] or None,
        interaction_relationship=[
            Relationship(
                id=str(earlier),
                relationship_type=_GOES_ON,
                href=links.to("partyInteraction", "partyInteraction", earlier),
            )
            for earlier in view.follows
        ]
        or None,
        note=[_note(note) for note in view.annotations] or None,
        related_party=_parties(view, links) or None,
    )


def _channel(view: InteractionView) -> Channel:
    told = dict(view.channel_ref)
    href = told.get("href") or f"urn:linehouse:channel:{view.channel.value}"
    return Channel(id=view.channel.value, href=href, name=told.get("name"), role=told.get("role"))


def _item(item: ItemView, view: InteractionView, links: Links) -> Item:
    kind, api, resource = _TYPES[item.kind]
    return Item(
        id=str(item.position),
        item=Thing(
            id=str(item.id) if item.id else None,
            href=links.to(api, resource, item.id) if item.id else None,
            name=item.number,
            role=item.role,
            referred_type=kind,
        ),
        reason=item.reason or None,
        resolution=item.resolution or None,
        creation_date=view.created_at,
    )


def _attachment(file: AttachmentView) -> Attachment:
    size = Quantity(amount=Decimal(file.size), units="bytes")
    return Attachment(id=str(file.id), name=file.name, mime_type=file.media_type, size=size)


def _note(note: AnnotationView) -> Note:
    return Note(id=str(note.id), author=note.author, date=note.at, text=note.text)


def _parties(view: InteractionView, links: Links) -> list[RelatedParty]:
    found = []
    if view.customer_id is not None:
        href = links.to("customerManagement", "customer", view.customer_id)
        found.append(RelatedParty(id=str(view.customer_id), href=href, role="customer", referred_type="Customer"))
    elif view.party_id is not None:
        kind = party.party(view.party_id).kind
        href = links.to("party", kind.value, view.party_id)
        word = kind.value.capitalize()
        found.append(RelatedParty(id=str(view.party_id), href=href, role="party", referred_type=word))
    return found


def create(body: PartyInteractionCreate, actor: Actor) -> InteractionView:
    """Record a contact; the client is its agent."""
    if len(body.channel) != 1:
        raise bad_body("/channel", "an interaction takes place in one channel")
    channel = body.channel[0]
    told = (("href", channel.href), ("name", channel.name or ""), ("role", channel.role or ""))
    customer_id, party_id = _whom(body.related_party or ())
    new = RecordInteraction(
        channel=channel.id,
        channel_ref=tuple((name, value[:300]) for name, value in told if value),
        direction=body.direction,
        topic=body.reason,
        text=body.description or "",
        state=body.status,
        customer_id=customer_id,
        party_id=party_id,
        began_at=body.interaction_date.start_date_time,
        ended_at=body.interaction_date.end_date_time,
        about=tuple(_about(item, position) for position, item in enumerate(body.interaction_item or ())),
        attachments=tuple(_file(file, position) for position, file in enumerate(body.attachment or ())),
        follows=tuple(
            _earlier(relation, position) for position, relation in enumerate(body.interaction_relationship or ())
        ),
    )
    view = service.record_interaction(new, actor=actor)
    for note in body.note or ():
        service.annotate(view.id, note.text, actor=actor, visibility=Visibility.INTERNAL)
    return service.find_interaction(id=view.id)


def _whom(parties: Sequence[PartyReference]) -> tuple[UUID | None, UUID | None]:
    if not parties:
        return None, None
    if len(parties) > 1:
        raise bad_body("/relatedParty/1", "an interaction is with one party; its agent is who records it")
    whom = parties[0]
    key = referred(whom.id, "/relatedParty/0/id")
    if whom.referred_type == "Customer":
        return key, None
    if whom.referred_type in ("Individual", "Organization"):
        return None, key
    raise bad_body("/relatedParty/0/@referredType", "expected Customer, Individual or Organization")


def _about(item: Item, position: int) -> About:
    thing = item.item
    pointer = f"/interactionItem/{position}/item"
    if thing.referred_type not in _KINDS:
        raise bad_body(f"{pointer}/@referredType", f"expected one of {', '.join(sorted(_KINDS))}")
    kind = _KINDS[thing.referred_type][0]
    named = thing.name or ""
    if kind is ItemKind.TICKET:
        key, named = None, named or thing.id or ""
    else:
        key = referred(thing.id, f"{pointer}/id") if thing.id else None
    return About(
        kind=kind,
        id=key,
        number=named,
        role=thing.role,
        reason=item.reason or "",
        resolution=item.resolution or "",
    )


def _file(file: AttachmentValue, position: int) -> NewAttachment:
    try:
        content = base64.b64decode(file.content, validate=True)
    except (binascii.Error, ValueError):
        raise bad_body(f"/attachment/{position}/content", "the content is no base64") from None
    return NewAttachment(name=file.name[:200], media_type=file.mime_type[:120], content=content)


def _earlier(relation: Relationship, position: int) -> UUID:
    pointer = f"/interactionRelationship/{position}"
    if relation.relationship_type != _GOES_ON:
        raise bad_body(f"{pointer}/relationshipType", f"the one relation that is kept is {_GOES_ON!r}")
    return referred(relation.id, f"{pointer}/id")


def patch(key: str, body: PartyInteractionUpdate, actor: Actor) -> InteractionView:
    """Move the status on, or add notes: those of the body without an id."""
    before = service.find_interaction(id=id_of(key))
    if body.note is not UNSET:
        _annotate(before, body.note or [], actor)
    if body.status is not UNSET:
        service.move_interaction(before.id, body.status, actor=actor)
    return service.find_interaction(id=before.id)


def _annotate(before: InteractionView, notes: Sequence[Note], actor: Actor) -> None:
    there = {str(note.id): note.text for note in before.annotations}
    sent = {note.id: note.text for note in notes if note.id}
    if sent != there:
        raise InteractionKept(
            "notes are added, never changed or removed",
            field="note",
            expected="the notes that are there as they are, and new ones without an id",
        )
    for note in notes:
        if not note.id:
            service.annotate(before.id, note.text, actor=actor, visibility=Visibility.INTERNAL)


def withdraw(key: str, actor: Actor) -> None:
    """Withdraw a contact: it is gone for APIs, and stays on record for staff."""
    service.withdraw_interaction(id_of(key), actor=actor, reason="deleted by API")


def search(narrow: Narrow) -> Slice[InteractionView]:
    """Contacts by status, direction, channel, reason or party, the newest first."""
    whose = narrow.get("relatedParty.id")
    with_id = id_or_none(whose)
    if whose and with_id is None:
        return Slice.empty()
    wanted = InteractionFilter(
        with_id=with_id,
        channel=narrow.get("channel.id") or "",
        direction=narrow.get("direction") or "",
        state=narrow.get("status") or "",
        topic=narrow.get("reason") or "",
    )
    return Slice(*service.find_interactions(wanted, offset=narrow.offset, limit=narrow.limit))


INTERACTION: Resource[InteractionView] = Resource(
    name="partyInteraction",
    kind="PartyInteraction",
    description="A contact with a party: a call, a mail, a chat, a visit",
    read="interaction.read",
    write="interaction.write",
    representation=PartyInteraction,
    represent=represent,
    search=search,
    narrows=("status", "direction", "reason", "channel.id", "relatedParty.id"),
    get=lambda key: service.find_interaction(id=id_of(key)),
    create=Create(PartyInteractionCreate, create),
    patch=Patch(PartyInteractionUpdate, patch),
    delete=withdraw,
    events=(
        EventMapping(InteractionRecorded, "PartyInteractionCreateEvent"),
        EventMapping(InteractionAnnotated, "PartyInteractionAttributeValueChangeEvent"),
        EventMapping(InteractionStateChanged, "PartyInteractionStatusChangeEvent"),
        EventMapping(InteractionWithdrawn, "PartyInteractionDeleteEvent"),
    ),
    pointers={
        "topic": "/reason",
        "text": "/description",
        "state": "/status",
        "began_at": "/interactionDate/startDateTime",
        "ended_at": "/interactionDate/endDateTime",
        "channel": "/channel/0/id",
        **{f"about.{n}": f"/interactionItem/{n}/item" for n in range(50)},
        **{f"attachments.{n}": f"/attachment/{n}/content" for n in range(50)},
        **{f"follows.{n}": f"/interactionRelationship/{n}/id" for n in range(50)},
    },
)
