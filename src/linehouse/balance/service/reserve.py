"""Keeping an amount of a bucket aside, for a session of charging that keeps it."""

from __future__ import annotations

from uuid import UUID

from linehouse.balance import store
from linehouse.balance.errors import BucketOverdrawn, BucketUnknown, NotReservable
from linehouse.balance.values import BucketView
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import current_work


def reserve(bucket_id: UUID, amount: int) -> BucketView:
    """Keep so much (base units or micro-units, above 0) aside, in the surrounding unit of work; the caller holds the
    line's lock and keeps a session that says the same.

    Raises BucketUnknown; NotReservable for a bucket that is shared, unlimited or not valid now; BucketOverdrawn where
    less is left.
    """
    now = current_work().now
    found = _locked(bucket_id)
    if found.shared is not None:
        raise NotReservable(
            "what lines share is reserved by their sessions alone", field="bucket", value=found.ref, expected="its own"
        )
    if found.left is None or found.closed_at is not None or not found.valid.contains(now):
        raise NotReservable(
            "nothing is reserved in a bucket that has no end or is not valid now",
            field="bucket",
            value=found.ref,
            expected="a bucket with a rest",
        )
    if found.left < amount:
        raise BucketOverdrawn(
            f"{found.human(found.left)} is left", field="amount", value=found.human(amount), expected="at most that"
        )
    return _changed(bucket_id, amount)


def release(bucket_id: UUID, amount: int) -> BucketView:
    """Give back what was kept aside, in the surrounding unit of work."""
    current_work()
    _locked(bucket_id)
    return _changed(bucket_id, -amount)


def _locked(bucket_id: UUID) -> BucketView:
    found = store.buckets("id = %s", [bucket_id], lock=True)
    if not found:
        raise BucketUnknown("there is no such bucket", field="id", value=str(bucket_id))
    return found[0]


def _changed(bucket_id: UUID, amount: int) -> BucketView:
    with brand_cursor() as cursor:
        cursor.execute("UPDATE balance_bucket SET reserved = reserved + %s WHERE id = %s", [amount, bucket_id])
    return store.buckets("id = %s", [bucket_id])[0]
