"""TMF654 `transferBalance`: bought credit that one line gives to another."""

from __future__ import annotations

from collections.abc import Sequence

from linehouse.balance import service
from linehouse.balance.money_events import MoneyTransferred, TransferReversed
from linehouse.balance.service import TransferRequest, TransferView
from linehouse.balance.values import BucketView
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Instant, MoneyValue, Quantity, Ref, Representation, Shape
from linehouse.edge.tmf.prepay_balance.shapes import (
    AmountAsked,
    BucketAsked,
    asked_amount,
    check_kind,
    lines_of,
    number_ref,
    quantity,
)
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.platform.work import Actor


class TransferBalance(Representation):
    """`TransferBalance`: completed, or cancelled when it was taken back."""

    reason: str
    amount: Quantity
    transfer_cost: MoneyValue
    cost_owner: str = "originator"
    status: str
    usage_type: str = "monetary"
    receiver_bucket_usage_type: str = "monetary"
    requested_date: Instant
    confirmation_date: Instant
    channel: Ref
    logical_resource: list[Ref]
    receiver_logical_resource: Ref
    product: list[Ref]
    receiver_product: Ref


class TransferBalanceCreate(Shape):
    """`TransferBalance_Create`: from one line's main balance to another's; each number must be the bucket's own."""

    reason: str
    amount: AmountAsked
    usage_type: str
    bucket: BucketAsked
    receiver_bucket: BucketAsked
    receiver_bucket_usage_type: str
    logical_resource: list[BucketAsked]
    receiver_logical_resource: BucketAsked
    channel: BucketAsked


def represent_many(views: Sequence[TransferView], links: Links) -> list[TransferBalance]:
    """Transfers as TMF654 says them; the lines are asked for once."""
    lines = lines_of(one for view in views for one in (view.giver_id, view.receiver_id))
    made = []
    for view in views:
        giver = Ref(id=str(view.giver_id), href=links.to("productInventory", "product", view.giver_id), name=view.giver)
        receiver = Ref(
            id=str(view.receiver_id), href=links.to("productInventory", "product", view.receiver_id), name=view.receiver
        )
        made.append(
            TransferBalance(
                id=view.number,
                reason=view.why_reversed or "transfer",
                amount=quantity(view.amount.micros, view.amount.currency),
                transfer_cost=MoneyValue.from_money(view.fee),
                status="completed" if view.state == "booked" else "cancelled",
                requested_date=view.at,
                confirmation_date=view.at,
                channel=Ref(id=view.channel or "desk"),
                logical_resource=[number_ref(lines.get(view.giver_id), links) or giver],
                receiver_logical_resource=number_ref(lines.get(view.receiver_id), links) or receiver,
                product=[giver],
                receiver_product=receiver,
            )
        )
    return made


def create(body: TransferBalanceCreate, actor: Actor) -> TransferView:
    """Give money from one line to another, within the brand's limits."""
    source = _bucket(body.bucket, body.usage_type, "/bucket/id")
    target = _bucket(body.receiver_bucket, body.receiver_bucket_usage_type, "/receiverBucket/id")
    lines = lines_of((source.owner.subscription_id, target.owner.subscription_id))
    for bucket, said, pointer in (
        (source, [one.id for one in body.logical_resource], "/logicalResource"),
        (target, [body.receiver_logical_resource.id], "/receiverLogicalResource/id"),
    ):
        line = lines.get(bucket.owner.subscription_id)
        if line is None or line.msisdn is None or said != [line.msisdn.digits]:
            raise bad_body(pointer, "the number is not that of the bucket's line")
    request = TransferRequest(
        giver=source.owner.subscription,
        receiver=target.owner.subscription,
        amount=Money(asked_amount(body.amount, source.asset), source.asset),
        once=f"tmf-{new_id()}",
        channel=body.channel.id[:40],
    )
    return service.transfer(request, actor=actor)


def _bucket(asked: BucketAsked, kind: str, pointer: str) -> BucketView:
    bucket = service.bucket_by_id(referred(asked.id, pointer))
    check_kind(kind, bucket.asset)
    if not bucket.is_money:
        raise bad_body(pointer, "only money goes from line to line")
    return bucket


def search(narrow: Narrow) -> Slice[TransferView]:
    """Every transfer, the newest first."""
    values, total = service.transfers(offset=narrow.offset, limit=narrow.limit)
    return Slice(values, total)


TRANSFER: Resource[TransferView] = Resource(
    name="transferBalance",
    kind="TransferBalance",
    description="Credit that one line gave to another",
    read="usage.read",
    write="topup.write",
    representation=TransferBalance,
    represent=lambda view, links: represent_many([view], links)[0],
    represent_many=represent_many,
    search=search,
    get=service.find_transfer,
    create=Create(TransferBalanceCreate, create),
    refused={
        "PATCH": "a transfer is not changed; it is taken back at the desk and made anew",
        "DELETE": "a transfer is taken back at the desk, by who may change balances by hand",
    },
    events=(
        EventMapping(MoneyTransferred, "TransferBalanceCreateEvent", key=lambda event: event.number),
        EventMapping(TransferReversed, "TransferBalanceCancelEvent", key=lambda event: event.number),
    ),
    pointers={"amount": "/amount", "giver": "/bucket/id", "receiver": "/receiverBucket/id"},
)
