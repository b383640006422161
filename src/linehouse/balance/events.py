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


class PackBought(Event, name="balance.pack.bought", version=1, aggregate="pack_id"):
    """A balance paid for a pack; ``micros`` of ``currency`` with tax. ``renews_at`` None: it is not paid again."""

    pack_id: UUID
    product_id: UUID
    customer_id: UUID
    subscription: str
    offering_key: str
    offering_name: str
    micros: int
    currency: str
    paid_until: datetime | None
    renews_at: datetime | None


class PackRenewalComing(Event, name="balance.pack.renewal_coming", version=1, aggregate="pack_id"):
    """The next period of a pack will be paid at that instant; ``missing`` micro-units are not there yet."""

    pack_id: UUID
    customer_id: UUID
    subscription: str
    offering_key: str
    offering_name: str
    micros: int
    currency: str
    renews_at: datetime
    missing: int


class PackRenewed(Event, name="balance.pack.renewed", version=1, aggregate="pack_id"):
    """The balance paid for another period of a pack."""

    pack_id: UUID
    product_id: UUID
    customer_id: UUID
    subscription: str
    offering_key: str
    offering_name: str
    number: int
    micros: int
    currency: str
    paid_from: datetime
    paid_until: datetime


class PackRenewalShort(Event, name="balance.pack.renewal_short", version=1, aggregate="pack_id"):
    """The balance does not hold the price of another period; it is tried until ``grace_until``."""

    pack_id: UUID
    customer_id: UUID
    subscription: str
    offering_key: str
    offering_name: str
    micros: int
    currency: str
    missing: int
    grace_until: datetime


class PackRenewalChanged(Event, name="balance.pack.renewal_changed", version=1, aggregate="pack_id"):
    """Whether the pack renews itself was changed: on, paused or off."""

    pack_id: UUID
    customer_id: UUID
    subscription: str
    offering_key: str
    renewing: str


class PackEnded(Event, name="balance.pack.ended", version=1, aggregate="pack_id"):
    """A pack is over: ``why`` is expired, not-paid, cancelled or line-ended."""

    pack_id: UUID
    product_id: UUID
    customer_id: UUID
    subscription: str
    offering_key: str
    offering_name: str
    why: str


class BucketThresholdCrossed(Event, name="balance.threshold.crossed", version=1, aggregate="threshold_id"):
    """A figure of a line reached its threshold; ``value`` and ``limit`` are base units or micro-units of ``asset``."""

    threshold_id: UUID
    customer_id: UUID
    subscription: str
    origin: str
    measure: str
    asset: str
    source: str
    value: int
    limit: int
    percent: int | None
    crossed_at: datetime


class PrepaidLineMoved(Event, name="balance.prepaid_line.moved", version=1, aggregate="line_id"):
    """A prepaid line goes on to another state of its life; ``bars`` is what it may not do from now on."""

    line_id: UUID
    subscription_id: UUID
    customer_id: UUID
    subscription: str
    old: str
    new: str
    bars: tuple[str, ...]
    next_at: datetime | None


class PrepaidLineEnding(Event, name="balance.prepaid_line.ending", version=1, aggregate="line_id"):
    """Unless something counts, a prepaid line goes on to ``new`` at that instant."""

    line_id: UUID
    customer_id: UUID
    subscription: str
    state: str
    new: str
    next_at: datetime


class PrepaidRestKept(Event, name="balance.prepaid_line.rest", version=1, aggregate="line_id"):
    """Bought credit was left when a line was recycled: the brand keeps it (breakage), or owes it (refund-claim)."""

    line_id: UUID
    customer_id: UUID
    subscription: str
    micros: int
    currency: str
    kept_as: str


class ThresholdSet(Event, name="balance.threshold.set", version=1, aggregate="threshold_id"):
    """A line has a threshold from now on; ``limit`` is base units or micro-units, or there is a ``percent``."""

    threshold_id: UUID
    customer_id: UUID
    subscription: str
    origin: str
    measure: str
    asset: str
    source: str
    limit: int | None
    percent: int | None


class ThresholdEnded(Event, name="balance.threshold.ended", version=1, aggregate="threshold_id"):
    """A line has that threshold no more."""

    threshold_id: UUID
    customer_id: UUID
    subscription: str
