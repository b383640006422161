"""TMF666 `billingAccount`: whom a bill is for, when it is made and how it arrives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET, UnsetType

from linehouse.customer import service
from linehouse.customer.events import (
    BillingAccountChanged,
    BillingAccountStateChanged,
)
from linehouse.customer.values import AccountWishes, BillingAccountView
from linehouse.edge.tmf.account.shapes import (
    PAYMENT_STATUS,
    AccountBalance,
    Balances,
    BillingCycle,
    BillStructure,
    PresentationMedia,
    account_ref,
    balance_list,
    balances_of,
    holder,
    money_of,
    structure,
)
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Instant, PartyReference, Ref, RelatedParty, Representation, Shape
from linehouse.platform.work import Actor


class BillingAccount(Representation):
    """`BillingAccount`."""

    name: str
    description: str
    account_type: str = "billing"
    state: str
    payment_status: str
    last_modified: Instant
    related_party: list[RelatedParty]
    bill_structure: BillStructure
    account_balance: list[AccountBalance]
    financial_account: Ref


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
    return represent_many([view], links)[0]


def represent_new(view: BillingAccountView, links: Links) -> BillingAccount:
    """An account that was just opened: the journal has nothing for it yet and is not asked."""
    return _one(view, {}, links)


def represent_many(views: Sequence[BillingAccountView], links: Links) -> list[BillingAccount]:
    """Several of them; the journal is asked once."""
    found = balances_of(views)
    return [_one(view, found, links) for view in views]


def _one(view: BillingAccountView, found: Balances, links: Links) -> BillingAccount:
    return BillingAccount(
        id=str(view.id),
        name=view.name,
        description=f"{view.number}, {view.currency}",
        state=view.state,
        payment_status=PAYMENT_STATUS[money_of(view, found, "receivable").micros > 0],
        last_modified=view.changed_at,
        related_party=[holder(view, links)],
        bill_structure=structure(view),
        account_balance=balance_list(view, found),
        financial_account=account_ref(view.id, view.number, links, "financialAccount"),
    )


def create(body: BillingAccountCreate, actor: Actor) -> BillingAccountView:
    """Open a further account of a customer."""
    wishes: dict[str, Any] = {"name": body.name}
    structure = body.bill_structure or BillStructure()
    cycle = structure.cycle_specification
    if cycle is not None:
        day = _cycle_day(cycle)
        if day is not None:
            wishes["cycle_day"] = day
        wishes["payment_terms_days"] = cycle.payment_due_date_offset
    if structure.presentation_media is not None:
        wishes["delivery"] = _delivery(structure.presentation_media)
    return service.open_billing_account(_customer(body.related_party), AccountWishes(**wishes), actor=actor)


def _cycle_day(cycle: BillingCycle) -> int | None:
    """The day that a cycle names: by its id, or by its shift; both must agree."""
    place = "/billStructure/cycleSpecification"
    named = None
    if cycle.id is not None:
        if not re.fullmatch(r"monthly-([1-9]|[12]\d|3[01])", cycle.id):
            raise bad_body(f"{place}/id", "expected monthly-1 to monthly-31")
        named = int(cycle.id.removeprefix("monthly-"))
    shifted = None if cycle.billing_date_shift is None else cycle.billing_date_shift + 1
    if named is not None and shifted is not None and named != shifted:
        raise bad_body(f"{place}/billingDateShift", f"{cycle.id} begins on day {named}")
    return named if named is not None else shifted


def close(key: str, actor: Actor) -> None:
    """Close an account on which nothing is alive; it stays on record as closed."""
    service.close_billing_account(id_of(key), actor=actor, reason="deleted by API")


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
            if _cycle_day(cycle) not in (None, before.cycle_day):
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
    represent_many=represent_many,
    search=search,
    narrows=("relatedParty.id", "state"),
    get=lambda key: service.billing_account(id_of(key)),
    create=Create(BillingAccountCreate, create, represent=represent_new),
    patch=Patch(BillingAccountUpdate, patch),
    delete=close,
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
