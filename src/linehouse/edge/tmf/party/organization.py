"""TMF632 `organization`: a company or another body."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of
from linehouse.edge.tmf.kit.shapes import Characteristic, Representation, Shape
from linehouse.edge.tmf.party.media import POINTERS, ContactMedium, contact, represented
from linehouse.party import service
from linehouse.party.events import OrganizationChanged, OrganizationCreated, OrganizationStateChanged
from linehouse.party.values import NewOrganization, OrganizationView
from linehouse.platform.work import Actor

REGISTER = "commercial-register"
VAT = "vat"
LANGUAGE = "language"


class OrganizationIdentification(Shape):
    """`OrganizationIdentification`: a number in a register, or a VAT identification number."""

    identification_type: str
    identification_id: str


class Organization(Representation):
    """`Organization`."""

    trading_name: str
    name: str
    is_legal_entity: bool = True
    status: str
    contact_medium: list[ContactMedium] | None = None
    organization_identification: list[OrganizationIdentification] | None = None
    party_characteristic: list[Characteristic] | None = None


class OrganizationCreate(Shape):
    """`Organization_Create`: the attributes that are kept; `name` is the legal name."""

    trading_name: str
    name: str | None = None
    contact_medium: list[ContactMedium] | None = None
    organization_identification: list[OrganizationIdentification] | None = None
    party_characteristic: list[Characteristic] | None = None


class OrganizationUpdate(Shape):
    """`Organization_Update`: the attributes that may change."""

    trading_name: str | UnsetType = UNSET
    name: str | UnsetType | None = UNSET
    status: str | UnsetType = UNSET
    contact_medium: list[ContactMedium] | UnsetType | None = UNSET
    organization_identification: list[OrganizationIdentification] | UnsetType | None = UNSET
    party_characteristic: list[Characteristic] | UnsetType | None = UNSET


def represent(view: OrganizationView, _: Links) -> Organization:
    """An organisation as TMF632 says it."""
    identifications = [
        OrganizationIdentification(identification_type=kind, identification_id=number)
        for kind, number in ((REGISTER, view.registration_number), (VAT, view.vat_id))
        if number
    ]
    language = [Characteristic(name=LANGUAGE, value=view.language)] if view.language else None
    return Organization(
        id=str(view.id),
        trading_name=view.trading_name,
        name=view.legal_name or view.name,
        status=view.state,
        contact_medium=represented(view.media),
        organization_identification=identifications or None,
        party_characteristic=language,
    )


def _number(kind: str, identifications: list[OrganizationIdentification] | None) -> str:
    return next((i.identification_id for i in identifications or () if i.identification_type == kind), "")


def _language(characteristics: list[Characteristic] | None) -> str:
    return next((str(c.value) for c in characteristics or () if c.name == LANGUAGE), "")


def create(body: OrganizationCreate, actor: Actor) -> OrganizationView:
    """Record an organisation."""
    reached = contact(body.contact_medium or [])
    new = NewOrganization(
        trading_name=body.trading_name,
        legal_name=body.name or "",
        registration_number=_number(REGISTER, body.organization_identification),
        vat_id=_number(VAT, body.organization_identification),
        language=_language(body.party_characteristic),
        email=reached.email,
        phone=reached.phone,
        address=reached.address,
    )
    return service.organization(service.create_organization(new, actor=actor).party_id)


def patch(key: str, body: OrganizationUpdate, actor: Actor) -> OrganizationView:
    """Change an organisation; a new `status` is a move of its lifecycle."""
    found = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
    changes: dict[str, Any] = {}
    if "trading_name" in found:
        changes["trading_name"] = found["trading_name"]
    if "name" in found:
        changes["legal_name"] = found["name"] or ""
    if "organization_identification" in found:
        changes["registration_number"] = _number(REGISTER, found["organization_identification"])
        changes["vat_id"] = _number(VAT, found["organization_identification"])
    if "party_characteristic" in found:
        changes["language"] = _language(found["party_characteristic"])
    if "contact_medium" in found:
        reached = contact(found["contact_medium"] or [])
        changes.update(email=reached.email, phone=reached.phone, address=reached.address)
    reason = "changed by API"
    if changes:
        service.patch_organization(id_of(key), changes, actor=actor, reason=reason)
    if "status" in found:
        service.move_organization(id_of(key), found["status"], actor=actor, reason=reason)
    return service.organization(id_of(key))


def search(narrow: Narrow) -> Slice[OrganizationView]:
    """Organisations by name, e-mail address or status."""
    page = service.find_organizations(
        trading_name=narrow.get("tradingName") or "",
        email=narrow.get("contactMedium.characteristic.emailAddress") or "",
        state=narrow.get("status") or "",
        offset=narrow.offset,
        limit=narrow.limit,
    )
    return Slice([row for row in page.rows if isinstance(row, OrganizationView)], page.total)


ORGANIZATION: Resource[OrganizationView] = Resource(
    name="organization",
    kind="Organization",
    description="A company or another body",
    read="customer.read",
    write="customer.write",
    representation=Organization,
    represent=represent,
    search=search,
    narrows=("tradingName", "status", "contactMedium.characteristic.emailAddress"),
    get=lambda key: service.organization(id_of(key)),
    create=Create(OrganizationCreate, create),
    patch=Patch(OrganizationUpdate, patch),
    refused={"DELETE": "an organisation stays on record; its status is set to closed"},
    events=(
        EventMapping(OrganizationCreated, "OrganizationCreateEvent"),
        EventMapping(OrganizationChanged, "OrganizationAttributeValueChangeEvent"),
        EventMapping(OrganizationStateChanged, "OrganizationStateChangeEvent"),
    ),
    pointers={
        **POINTERS,
        "legal_name": "/name",
        "registration_number": "/organizationIdentification",
        "vat_id": "/organizationIdentification",
        "language": "/partyCharacteristic",
    },
)
