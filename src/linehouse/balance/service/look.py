"""Reading buckets and movements: for screens, for TMF654, for the desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from linehouse.balance import store
from linehouse.balance.errors import BucketUnknown
from linehouse.balance.service.sharing import by_member, member_of
from linehouse.balance.values import BucketView, MovementKind, MovementView
from linehouse.rating.service import burn_key


def buckets_of(subscription_id: UUID, at: datetime | None = None) -> tuple[BucketView, ...]:
    """Buckets that a subscription may use, shared ones too: those valid at the instant in burn order, or all there ever
    were, latest first."""
    if at is None:
        rows = by_member([subscription_id], "true", []).get(subscription_id, [])
        return tuple(sorted(rows, key=lambda row: row.valid.start, reverse=True))
    where = "valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)"
    found = by_member([subscription_id], where, [at, at])
    rows = found.get(subscription_id, [])
    line = member_of(subscription_id)
    if line is not None:
        rows = [row for row in rows if row.open_to(line.subscription, at)]
    return tuple(sorted(rows, key=lambda row: burn_key(row.for_decision())))


def buckets_of_customer(customer_id: UUID, at: datetime) -> tuple[BucketView, ...]:
    """What a customer's subscriptions may use at the instant, by subscription and in burn order."""
    where = "customer_id = %s AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)"
    rows = store.buckets(where, [customer_id, at, at])
    return tuple(sorted(rows, key=lambda row: (row.owner.subscription, burn_key(row.for_decision()))))


def money_of_many(subscription_ids: Iterable[UUID]) -> dict[UUID, tuple[BucketView, ...]]:
    """Every money bucket that each subscription has or had, oldest first; who never had any is left out."""
    found: dict[UUID, tuple[BucketView, ...]] = {}
    rows = store.buckets("subscription_id = ANY(%s::uuid[]) AND kind <> 'units'", [list(subscription_ids)])
    for row in sorted(rows, key=lambda one: (one.created_at, one.ref)):
        found[row.owner.subscription_id] = (*found.get(row.owner.subscription_id, ()), row)
    return found


def bucket(ref: str) -> BucketView:
    """One bucket by its reference. Raises BucketUnknown."""
    found = store.buckets("ref = %s", [ref])
    if not found:
        raise BucketUnknown("there is no such bucket", field="ref", value=ref)
    return found[0]


def bucket_by_id(bucket_id: UUID) -> BucketView:
    """One bucket by its id. Raises BucketUnknown."""
    found = store.buckets("id = %s", [bucket_id])
    if not found:
        raise BucketUnknown("there is no such bucket", field="id", value=str(bucket_id))
    return found[0]


def buckets_by_id(bucket_ids: Iterable[UUID]) -> tuple[BucketView, ...]:
    """Buckets by their ids; unknown ones are left out."""
    return tuple(store.buckets("id = ANY(%s::uuid[])", [list(bucket_ids)]))


def buckets_by_ref(refs: Iterable[str]) -> tuple[BucketView, ...]:
    """Buckets by their references; unknown ones are left out."""
    return tuple(store.buckets("ref = ANY(%s)", [list(refs)]))


def movements_of(bucket_id: UUID, *, offset: int = 0, limit: int = 50) -> tuple[Sequence[MovementView], int]:
    """A page of a bucket's movements, newest first, and how many there are."""
    return store.movements("bucket_id = %s", [bucket_id], offset=offset, limit=limit)


def movements_of_many(
    bucket_ids: Sequence[UUID], *, kinds: Sequence[MovementKind] = (), offset: int = 0, limit: int = 50
) -> tuple[Sequence[MovementView], int]:
    """A page of several buckets' movements, newest first, and how many there are; ``kinds``: only of these."""
    where, params = "bucket_id = ANY(%s::uuid[])", [list(bucket_ids)]
    if kinds:
        return store.movements(
            f"{where} AND kind = ANY(%s)", [*params, [kind.value for kind in kinds]], offset=offset, limit=limit
        )
    return store.movements(where, params, offset=offset, limit=limit)


def movements_of_record(record_id: UUID) -> Sequence[MovementView]:
    """What one usage record moved."""
    return store.movements("record_id = %s", [record_id], offset=0, limit=100)[0]
