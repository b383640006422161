"""TMF681 `communicationMessage`: a message to somebody, by one channel or several in turn."""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

import msgspec
from msgspec import UNSET

from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.edge.tmf.communication.shapes import (
    CLASS,
    TYPES,
    Attachment,
    CommunicationMessage,
    MessageCreate,
    MessageUpdate,
    NewAttachment,
    NewReceiver,
    Receiver,
    Sender,
)
from linehouse.edge.tmf.kit.declaration import Create, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Characteristic, RelatedParty
from linehouse.notify import service as notify
from linehouse.notify.service.writing import TRIES
from linehouse.notify.values import Channel, MessageFilter, MessageView, Recipient
from linehouse.platform.documents.service import store
from linehouse.platform.work import Actor, unit_of_work

_CHANNELS = {word.lower(): channel for channel, word in TYPES.items()}
_LARGEST = 10 * 1024 * 1024
"""Octets of all attachments of a message."""


def represent(view: MessageView, links: Links) -> CommunicationMessage:
    """A message as TMF681 says it. Addresses are masked; whoever may see them finds them at the party."""
    brand = catalog.published().brand
    sms = view.channel == Channel.SMS
    party = None
    if view.customer_id:
        customer = str(view.customer_id)
        party = RelatedParty(
            id=customer,
            href=links.to("customerManagement", "customer", customer),
            role="customer",
            referred_type="Customer",
        )
    return CommunicationMessage(
        id=str(view.id),
        content=view.text,
        subject=view.subject or None,
        description=view.description or None,
        message_type=TYPES[Channel(view.channel)],
        priority=view.priority or None,
        state=view.state,
        log_flag=True,
        try_times=view.tries,
        scheduled_send_time=view.due_at or view.held_until,
        send_time=view.created_at,
        send_time_complete=view.sent_at,
        receiver=[
            Receiver(
                name=view.recipient_name or None,
                email=None if sms else view.recipient_masked or None,
                phone_number=view.recipient_masked or None if sms else None,
                party=party,
            )
        ],
        sender=Sender(name=brand.name, email=brand.legal_entity.email),
        attachment=[Attachment(id=str(document)) for document in view.documents] or None,
        characteristic=[
            Characteristic(name=CLASS, value=view.message_class.value, value_type="string"),
            *([Characteristic(name="notice", value=view.template, value_type="string")] if view.template else []),
            *([Characteristic(name="evidence", value=view.evidence, value_type="string")] if view.evidence else []),
        ],
    )


def search(narrow: Narrow) -> Slice[MessageView]:
    """Messages by state, type or customer."""
    customer = narrow.get("receiver.party.id")
    customer_id = id_or_none(customer)
    kind = narrow.get("messageType")
    if (customer and customer_id is None) or (kind and kind not in TYPES.values()):
        return Slice.empty()
    wanted = MessageFilter(
        customer_id=customer_id,
        state=narrow.get("state") or "",
        channel=_CHANNELS[kind.lower()] if kind else "",
        kept=True,
    )
    values, total = notify.messages(wanted, offset=narrow.offset, limit=narrow.limit)
    return Slice(values, total)


def get(key: str) -> MessageView:
    """One message that nobody deleted."""
    return notify.message(id_of(key), kept=True)


