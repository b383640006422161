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


class BucketRolledOver(Event, name="balance.bucket.rolled_over", version=1, aggregate="bucket_id"):
    """Of what was unused when the bucket's time was over, ``amount`` moved into the bucket ``into``."""

    bucket_id: UUID
    customer_id: UUID
    subscription: str
    ref: str
    asset: str
    amount: int
    into: str
    valid_to: datetime | None


class MemberJoined(Event, name="balance.member.joined", version=1, aggregate="holder_id"):
    """A line may use the shared allowances of another one from this instant."""

    holder_id: UUID
    holder: str
    subscription_id: UUID
    subscription: str
    joined_at: datetime


class MemberLeft(Event, name="balance.member.left", version=1, aggregate="holder_id"):
    """A line uses the shared allowances of another one no more from this instant."""

    holder_id: UUID
    holder: str
    subscription_id: UUID
    subscription: str
    left_at: datetime
