"""TMF654 `bucket`: what a subscriber has of something, what is left of it and what is reserved. Read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from linehouse.balance import service
from linehouse.balance.values import BucketView
from linehouse.edge.tmf.kit.declaration import Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of
from linehouse.edge.tmf.kit.shapes import Instant, Quantity, Ref, RelatedParty, Representation, TimePeriod
from linehouse.edge.tmf.prepay_balance.shapes import (
    account_ref,
    customer_ref,
    lines_of,
    numbers,
    product_ref,
    quantity,
    usage_type,
    whose,
)
from linehouse.inventory.values import ProductView
from linehouse.platform.clock.service import business_now


class Bucket(Representation):
    """`Bucket`; without `remainingValue` it never empties."""

    name: str
    description: str
    is_shared: bool
    remaining_value: Quantity | None = None
    remaining_value_name: str
    reserved_value: Quantity
    status: str
    usage_type: str
    requested_date: Instant
    confirmation_date: Instant
    valid_for: TimePeriod
    product: list[Ref]
    party_account: Ref
    related_party: list[RelatedParty]
    logical_resource: list[Ref] | None = None


def represent_many(views: Sequence[BucketView], links: Links) -> list[Bucket]:
    """Buckets as TMF654 says them; the lines are asked for once."""
    lines = lines_of(view.owner.subscription_id for view in views)
    now = business_now()
    return [_one(view, lines, links, now) for view in views]


def _one(view: BucketView, lines: Mapping[UUID, ProductView], links: Links, now: datetime) -> Bucket:
    expired = view.closed_at is not None or not view.valid.contains(now)
    return Bucket(
        id=str(view.id),
        name=view.name(),
        description=view.ref,
        is_shared=view.shared is not None,
        remaining_value=None if view.left is None else quantity(0 if expired else view.left, view.asset),
        remaining_value_name=view.human(0 if expired and view.left is not None else view.left),
        reserved_value=quantity(view.reserved, view.asset),
        status="expired" if expired else "active",
        usage_type=usage_type(view.asset),
        requested_date=view.created_at,
        confirmation_date=view.created_at,
        valid_for=TimePeriod.from_period(view.valid),
        product=[product_ref(view.owner, links)],
        party_account=account_ref(view.owner, links),
        related_party=[customer_ref(view.owner, links)],
        logical_resource=numbers(lines.get(view.owner.subscription_id), links),
    )


def search(narrow: Narrow) -> Slice[BucketView]:
    """Buckets by product, account or customer, the newest first."""
    wanted = whose(narrow, "id")
    if wanted is None:
        return Slice.empty()
    values, total = service.find_buckets(wanted, offset=narrow.offset, limit=narrow.limit)
    return Slice(values, total)


BUCKET: Resource[BucketView] = Resource(
    name="bucket",
    kind="Bucket",
    description="What a subscriber has of money, data, minutes or messages",
    read="usage.read",
    representation=Bucket,
    represent=lambda view, links: represent_many([view], links)[0],
    represent_many=represent_many,
    search=search,
    narrows=("id", "product.id", "partyAccount.id", "relatedParty.id"),
    get=lambda key: service.bucket_by_id(id_of(key)),
)
