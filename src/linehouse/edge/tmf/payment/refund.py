"""TMF676 `refund`: unused credit of an account on its way back to the customer's bank."""

from __future__ import annotations

import msgspec

from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Instant, MoneyValue, Ref, RelatedParty, Representation, Shape, at_midnight
from linehouse.payment import service
from linehouse.payment.events import RefundMoved, RefundRequested
from linehouse.payment.values import RefundRequest, RefundView
from linehouse.platform.work import Actor

_STATUS = {
    "requested": "pendingAuthorization",
    "approved": "authorized",
    "exported": "captured",
    "paid": "done",
    "returned": "failed",
    "refused": "denied",
}
"""The room's states in the words of TMF676."""
_METHOD = "BankAccountTransfer"


class RefundTo(Shape):
    """`PaymentMethodRefOrValue` of the class BankAccountTransfer (TMF670): the account that gets the money."""

    account_number: str
    owner: str
    at_type: str = msgspec.field(name="@type", default=_METHOD)
    account_number_type: str | None = None
    name: str | None = None


class RefundMethod(Shape):
    """How it goes back; of the account only the end is told."""

    name: str
    at_type: str = msgspec.field(name="@type")


class RefundCreate(Shape):
    """`Refund_Create`: what goes back of an account's unused credit. `description` is the reason."""

    account: Ref
    payment_method: RefundTo
    total_amount: MoneyValue
    description: str
    correlator_id: str | None = None


class Refund(Representation):
    """`Refund`."""

    name: str
    description: str
    correlator_id: str | None = None
    status: str
    status_date: Instant
    refund_date: Instant | None = None
    account: Ref
    amount: MoneyValue
    total_amount: MoneyValue
    payment: Ref | None = None
    payment_method: RefundMethod
    requestor: RelatedParty


def represent(view: RefundView, links: Links) -> Refund:
    """A refund as TMF676 says it."""
    amount = MoneyValue.from_money(view.amount)
    taken_from = view.shares[0] if len(view.shares) == 1 else None
    return Refund(
        id=str(view.id),
        name=view.number,
        description=view.reason,
        correlator_id=view.bank_ref or None,
        status=_STATUS[view.state],
        status_date=view.changed_at,
        refund_date=at_midnight(view.paid_on),
        account=Ref(
            id=str(view.billing_account_id),
            href=links.to("accountManagement", "billingAccount", view.billing_account_id),
            name=view.billing_account_number,
            referred_type="BillingAccount",
        ),
        amount=amount,
        total_amount=amount,
        payment=(
            Ref(id=str(taken_from[0]), href=links.to("payment", "payment", taken_from[0]), name=taken_from[1])
            if taken_from
            else None
        ),
        payment_method=RefundMethod(name=f"•••{view.iban[-4:]}", at_type=_METHOD),
        requestor=RelatedParty(
            id=str(view.customer_id),
            href=links.to("customerManagement", "customer", view.customer_id),
            role="customer",
            referred_type="Customer",
        ),
    )


def create(body: RefundCreate, actor: Actor) -> RefundView:
    """Ask for a refund. Beyond the caller's limit it waits, pendingAuthorization, until somebody else approves it."""
    if body.payment_method.at_type != _METHOD:
        raise bad_body("/paymentMethod/@type", f"money goes back by {_METHOD}")
    if body.payment_method.account_number_type not in (None, "IBAN"):
        raise bad_body("/paymentMethod/accountNumberType", "expected IBAN")
    request = RefundRequest(
        billing_account_id=referred(body.account.id, "/account/id"),
        amount=body.total_amount.to_money(),
        iban=body.payment_method.account_number,
        holder=body.payment_method.owner,
        reason=body.description,
        once=body.correlator_id or "",
    )
    return service.request_refund(request, actor=actor)


def search(narrow: Narrow) -> Slice[RefundView]:
    """Refunds by account, customer or status, the newest first."""
    account, owner = narrow.get("account.id"), narrow.get("requestor.id")
    account_id, owner_id = id_or_none(account), id_or_none(owner)
    if (account and account_id is None) or (owner and owner_id is None):
        return Slice.empty()
    status = narrow.get("status")
    state = next((word for word, name in _STATUS.items() if name == status), "")
    if status and not state:
        return Slice.empty()
    values, total = service.refunds(
        billing_account_id=account_id,
        customer_id=owner_id,
        state=state,
        offset=narrow.offset,
        limit=narrow.limit,
    )
    return Slice(values, total)


REFUND: Resource[RefundView] = Resource(
    name="refund",
    kind="Refund",
    description="Unused credit on its way back to the customer's bank",
    read="payment.read",
    write="refund.write",
    representation=Refund,
    represent=represent,
    search=search,
    narrows=("account.id", "requestor.id", "status"),
    get=lambda key: service.refund_by_id(id_of(key)),
    create=Create(RefundCreate, create, external_id=lambda body: body.correlator_id),
    events=(
        EventMapping(RefundRequested, "RefundCreateEvent"),
        EventMapping(RefundMoved, "RefundStateChangeEvent"),
    ),
    pointers={
        "amount": "/totalAmount",
        "iban": "/paymentMethod/accountNumber",
        "holder": "/paymentMethod/owner",
        "reason": "/description",
        "id": "/account/id",
    },
)
