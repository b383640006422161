"""TMF676 `payment`: money of customers that came in. Payments come from the bank, so they are only read here."""

from __future__ import annotations

import msgspec

from linehouse.edge.tmf.kit.declaration import EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none
from linehouse.edge.tmf.kit.shapes import Instant, MoneyValue, Ref, RelatedParty, Representation, Shape, at_midnight
from linehouse.payment import service
from linehouse.payment.events import PaymentAllocated, PaymentReceived
from linehouse.payment.values import PaymentView

_METHODS = {"bankTransfer": "BankAccountTransfer"}
"""The room's methods as the classes of TMF670."""


class PaymentMethod(Shape):
    """`PaymentMethodRefOrValue`: how it was paid."""

    name: str
    at_type: str = msgspec.field(name="@type")


class PaymentItem(Shape):
    """`PaymentItem`: what the payment settled."""

    id: str
    amount: MoneyValue
    total_amount: MoneyValue
    item: Ref


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
        correlator_id=view.bank_ref or None,
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
    description="Money of customers that came in; payments come from the bank",
    read="payment.read",
    representation=Payment,
    represent=represent,
    search=search,
    narrows=("account.id", "payer.id", "status"),
    get=lambda key: service.payment(id_of(key)),
    events=(
        EventMapping(PaymentReceived, "PaymentCreateEvent"),
        EventMapping(PaymentAllocated, "PaymentAttributeValueChangeEvent"),
    ),
)
