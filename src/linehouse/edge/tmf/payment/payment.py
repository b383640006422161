"""TMF676 `payment`: money of customers that came in, from the bank or taken elsewhere and told here."""

from __future__ import annotations

import msgspec

from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Instant, MoneyValue, Ref, RelatedParty, Representation, Shape, at_midnight
from linehouse.payment import service
from linehouse.payment.events import PaymentAllocated, PaymentReceived
from linehouse.payment.values import TAKEN_BY, PaymentView, TakePayment
from linehouse.platform.work import Actor

_METHODS = {
    "bankTransfer": "BankAccountTransfer",
    "cash": "Cash",
    "card": "BankCard",
    "wallet": "DigitalWallet",
    "check": "Check",
}
"""The room's methods as the classes of TMF670."""


class PaymentMethod(Shape):
    """`PaymentMethodRefOrValue`: how it was paid."""

    name: str | None = None
    at_type: str = msgspec.field(name="@type")


class PaymentItem(Shape):
    """`PaymentItem`: what the payment settled."""

    id: str
    amount: MoneyValue
    total_amount: MoneyValue
    item: Ref


class PaymentItemCreate(Shape):
    """`PaymentItem` as a caller sends it: the bill that is settled first."""

    item: Ref
    id: str | None = None
    amount: MoneyValue | None = None


class PaymentCreate(Shape):
    """`Payment_Create`: money that was taken for an account. `correlatorId` is the caller's own key."""

    account: Ref
    payment_method: PaymentMethod
    total_amount: MoneyValue
    name: str | None = None
    description: str | None = None
    amount: MoneyValue | None = None
    authorization_code: str | None = None
    correlator_id: str | None = None
    payment_item: list[PaymentItemCreate] | None = None


class Payment(Representation):
    """`Payment`."""

    name: str
    description: str | None = None
    correlator_id: str | None = None
    status: str
    status_date: Instant
    payment_date: Instant | None = None
    amount: MoneyValue
    total_amount: MoneyValue
    account: Ref
    payer: RelatedParty
    payment_method: PaymentMethod
    payment_item: list[PaymentItem] | None = None


def represent(view: PaymentView, links: Links) -> Payment:
    """A payment as TMF676 says it."""
    amount = MoneyValue.from_money(view.amount)
    return Payment(
        id=str(view.id),
        name=view.number,
        description=view.reference or None,
        correlator_id=view.bank_ref.removeprefix("till/") or None,
        status=view.state,
        status_date=max([view.received_at, *(share.at for share in view.allocations)]),
        payment_date=at_midnight(view.booked_on),
        amount=amount,
        total_amount=amount,
        account=Ref(
            id=str(view.billing_account_id),
            href=links.to("accountManagement", "billingAccount", view.billing_account_id),
            name=view.billing_account_number,
            referred_type="BillingAccount",
        ),
        payer=RelatedParty(
            id=str(view.customer_id),
            href=links.to("customerManagement", "customer", view.customer_id),
            role="payer",
            referred_type="Customer",
        ),
        payment_method=PaymentMethod(name=view.method, at_type=_METHODS.get(view.method, view.method)),
        payment_item=[
            PaymentItem(
                id=str(position),
                amount=MoneyValue.from_money(share.amount),
                total_amount=MoneyValue.from_money(share.amount),
                item=Ref(
                    id=str(share.invoice_id),
                    href=links.to("customerBillManagement", "customerBill", share.invoice_id),
                    name=share.invoice_number,
                    referred_type="CustomerBill",
                ),
            )
            for position, share in enumerate(view.allocations, 1)
        ]
        or None,
    )


def create(body: PaymentCreate, actor: Actor) -> PaymentView:
    """Take a payment; it settles the named bill first, then what is due longest."""
    method = next((word for word, kind in _METHODS.items() if kind == body.payment_method.at_type), None)
    if method not in TAKEN_BY:
        kinds = ", ".join(_METHODS[word] for word in TAKEN_BY)
        raise bad_body("/paymentMethod/@type", f"money is not taken so; expected {kinds}")
    items = body.payment_item or []
    if len(items) > 1:
        raise bad_body("/paymentItem/1", "one bill is named to be settled first; the others follow by their due dates")
    if body.amount is not None and body.amount != body.total_amount:
        raise bad_body("/amount", "a payment is taken whole: its amount is its totalAmount")
    for item in items:
        if item.amount is not None and item.amount != body.total_amount:
            raise bad_body("/paymentItem/0/amount", "how much goes to the bill follows from what is open on it")
    taken = TakePayment(
        billing_account_id=referred(body.account.id, "/account/id"),
        amount=body.total_amount.to_money(),
        method=method,
        authorization=body.authorization_code or "",
        reference=body.description or body.name or "",
        invoice_id=referred(items[0].item.id, "/paymentItem/0/item/id") if items else None,
        external_id=body.correlator_id or "",
    )
    return service.take_payment(taken, actor=actor)


def search(narrow: Narrow) -> Slice[PaymentView]:
    """Payments by account, payer or status."""
    account, payer = narrow.get("account.id"), narrow.get("payer.id")
    account_id, payer_id = id_or_none(account), id_or_none(payer)
    if (account and account_id is None) or (payer and payer_id is None):
        return Slice.empty()
    values, total = service.payments(
        billing_account_id=account_id,
        customer_id=payer_id,
        state=narrow.get("status") or "",
        offset=narrow.offset,
        limit=narrow.limit,
    )
    return Slice(values, total)


PAYMENT: Resource[PaymentView] = Resource(
    name="payment",
    kind="Payment",
    description="Money of customers that came in, by the bank or taken elsewhere",
    read="payment.read",
    write="payment.write",
    representation=Payment,
    represent=represent,
    search=search,
    narrows=("account.id", "payer.id", "status"),
    get=lambda key: service.payment(id_of(key)),
    create=Create(PaymentCreate, create, external_id=lambda body: body.correlator_id),
    pointers={
        "amount": "/totalAmount",
        "method": "/paymentMethod",
        "authorization": "/authorizationCode",
        "account": "/account/id",
        "id": "/account/id",
    },
    events=(
        EventMapping(PaymentReceived, "PaymentCreateEvent"),
        EventMapping(PaymentAllocated, "PaymentAttributeValueChangeEvent"),
    ),
)
