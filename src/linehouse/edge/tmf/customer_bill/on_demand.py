"""TMF678 `customerBillOnDemand`: a bill between two cycles. The request is the bill itself, which it makes at once."""

from __future__ import annotations

from linehouse.billing import service
from linehouse.billing.service import InvoiceView
from linehouse.edge.tmf.customer_bill.bill import API_PATH, account_ref
from linehouse.edge.tmf.kit.declaration import Create, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Instant, Ref, RelatedParty, Representation, Shape
from linehouse.kernel.error import NotFound
from linehouse.platform.work import Actor

_REASON = "asked for by API"


class CustomerBillOnDemand(Representation):
    """`CustomerBillOnDemand`: done as soon as it is answered."""

    name: str
    description: str | None = None
    state: str
    last_update: Instant
    billing_account: Ref
    customer_bill: Ref
    related_party: RelatedParty


class CustomerBillOnDemandCreate(Shape):
    """`CustomerBillOnDemand_Create`: the account whose bill is wanted now; the description is the reason."""

    billing_account: Ref
    description: str | None = None


def represent(view: InvoiceView, links: Links) -> CustomerBillOnDemand:
    """A bill between two cycles as the request that made it."""
    return CustomerBillOnDemand(
        id=str(view.id),
        name=f"Bill of {view.account_number} until {view.period.end.isoformat()}",
        state="done",
        last_update=view.changed_at,
        billing_account=account_ref(view, links),
        customer_bill=Ref(id=str(view.id), href=links.to(API_PATH, "customerBill", view.id)),
        related_party=RelatedParty(
            id=str(view.customer_id),
            href=links.to("customerManagement", "customer", view.customer_id),
            role="customer",
            referred_type="Customer",
        ),
    )


def create(body: CustomerBillOnDemandCreate, actor: Actor) -> InvoiceView:
    """Bill and post what the account owes by now."""
    if body.description is not None and len(body.description) > 300:
        raise bad_body("/description", "a reason has at most 300 characters")
    account_id = referred(body.billing_account.id, "/billingAccount/id")
    return service.invoice(service.bill_now(account_id, actor=actor, reason=body.description or _REASON))


def get(key: str) -> InvoiceView:
    """A bill that no bill run made. Raises NotFound."""
    view = service.invoice(id_of(key))
    if view.run_id is not None or not view.number:
        raise NotFound("that bill was made by a bill run", field="id", value=key)
    return view


def search(narrow: Narrow) -> Slice[InvoiceView]:
    """Bills between cycles by account, the newest first."""
    account = narrow.get("billingAccount.id")
    account_id = id_or_none(account)
    if account and account_id is None:
        return Slice.empty()
    found, total = service.search_invoices(
        account_id=account_id, off_cycle=True, offset=narrow.offset, limit=narrow.limit
    )
    return Slice(found, total)


ON_DEMAND: Resource[InvoiceView] = Resource(
    name="customerBillOnDemand",
    kind="CustomerBillOnDemand",
    description="A bill between two cycles",
    read="billing.read",
    write="billing.run",
    representation=CustomerBillOnDemand,
    represent=represent,
    search=search,
    narrows=("billingAccount.id",),
    get=get,
    create=Create(CustomerBillOnDemandCreate, create),
    pointers={"account": "/billingAccount", "account_id": "/billingAccount/id", "id": "/billingAccount/id"},
)
