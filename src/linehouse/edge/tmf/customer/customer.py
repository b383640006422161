"""TMF629 `customer`: a party that buys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET, UnsetType

from linehouse.customer import service
from linehouse.customer.events import CustomerChanged, CustomerCreated, CustomerStateChanged
from linehouse.customer.values import CustomerView, RegisterCustomer
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import (
    Characteristic,
    PartyReference,
    Ref,
    RelatedParty,
    Representation,
    Shape,
    TimePeriod,
)
from linehouse.edge.tmf.own_values import CUSTOMER as ENTITY
from linehouse.edge.tmf.own_values import own_of, set_own, told
from linehouse.edge.tmf.party.media import POINTERS, ContactMedium, contact, represented
from linehouse.kernel.error import Invalid
from linehouse.party.values import PartyKind
from linehouse.platform.characteristics.events import ValuesChanged
from linehouse.platform.characteristics.values import Held
from linehouse.platform.work import Actor

_PARTY = {PartyKind.INDIVIDUAL: ("individual", "Individual"), PartyKind.ORGANIZATION: ("organization", "Organization")}
_REASON = "changed by API"


class Customer(Representation):
    """`Customer`."""

    name: str
    status: str
    status_reason: str | None = None
    engaged_party: RelatedParty
    account: list[Ref]
    contact_medium: list[ContactMedium] | None = None
    characteristic: list[Characteristic]
    valid_for: TimePeriod


class CustomerCreate(Shape):
    """`Customer_Create`: the party that buys, known already (TMF632). A first billing account comes with it.

    `name` is the party's name; of `characteristic`, externalId is the caller's own key, the others are the brand's own.
    """

    name: str
    engaged_party: PartyReference
    characteristic: list[Characteristic] | None = None


class CustomerUpdate(Shape):
    """`Customer_Update`: a new `status` is a move of its lifecycle, for the `statusReason` that is given with it."""

    status: str | UnsetType = UNSET
    status_reason: str | UnsetType | None = UNSET
    contact_medium: list[ContactMedium] | UnsetType | None = UNSET
    characteristic: list[Characteristic] | UnsetType | None = UNSET


def represent(view: CustomerView, links: Links) -> Customer:
    """A customer as TMF629 says it."""
    return represent_many([view], links)[0]


def represent_many(views: Sequence[CustomerView], links: Links) -> list[Customer]:
    """Several of them; their own characteristics are asked for once."""
    own = own_of(ENTITY, [view.id for view in views])
    return [_one(view, own.get(view.id, ()), links) for view in views]


def built_in(view: CustomerView) -> dict[str, object]:
    """The characteristics that every customer has."""
    found: dict[str, object] = {"customerNumber": view.number}
    return found | ({"externalId": view.external_id} if view.external_id else {})


def _one(view: CustomerView, own: Sequence[Held], links: Links) -> Customer:
    resource, kind = _PARTY[view.kind]
    characteristics = [Characteristic(name=name, value=value) for name, value in built_in(view).items()]
    characteristics += told(own)
    return Customer(
        id=str(view.id),
        name=view.name,
        status=view.state,
        status_reason=view.state_reason or None,
        engaged_party=RelatedParty(
            id=str(view.party_id),
            href=links.to("party", resource, view.party_id),
            name=view.party.name,
            referred_type=kind,
        ),
        account=[
            Ref(
                id=str(account.id),
                href=links.to("accountManagement", "billingAccount", account.id),
                name=account.number,
                referred_type="BillingAccount",
            )
            for account in view.accounts
        ],
        contact_medium=represented(view.party.media),
        characteristic=characteristics,
        valid_for=TimePeriod(start_date_time=view.created_at),
    )


def create(body: CustomerCreate, actor: Actor) -> CustomerView:
    """Make a party a customer."""
    external_id = _external_id(body)
    new = RegisterCustomer(party=referred(body.engaged_party.id, "/engagedParty/id"), external_id=external_id or "")
    view = service.customer_view(service.register_customer(new, actor=actor).customer_id)
    if body.engaged_party.referred_type != _PARTY[view.kind][1]:
        raise bad_body("/engagedParty/@referredType", f"the party is of the type {_PARTY[view.kind][1]}")
    if body.name != view.name:
        raise bad_body("/name", "a customer has the name of its party; send that name, or change the party's")
    _characterise(view, body.characteristic or (), actor, whole=False)
    return service.customer_view(view.id)


def _characterise(view: CustomerView, sent: Sequence[Characteristic], actor: Actor, *, whole: bool) -> None:
    set_own(
        ENTITY,
        view.id,
        sent,
        built_in=built_in(view),
        pointer="/characteristic",
        actor=actor,
        customer_id=view.id,
        whole=whole,
    )


def _external_id(body: CustomerCreate) -> str | None:
    return next((str(c.value) for c in body.characteristic or () if c.name == "externalId"), None)


def patch(key: str, body: CustomerUpdate, actor: Actor) -> CustomerView:
    """Change how a customer is reached, or its status."""
    customer_id = id_of(key)
    reason = (body.status_reason or "") if body.status_reason is not UNSET else ""
    if body.contact_medium is not UNSET:
        reached = contact(body.contact_medium or [])
        changes: dict[str, Any] = {"email": reached.email, "phone": reached.phone, "address": reached.address}
        service.update_customer(customer_id, changes, actor=actor, reason=reason or _REASON)
    if body.characteristic is not UNSET:
        _characterise(service.customer_view(customer_id), body.characteristic or (), actor, whole=True)
    if body.status is not UNSET:
        _move(customer_id, body.status, actor, reason)
    elif body.status_reason is not UNSET:
        raise Invalid("a reason is given with the status that it is for", field="state", expected="a status")
    return service.customer_view(customer_id)


def _move(customer_id: UUID, status: str, actor: Actor, reason: str) -> None:
    moves = {
        "suspended": service.suspend_customer,
        "active": service.resume_customer,
        "closed": service.close_customer,
    }
    move = moves.get(status)
    if move is None:
        raise Invalid("there is no such status", field="state", value=status, expected=", ".join(sorted(moves)))
    move(customer_id, actor=actor, reason=reason)


def close(key: str, actor: Actor) -> None:
    """Close a customer of whom nothing is alive, with its accounts; it stays on record as closed."""
    service.close_customer(id_of(key), actor=actor, reason="deleted by API")


def search(narrow: Narrow) -> Slice[CustomerView]:
    """Customers by name, status or party, newest first."""
    party = narrow.get("engagedParty.id")
    if party and id_or_none(party) is None:
        return Slice.empty()
    filters = {"name": narrow.get("name") or "", "state": narrow.get("status") or "", "party_id": party or ""}
    page = service.find_customers(filters=filters, offset=narrow.offset, limit=narrow.limit)
    return Slice(service.customer_views([row.id for row in page.rows]), page.total)


CUSTOMER: Resource[CustomerView] = Resource(
    name="customer",
    kind="Customer",
    description="A party that buys",
    read="customer.read",
    write="customer.write",
    representation=Customer,
    represent=represent,
    represent_many=represent_many,
    search=search,
    narrows=("name", "status", "engagedParty.id"),
    get=lambda key: service.customer_view(id_of(key)),
    create=Create(CustomerCreate, create, external_id=_external_id),
    patch=Patch(CustomerUpdate, patch),
    delete=close,
    events=(
        EventMapping(
            ValuesChanged,
            "CustomerAttributeValueChangeEvent",
            lambda event: event.object_id,
            lambda event: event.entity == ENTITY,
        ),
        EventMapping(CustomerCreated, "CustomerCreateEvent"),
        EventMapping(CustomerChanged, "CustomerAttributeValueChangeEvent"),
        EventMapping(CustomerStateChanged, "CustomerStateChangeEvent"),
    ),
    pointers={
        **POINTERS,
        "id": "/engagedParty/id",
        "party_id": "/engagedParty/id",
        "party.email": "/engagedParty",
        "party.address": "/engagedParty",
        "party.birth_date": "/engagedParty",
        "reason": "/statusReason",
    },
)
