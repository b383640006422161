"""TMF666 `billingAccount`: whom a bill is for, when it is made and how it arrives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from msgspec import UNSET, UnsetType

from linehouse.customer import service
from linehouse.customer.events import (
    BillingAccountChanged,
    BillingAccountStateChanged,
)
from linehouse.customer.values import AccountWishes, BillingAccountView, Delivery
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Instant, PartyReference, RelatedParty, Representation, Shape
from linehouse.platform.work import Actor

_MEDIA = {Delivery.EMAIL: "E-mail", Delivery.PRINT: "Print"}


class BillingCycle(Shape):
    """`BillingCycleSpecificationRefOrValue`: a monthly cycle; `billingDateShift` is its day of the month less one."""

    name: str
    is_ref: bool
    billing_period: str | None = None
    billing_date_shift: int | None = None
    payment_due_date_offset: int | None = None


class PresentationMedia(Shape):
    """`BillPresentationMediaRefOrValue`: how the bill arrives; `name` is email or print."""

    name: str
    is_ref: bool = False
    description: str | None = None


class BillStructure(Shape):
    """`BillStructure`: when bills are made and how they arrive."""

    cycle_specification: BillingCycle | None = None
    presentation_media: list[PresentationMedia] | None = None


class BillingAccount(Representation):
    """`BillingAccount`."""

    name: str
    description: str
    account_type: str = "billing"
    state: str
    last_modified: Instant
    related_party: list[RelatedParty]
    bill_structure: BillStructure


class BillingAccountCreate(Shape):
    """`BillingAccount_Create`: the customer stands in `relatedParty` with the role customer (or alone)."""

    name: str
    related_party: list[PartyReference]
    bill_structure: BillStructure | None = None


class BillingAccountUpdate(Shape):
    """`BillingAccount_Update`: name, way of delivery and days to pay may change."""

    name: str | UnsetType = UNSET
    bill_structure: BillStructure | UnsetType = UNSET


def represent(view: BillingAccountView, links: Links) -> BillingAccount:
    """A billing account as TMF666 says it."""
    return BillingAccount(
        id=str(view.id),
        name=view.name,
        description=f"{view.number}, {view.currency}",
        state=view.state,
        last_modified=view.changed_at,
        related_party=[
            RelatedParty(
                id=str(view.customer_id),
                href=links.to("customerManagement", "customer", view.customer_id),
                name=view.customer_number,
                role="customer",
                referred_type="Customer",
            )
        ],
        bill_structure=BillStructure(
            cycle_specification=BillingCycle(
                name=f"Monthly on day {view.cycle_day}",
                is_ref=False,
                billing_period="month",
                billing_date_shift=view.cycle_day - 1,
                payment_due_date_offset=view.payment_terms_days,
            ),
            presentation_media=[
                PresentationMedia(name=way.value, is_ref=False, description=_MEDIA[way]) for way in view.delivery
            ],
        ),
    )


def create(body: BillingAccountCreate, actor: Actor) -> BillingAccountView:
    """Open a further account of a customer."""
    wishes: dict[str, Any] = {"name": body.name}
    structure = body.bill_structure or BillStructure()
    cycle = structure.cycle_specification
    if cycle is not None:
        if cycle.billing_date_shift is not None:
            wishes["cycle_day"] = cycle.billing_date_shift + 1
        wishes["payment_terms_days"] = cycle.payment_due_date_offset
    if structure.presentation_media is not None:
        wishes["delivery"] = _delivery(structure.presentation_media)
    return service.open_billing_account(_customer(body.related_party), AccountWishes(**wishes), actor=actor)


def patch(key: str, body: BillingAccountUpdate, actor: Actor) -> BillingAccountView:
    """Change name, way of delivery or days to pay; the cycle day stays."""
    account_id = id_of(key)
    changes: dict[str, Any] = {}
    if body.name is not UNSET:
        changes["name"] = body.name
    if body.bill_structure is not UNSET:
        cycle = body.bill_structure.cycle_specification
        if cycle is not None:
            before = service.billing_account(account_id)
            if cycle.billing_date_shift != before.cycle_day - 1:
                raise bad_body("/billStructure/cycleSpecification/billingDateShift", "the cycle day cannot be changed")
            if cycle.payment_due_date_offset is not None:
                changes["payment_terms_days"] = cycle.payment_due_date_offset
        if body.bill_structure.presentation_media is not None:
            changes["delivery"] = _delivery(body.bill_structure.presentation_media)
    return service.update_billing_account(account_id, changes, actor=actor, reason="changed by API")


def _customer(parties: list[PartyReference]) -> UUID:
    positions = [i for i, party in enumerate(parties) if party.role == "customer" or len(parties) == 1]
    if len(positions) != 1:
        raise bad_body("/relatedParty", "one related party with the role customer is needed")
    return referred(parties[positions[0]].id, f"/relatedParty/{positions[0]}/id")


def _delivery(media: Iterable[PresentationMedia]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(medium.name for medium in media))


def search(narrow: Narrow) -> Slice[BillingAccountView]:
    """Billing accounts by customer or state."""
    owner = narrow.get("relatedParty.id")
    owner_id = id_or_none(owner)
    if owner and owner_id is None:
        return Slice.empty()
    page = service.find_billing_accounts(
        customer_id=owner_id, state=narrow.get("state") or "", offset=narrow.offset, limit=narrow.limit
    )
    return Slice(page.rows, page.total)


BILLING_ACCOUNT: Resource[BillingAccountView] = Resource(
    name="billingAccount",
    kind="BillingAccount",
    description="Whom a bill is for, when it is made and how it arrives",
    read="customer.read",
    write="customer.write",
    representation=BillingAccount,
    represent=represent,
    search=search,
    narrows=("relatedParty.id", "state"),
    get=lambda key: service.billing_account(id_of(key)),
    create=Create(BillingAccountCreate, create),
    patch=Patch(BillingAccountUpdate, patch),
    events=(
        EventMapping(BillingAccountChanged, "BillingAccountAttributeValueChangeEvent"),
        EventMapping(BillingAccountStateChanged, "BillingAccountStateChangeEvent"),
    ),
    pointers={
        "customer_id": "/relatedParty",
        "account.name": "/name",
        "account.cycle_day": "/billStructure/cycleSpecification/billingDateShift",
        "account.payment_terms_days": "/billStructure/cycleSpecification/paymentDueDateOffset",
        "account.delivery": "/billStructure/presentationMedia",
    },
)
