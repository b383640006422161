"""What balance tells: something was granted, used up, or expired unused."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class BucketGranted(Event, name="balance.bucket.granted", version=1, aggregate="bucket_id"):
    """A subscriber may use this from ``valid_from`` on. ``amount`` is in base units or micro-units; None: unlimited."""

    bucket_id: UUID
    customer_id: UUID
    subscription: str
    ref: str
    asset: str
    amount: int | None
    valid_from: datetime
    valid_to: datetime | None


class BucketUsedUp(Event, name="balance.bucket.used_up", version=1, aggregate="bucket_id"):
    """Nothing is left in the bucket."""

    bucket_id: UUID
    customer_id: UUID
    subscription: str
    ref: str
    asset: str


class BucketExpired(Event, name="balance.bucket.expired", version=1, aggregate="bucket_id"):
    """The bucket's time is over; ``unused`` was left in it."""

    bucket_id: UUID
    customer_id: UUID
    subscription: str
    ref: str
    asset: str
    unused: int
