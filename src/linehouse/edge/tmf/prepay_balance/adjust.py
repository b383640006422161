"""TMF654 `adjustBalance`: a bucket that is changed by hand, for a reason of the brand's list."""

from __future__ import annotations

from collections.abc import Sequence

from linehouse.balance import service
from linehouse.balance.money_events import BalanceAdjusted
from linehouse.balance.service import AdjustmentView, AdjustRequest
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_or_none, referred
from linehouse.edge.tmf.kit.problem import ApiProblem
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
    usage_type,
)
from linehouse.kernel.ids import new_id
from linehouse.platform.work import Actor


class AdjustBalance(Representation):
    """`AdjustBalance`: an amount below zero was taken; cancelled when it was taken back."""

    description: str
    reason: str
    adjust_type: str = "oneTime"
    amount: Quantity
    status: str
    usage_type: str
    requested_date: Instant
    confirmation_date: Instant
    bucket: Ref
    product: list[Ref]
    party_account: Ref
    related_party: list[RelatedParty]


class AdjustBalanceCreate(Shape):
    """`AdjustBalance_Create`: `reason` is a code of the brand's list, `description` the note that goes with it."""

    amount: AmountAsked
    usage_type: str
    bucket: BucketAsked
    reason: str
    description: str


def represent_many(views: Sequence[AdjustmentView], links: Links) -> list[AdjustBalance]:
    """Adjustments as TMF654 says them; the buckets are asked for once."""
    buckets = {one.ref: one for one in service.buckets_by_ref([view.bucket_ref for view in views])}
    made = []
    for view in views:
        bucket = buckets[view.bucket_ref]
        made.append(
            AdjustBalance(
                id=view.number,
                description=view.note,
                reason=view.reason_code,
                amount=quantity(view.amount, view.asset),
                status="completed" if view.state == "booked" else "cancelled",
                usage_type=usage_type(view.asset),
                requested_date=view.at,
                confirmation_date=view.at,
                bucket=bucket_ref(bucket, links),
                product=[product_ref(bucket.owner, links)],
                party_account=account_ref(bucket.owner, links),
                related_party=[customer_ref(bucket.owner, links)],
            )
        )
    return made


def create(body: AdjustBalanceCreate, actor: Actor) -> AdjustmentView:
    """Change a bucket. What lies beyond the program's limit is refused: a person proposes it at the desk."""
    bucket = service.bucket_by_id(referred(body.bucket.id, "/bucket/id"))
    check_kind(body.usage_type, bucket.asset)
    request = AdjustRequest(
        bucket_ref=bucket.ref,
        amount=asked_amount(body.amount, bucket.asset),
        reason_code=body.reason,
        note=body.description,
        once=f"tmf-{new_id()}",
    )
    outcome = service.adjust(request, actor=actor)
    if outcome.adjustment is None:
        raise ApiProblem(
            422, "balance.beyond_limit", "this is beyond the program's limit: another person must approve it", "/amount"
        )
    return outcome.adjustment


def cancel(key: str, actor: Actor) -> None:
    """Take an adjustment back."""
    service.reverse_adjustment(key, actor=actor, reason="taken back by API")


def search(narrow: Narrow) -> Slice[AdjustmentView]:
    """Adjustments, of one product or of all, the newest first."""
    product = narrow.get("product.id")
    product_id = id_or_none(product)
    if product and product_id is None:
        return Slice.empty()
    values, total = service.adjustments(subscription_id=product_id, offset=narrow.offset, limit=narrow.limit)
    return Slice(values, total)


ADJUST: Resource[AdjustmentView] = Resource(
    name="adjustBalance",
    kind="AdjustBalance",
    description="A bucket that was changed by hand",
    read="usage.read",
    write="balance.adjust",
    representation=AdjustBalance,
    represent=lambda view, links: represent_many([view], links)[0],
    represent_many=represent_many,
    search=search,
    narrows=("product.id",),
    get=service.find_adjustment,
    create=Create(AdjustBalanceCreate, create),
    delete=cancel,
    refused={"PATCH": "an adjustment is not changed; take it back (DELETE) and adjust anew"},
    events=(EventMapping(BalanceAdjusted, "AdjustBalanceCreateEvent", key=lambda event: event.number),),
    pointers={"amount": "/amount", "reason_code": "/reason", "note": "/description", "bucket": "/bucket/id"},
)
