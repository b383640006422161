"""TMF629 `customer`: a party that buys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import UNSET, UnsetType

from linehouse.customer import service
from linehouse.customer.events import CustomerChanged, CustomerCreated, CustomerStateChanged
from linehouse.customer.values import CustomerView, RegisterCustomer
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none, referred
from linehouse.edge.tmf.kit.shapes import (
    Characteristic,
    PartyReference,
    Ref,
    RelatedParty,
    Representation,
    Shape,
    TimePeriod,
)
from linehouse.edge.tmf.party.media import POINTERS, ContactMedium, contact, represented
from linehouse.kernel.error import Invalid
from linehouse.party.values import PartyKind
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
    """`Customer_Create`: the party that buys, known already (TMF632). A first billing account comes with it."""

    name: str
    engaged_party: PartyReference
    characteristic: list[Characteristic] | None = None


class CustomerUpdate(Shape):
    """`Customer_Update`: a new `status` is a move of its lifecycle, for the `statusReason` that is given with it."""

    status: str | UnsetType = UNSET
    status_reason: str | UnsetType | None = UNSET
    contact_medium: list[ContactMedium] | UnsetType | None = UNSET


def represent(view: CustomerView, links: Links) -> Customer:
    """A customer as TMF629 says it."""
    resource, kind = _PARTY[view.kind]
    characteristics = [Characteristic(name="customerNumber", value=view.number)]
    if view.external_id:
        characteristics.append(Characteristic(name="externalId", value=view.external_id))
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
    """Make a party a customer. Its name stays the party's; the characteristic externalId is the caller's own key."""
    new = RegisterCustomer(
        party=referred(body.engaged_party.id, "/engagedParty/id"), external_id=_external_id(body) or ""
    )
    return service.customer_view(service.register_customer(new, actor=actor).customer_id)


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
    search=search,
    narrows=("name", "status", "engagedParty.id"),
    get=lambda key: service.customer_view(id_of(key)),
    create=Create(CustomerCreate, create, external_id=_external_id),
    patch=Patch(CustomerUpdate, patch),
    events=(
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
