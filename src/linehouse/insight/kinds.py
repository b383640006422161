"""How the entries of a timeline are sorted: by kind, by channel, by who began it. Decided from the event alone."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from linehouse.kernel.event import Event


class EntryKind(StrEnum):
    """What sort of thing happened."""

    CUSTOMER = "customer"
    CONTACT = "contact"
    MESSAGE = "message"
    ORDER = "order"
    PRODUCT = "product"
    NETWORK = "network"
    USAGE = "usage"
    ALLOWANCE = "allowance"
    BILL = "bill"
    PAYMENT = "payment"
    TASK = "task"
    APPROVAL = "approval"
    PRIVACY = "privacy"
    LOGIN = "log-in"
    OTHER = "other"


INBOUND, OUTBOUND = "inbound", "outbound"

_OF_ROOM: Final[Mapping[str, EntryKind]] = MappingProxyType(
    {
        "access": EntryKind.LOGIN,
        "activation": EntryKind.NETWORK,
        "approval": EntryKind.APPROVAL,
        "balance": EntryKind.ALLOWANCE,
        "billing": EntryKind.BILL,
        "care": EntryKind.CONTACT,
        "characteristics": EntryKind.CUSTOMER,
        "charging": EntryKind.USAGE,
        "customer": EntryKind.CUSTOMER,
        "inventory": EntryKind.PRODUCT,
        "notify": EntryKind.MESSAGE,
        "ordering": EntryKind.ORDER,
        "party": EntryKind.CUSTOMER,
        "payment": EntryKind.PAYMENT,
        "personal": EntryKind.PRIVACY,
        "privacy": EntryKind.PRIVACY,
        "resource": EntryKind.NETWORK,
        "usage": EntryKind.USAGE,
        "worklist": EntryKind.TASK,
    }
)
_OF_THING: Final[Mapping[str, EntryKind]] = MappingProxyType(
    {
        "billing.credit": EntryKind.PAYMENT,
        "care.follow_up": EntryKind.TASK,
        "party.consent": EntryKind.PRIVACY,
        "party.party": EntryKind.PRIVACY,
        "party.subject_request": EntryKind.PRIVACY,
        "usage.record": EntryKind.USAGE,
    }
)
_BEGUN_BY_THEM: Final = frozenset({"payment.payment.received", "ordering.order.captured"})


def kind_of(event_name: str) -> EntryKind:
    """The kind of an event, by its room unless its thing is another matter."""
    room, thing, _ = event_name.split(".")
    return _OF_THING.get(f"{room}.{thing}") or _OF_ROOM.get(room, EntryKind.OTHER)


def channel_of(event: Event) -> str:
    """Where it came in or went out: the event's own channel, the method of a payment; empty where it names none."""
    return str(getattr(event, "channel", "") or getattr(event, "method", ""))


def direction_of(event: Event) -> str:
    """Who began it: the customer (inbound), the brand (outbound); empty for what has no direction."""
    told = str(getattr(event, "direction", ""))
    if told:
        return told
    if event.event_name in _BEGUN_BY_THEM:
        return INBOUND
    return OUTBOUND if kind_of(event.event_name) is EntryKind.MESSAGE else ""