def create(body: MessageCreate, actor: Actor) -> MessageView:
    """Write a message; it goes as soon as it may."""
    channel = _CHANNELS.get(body.message_type.lower())
    if channel is None:
        raise bad_body("/messageType", f"there is no {body.message_type[:40]!r}; there are {', '.join(TYPES.values())}")
    if len(body.receiver) != 1:
        raise bad_body("/receiver", "a message has one receiver; send one message for each")
    if body.log_flag is False:
        raise bad_body("/logFlag", "every message is kept as evidence")
    ours = catalog.published().brand.legal_entity.email
    if body.sender.email and body.sender.email.lower() != ours.lower():
        raise bad_body("/sender/email", f"messages come from {ours}")
    message_class = "service"
    for place, one in enumerate(body.characteristic or []):
        if one.name != CLASS:
            raise bad_body(f"/characteristic/{place}/name", f"{CLASS} is the only characteristic of a new message")
        message_class = str(one.value)
    customer_id, to = _whom(body.receiver[0], channel)
    with unit_of_work(actor, "a message by API"):
        made = notify.send_text(
            body.content,
            subject=body.subject or "",
            channel=channel,
            customer_id=customer_id,
            to=to,
            message_class=message_class,
            documents=[_kept(one, place) for place, one in enumerate(body.attachment or [])],
            due=body.scheduled_send_time,
            description=body.description or "",
            priority=body.priority or "",
            tries=TRIES if body.try_times is None else body.try_times,
        )
        return notify.message(made)


def _whom(receiver: NewReceiver, channel: Channel) -> tuple[UUID | None, Recipient]:
    to = Recipient(name=receiver.name or "", email=receiver.email or "", phone=receiver.phone_number or "")
    party = receiver.party
    if party is not None:
        key = referred(party.id, "/receiver/0/party/id")
        if party.referred_type in (None, "Customer"):
            return customers.customer_view(key).id, to
        found = customers.customers_of_party(key)
        if not found:
            raise bad_body("/receiver/0/party/id", "this party is no customer")
        return found[0].id, to
    if not (to.email if channel is Channel.EMAIL else to.phone):
        word = "email" if channel is Channel.EMAIL else "phoneNumber"
        raise bad_body("/receiver/0", f"a receiver has a party, or {word} for this messageType")
    return None, to


def _kept(file: NewAttachment, place: int) -> UUID:
    try:
        content = base64.b64decode(file.content, validate=True)
    except binascii.Error:
        raise bad_body(f"/attachment/{place}/content", "this is no Base64") from None
    if not 0 < len(content) <= _LARGEST:
        raise bad_body(f"/attachment/{place}/content", f"1 to {_LARGEST} octets")
    return store(file.name, file.mime_type, content, kind="message", subject="by API")


def patch(key: str, body: MessageUpdate, actor: Actor) -> MessageView:
    """Change a message that waits, or cancel it."""
    message_id = id_of(key)
    get(key)
    if body.state is not UNSET and body.state != get(key).state:
        if body.state != "cancelled":
            raise bad_body("/state", "a caller may only cancel a message")
        notify.cancel_message(message_id, actor=actor, reason="cancelled by API")
    changes = {
        name: value
        for name, value in msgspec.structs.asdict(body).items()
        if value is not UNSET and name not in ("state", "content", "scheduled_send_time")
    }
    given = {name: value or "" for name, value in changes.items()}
    if body.content is not UNSET:
        given["text"] = body.content
    due = None if body.scheduled_send_time is UNSET else body.scheduled_send_time
    if given or due:
        notify.change_message(message_id, actor=actor, due=due, **given)
    return get(key)


def delete(key: str, actor: Actor) -> None:
    """Take a message away that nobody has got; what has reached somebody stays as evidence."""
    notify.remove_message(id_of(key), actor=actor)


COMMUNICATION_MESSAGE: Resource[MessageView] = Resource(
    name="communicationMessage",
    kind="CommunicationMessage",
    description="A message to a customer or to somebody else, with its state and the evidence of its delivery",
    read="message.read",
    write="message.write",
    representation=CommunicationMessage,
    represent=represent,
    search=search,
    narrows=("state", "messageType", "receiver.party.id"),
    get=get,
    create=Create(MessageCreate, create),
    patch=Patch(MessageUpdate, patch),
    delete=delete,
    pointers={
        "text": "/content",
        "subject": "/subject",
        "tries": "/tryTimes",
        "message_class": "/characteristic",
        "customer": "/receiver",
        "state": "/state",
    },
)
