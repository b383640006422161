"""TMF654 `reserveBalance`: an amount of a bucket that a program keeps aside; a session of charging like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from linehouse.balance import service as balance
from linehouse.balance.values import BucketView
from linehouse.charging import service
from linehouse.charging.events import ReservationMade, ReservationReleased, SessionEnded
from linehouse.charging.service import ReservationView
from linehouse.charging.service.reserving import DOOR
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Instant, Quantity, Ref, RelatedParty, Representation, Shape, TimePeriod
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
from linehouse.platform.work import Actor


class ReserveBalance(Representation):
    """`ReserveBalance`: completed while it holds, cancelled when it was given back or its time was over."""

    reason: str | None = None
    amount: Quantity
    status: str
    usage_type: str
    requested_date: Instant
    confirmation_date: Instant
    valid_for: TimePeriod
    bucket: Ref
    product: list[Ref]
    party_account: Ref
    related_party: list[RelatedParty]


class ReserveBalanceCreate(Shape):
    """`ReserveBalance_Create`. The end of `validFor` is when it comes back by itself: at most seven days, else an hour.

    The account must be the bucket's own; it and `usageType` say that both sides mean the same bucket.
    """

    usage_type: str
    bucket: BucketAsked
    party_account: BucketAsked
    amount: AmountAsked | None = None
    reason: str | None = None
    valid_for: TimePeriod | None = None


def represent_many(views: Sequence[ReservationView], links: Links) -> list[ReserveBalance]:
    """Reservations as TMF654 says them; the buckets are asked for once."""
    found: Mapping[UUID, BucketView] = {
        one.id: one for one in balance.buckets_by_id([view.bucket_id for view in views])
    }
    return [_one(view, found[view.bucket_id], links) for view in views]


def _one(view: ReservationView, bucket: BucketView, links: Links) -> ReserveBalance:
    return ReserveBalance(
        id=str(view.id),
        reason=view.reason or None,
        amount=quantity(view.amount, view.asset),
        status="completed" if view.closed_at is None else "cancelled",
        usage_type=usage_type(view.asset),
        requested_date=view.at,
        confirmation_date=view.at,
        valid_for=TimePeriod(start_date_time=view.at, end_date_time=view.closed_at or view.until),
        bucket=bucket_ref(bucket, links),
        product=[product_ref(bucket.owner, links)],
        party_account=account_ref(bucket.owner, links),
        related_party=[customer_ref(bucket.owner, links)],
    )


def create(body: ReserveBalanceCreate, actor: Actor) -> ReservationView:
    """Keep an amount aside."""
    bucket = balance.bucket_by_id(referred(body.bucket.id, "/bucket/id"))
    check_kind(body.usage_type, bucket.asset)
    if referred(body.party_account.id, "/partyAccount/id") != bucket.owner.account_id:
        raise bad_body("/partyAccount/id", f"the bucket belongs to the account {bucket.owner.account}")
    if body.amount is None:
        raise bad_body("/amount", "an amount is missing")
    until = body.valid_for.end_date_time if body.valid_for is not None else None
    return service.reserve(
        bucket.id, asked_amount(body.amount, bucket.asset), actor=actor, reason=body.reason or "", until=until
    )


def cancel(key: str, actor: Actor) -> None:
    """Give it back before its time."""
    service.release(id_of(key), actor=actor)


def search(narrow: Narrow) -> Slice[ReservationView]:
    """Reservations by bucket or product, the newest first."""
    given = {path: narrow.get(path) for path in ("bucket.id", "product.id")}
    ids = {path: id_or_none(text) for path, text in given.items()}
    if any(text and ids[path] is None for path, text in given.items()):
        return Slice.empty()
    values, total = service.reservations(
        bucket_id=ids["bucket.id"], subscription_id=ids["product.id"], offset=narrow.offset, limit=narrow.limit
    )
    return Slice(values, total)


RESERVE: Resource[ReservationView] = Resource(
    name="reserveBalance",
    kind="ReserveBalance",
    description="An amount of a bucket that is kept aside",
    read="usage.read",
    write="charging.write",
    representation=ReserveBalance,
    represent=lambda view, links: represent_many([view], links)[0],
    represent_many=represent_many,
    search=search,
    narrows=("bucket.id", "product.id"),
    get=lambda key: service.reservation(id_of(key)),
    create=Create(ReserveBalanceCreate, create),
    delete=cancel,
    refused={"PATCH": "a reservation is not changed; give it back (DELETE) and reserve anew"},
    events=(
        EventMapping(ReservationMade, "ReserveBalanceCreateEvent", key=lambda event: event.reservation_id),
        EventMapping(ReservationReleased, "ReserveBalanceCancelEvent", key=lambda event: event.reservation_id),
        EventMapping(
            SessionEnded,
            "ReserveBalanceCancelEvent",
            key=lambda event: event.session.partition(":")[2],
            when=lambda event: event.session.startswith(f"{DOOR}:"),
        ),
    ),
    pointers={"until": "/validFor/endDateTime", "amount": "/amount", "bucket": "/bucket/id"},
)
