"""TMF654 `topupBalance`: money that comes onto a line."""

from __future__ import annotations

from collections.abc import Sequence

from linehouse.balance import service
from linehouse.balance.money_events import ToppedUp, TopUpReversed
from linehouse.balance.money_rules import Method
from linehouse.balance.service import TopUpRequest, TopUpView
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_or_none, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Instant, Quantity, Ref, RelatedParty, Representation, Shape
from linehouse.edge.tmf.prepay_balance.shapes import (
    AmountAsked,
    BucketAsked,
    account_ref,
    asked_amount,
    bucket_ref,
    check_kind,
    customer_ref,
    product_ref,
    quantity,
)
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.platform.work import Actor

METHODS = {method.value: method for method in (Method.CARD, Method.BANK, Method.AGENT, Method.DEALER)}
"""How money may have been taken, by the id of the body's `paymentMethod`."""


class TopupBalance(Representation):
    """`TopupBalance`: completed, or cancelled when it was taken back."""

    description: str
    reason: str | None = None
    amount: Quantity
    status: str
    usage_type: str = "monetary"
    requested_date: Instant
    confirmation_date: Instant
    bucket: Ref
    product: list[Ref]
    party_account: Ref
    related_party: list[RelatedParty]
    payment_method: Ref
    channel: Ref | None = None


class TopupBalanceCreate(Shape):
    """`TopupBalance_Create`: into a money bucket of the line's own. `description` is the payment's reference."""

    amount: AmountAsked
    usage_type: str
    bucket: BucketAsked
    party_account: BucketAsked
    description: str | None = None
    payment_method: BucketAsked | None = None
    channel: BucketAsked | None = None


def represent_many(views: Sequence[TopUpView], links: Links) -> list[TopupBalance]:
    """Top-ups as TMF654 says them; the buckets are asked for once."""
    buckets = {one.ref: one for one in service.buckets_by_ref([view.bucket_ref for view in views])}
    made = []
    for view in views:
        bucket = buckets[view.bucket_ref]
        made.append(
            TopupBalance(
                id=view.number,
                description=view.reference,
                reason=view.why_reversed or None,
                amount=quantity(view.amount.micros, view.amount.currency),
                status="completed" if view.state == "booked" else "cancelled",
                requested_date=view.at,
                confirmation_date=view.at,
                bucket=bucket_ref(bucket, links),
                product=[product_ref(bucket.owner, links)],
                party_account=account_ref(bucket.owner, links),
                related_party=[customer_ref(bucket.owner, links)],
                payment_method=Ref(id=view.method.value),
                channel=Ref(id=view.channel) if view.channel else None,
            )
        )
    return made


def create(body: TopupBalanceCreate, actor: Actor) -> TopUpView:
    """Put money on a line, with the bonus that the brand's rules give."""
    bucket = service.bucket_by_id(referred(body.bucket.id, "/bucket/id"))
    check_kind(body.usage_type, bucket.asset)
    if not bucket.is_money:
        raise bad_body("/bucket/id", "money goes onto a bucket of money")
    if referred(body.party_account.id, "/partyAccount/id") != bucket.owner.account_id:
        raise bad_body("/partyAccount/id", f"the bucket belongs to the account {bucket.owner.account}")
    said = body.payment_method.id if body.payment_method is not None else Method.AGENT.value
    if said not in METHODS:
        raise bad_body("/paymentMethod/id", f"{said[:20]!r}: expected one of {', '.join(METHODS)}")
    request = TopUpRequest(
        line=bucket.owner.subscription,
        amount=Money(asked_amount(body.amount, bucket.asset), bucket.asset),
        method=METHODS[said],
        once=f"tmf-{new_id()}",
        reference=(body.description or "")[:140],
        channel=body.channel.id[:40] if body.channel is not None else "",
    )
    return service.top_up(request, actor=actor)


def search(narrow: Narrow) -> Slice[TopUpView]:
    """Top-ups, of one product or of all, the newest first."""
    product = narrow.get("product.id")
    product_id = id_or_none(product)
    if product and product_id is None:
        return Slice.empty()
    values, total = service.top_ups(subscription_id=product_id, offset=narrow.offset, limit=narrow.limit)
    return Slice(values, total)


TOPUP: Resource[TopUpView] = Resource(
    name="topupBalance",
    kind="TopupBalance",
    description="Money that came onto a line",
    read="usage.read",
    write="topup.write",
    representation=TopupBalance,
    represent=lambda view, links: represent_many([view], links)[0],
    represent_many=represent_many,
    search=search,
    narrows=("product.id",),
    get=service.find_top_up,
    create=Create(TopupBalanceCreate, create),
    refused={
        "PATCH": "a top-up is not changed; it is taken back at the desk and made anew",
        "DELETE": "a top-up is taken back at the desk, by who may change balances by hand",
    },
    events=(
        EventMapping(ToppedUp, "TopupBalanceCreateEvent", key=lambda event: event.number),
        EventMapping(TopUpReversed, "TopupBalanceCancelEvent", key=lambda event: event.number),
    ),
    pointers={"amount": "/amount", "line": "/bucket/id", "once": "/bucket/id"},
)
