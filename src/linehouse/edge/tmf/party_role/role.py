"""TMF669 `partyRole`: what parties are to the brand. The one role that parties have is that of a customer."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from linehouse.customer import service
from linehouse.customer.events import CustomerChanged, CustomerCreated, CustomerStateChanged
from linehouse.customer.values import CustomerView
from linehouse.edge.tmf.customer.customer import (
    CUSTOMER,
    CustomerCreate,
    CustomerUpdate,
    close,
)
from linehouse.edge.tmf.customer.customer import create as create_customer
from linehouse.edge.tmf.customer.customer import patch as patch_customer
from linehouse.edge.tmf.customer.customer import represent_many as customers
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of
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
from linehouse.edge.tmf.party.media import ContactMedium
from linehouse.party import service as parties
from linehouse.platform.work import Actor

ROLE = "customer"


class PartyRole(Representation):
    """`PartyRole`."""

    name: str
    status: str
    status_reason: str | None = None
    engaged_party: RelatedParty
    account: list[Ref]
    contact_medium: list[ContactMedium] | None = None
    characteristic: list[Characteristic]
    related_party: list[RelatedParty]
    valid_for: TimePeriod


class PartyRoleCreate(Shape):
    """`PartyRole_Create`: `name` is the role; the party stands in `engagedParty`."""

    name: str
    engaged_party: PartyReference
    characteristic: list[Characteristic] | None = None


class PartyRoleUpdate(Shape):
    """`PartyRole_Update`: a new `status` is a move of the customer's lifecycle, for its `statusReason`."""

    status: str | UnsetType = UNSET
    status_reason: str | UnsetType | None = UNSET
    contact_medium: list[ContactMedium] | UnsetType | None = UNSET
    characteristic: list[Characteristic] | UnsetType | None = UNSET


def represent_many(views: Sequence[CustomerView], links: Links) -> list[PartyRole]:
    """Customers as roles of their parties."""
    return [
        PartyRole(
            id=one.id,
            name=ROLE,
            status=one.status,
            status_reason=one.status_reason,
            engaged_party=one.engaged_party,
            account=one.account,
            contact_medium=one.contact_medium,
            characteristic=one.characteristic,
            related_party=[
                RelatedParty(
                    id=one.id,
                    href=links.to("customerManagement", "customer", one.id),
                    name=one.name,
                    role=ROLE,
                    referred_type="Customer",
                )
            ],
            valid_for=one.valid_for,
        )
        for one in customers(views, links)
    ]


def create(body: PartyRoleCreate, actor: Actor) -> CustomerView:
    """Let a party be a customer."""
    if body.name != ROLE:
        raise bad_body("/name", f"{body.name[:40]!r} is no role that a party can have here; expected {ROLE}")
    name = parties.party(id_of(body.engaged_party.id)).name
    return create_customer(
        CustomerCreate(name=name, engaged_party=body.engaged_party, characteristic=body.characteristic), actor
    )


def patch(key: str, body: PartyRoleUpdate, actor: Actor) -> CustomerView:
    """Change the customer that the role is."""
    return patch_customer(
        key,
        CustomerUpdate(
            status=body.status,
            status_reason=body.status_reason,
            contact_medium=body.contact_medium,
            characteristic=body.characteristic,
        ),
        actor,
    )


def search(narrow: Narrow) -> Slice[CustomerView]:
    """Roles by their name, status or party."""
    if narrow.get("name") not in (None, ROLE):
        return Slice.empty()
    wanted = {path: value for path, value in narrow.equal.items() if path != "name"}
    return CUSTOMER.search(Narrow(wanted, narrow.offset, narrow.limit))


PARTY_ROLE: Resource[CustomerView] = Resource(
    name="partyRole",
    kind="PartyRole",
    description="What a party is to the brand: a customer",
    read="customer.read",
    write="customer.write",
    representation=PartyRole,
    represent=lambda view, links: represent_many([view], links)[0],
    represent_many=represent_many,
    search=search,
    narrows=("name", "status", "engagedParty.id"),
    scan_limit=500,
    get=lambda key: service.customer_view(id_of(key)),
    create=Create(PartyRoleCreate, create),
    patch=Patch(PartyRoleUpdate, patch),
    delete=close,
    events=(
        EventMapping(CustomerCreated, "PartyRoleCreateEvent"),
        EventMapping(CustomerChanged, "PartyRoleAttributeValueChangeEvent"),
        EventMapping(CustomerStateChanged, "PartyRoleStateChangeEvent"),
    ),
    pointers=CUSTOMER.pointers,
)
