"""Taking from buckets what a decision said; the caller holds the locks and decided on what it saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from linehouse.balance import store
from linehouse.balance.errors import BucketOverdrawn
from linehouse.balance.events import BucketUsedUp
from linehouse.balance.store import Moved
from linehouse.balance.values import BucketUse, BucketView, MovementKind
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import current_work


def lock_buckets(subscription_ids: Iterable[UUID], first: datetime, last: datetime) -> dict[UUID, list[BucketView]]:
    """Lock, in the order of their ids, every bucket of the subscriptions that was valid between two instants.

    Empty and ended ones are among them: an empty one may forbid money, and usage of its time may still take from an
    ended one. The locks last as long as the surrounding unit of work.
    """
    current_work()
    found: dict[UUID, list[BucketView]] = {}
    wanted = list(subscription_ids)
    where = "subscription_id = ANY(%s::uuid[]) AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)"
    for bucket in store.buckets(where, [wanted, last, first], lock=True):
        found.setdefault(bucket.owner.subscription_id, []).append(bucket)
    return found


def book_uses(uses: Sequence[BucketUse]) -> None:
    """Take (and give back) in the surrounding unit of work, set-based, with one movement for each use.

    Buckets must be locked by ``lock_buckets``. The journal is the caller's: see ``values.use_transfers``. Raises
    BucketOverdrawn, and nothing is taken.
    """
    if not uses:
        return
    work = current_work()
    taken: dict[UUID, int] = {}
    given: dict[UUID, int] = {}
    for use in uses:
        target = taken if use.amount > 0 else given
        target[use.bucket.id] = target.get(use.bucket.id, 0) + abs(use.amount)
    try:
        if taken:
            store.take(taken)
        if given:
            store.give_back(given)
    except IntegrityError as error:
        raise BucketOverdrawn("a bucket does not hold what was taken", field="uses", expected="what is left") from error
    movements = [
        Moved(u.bucket.id, u.bucket.ref, _kind(u), abs(u.amount), u.bucket.asset, u.left, u.cause, u.key, u.record_id)
        for u in uses
    ]
    store.insert_movements(movements, work.now, work.actor.name)
    last = {use.bucket.id: use for use in uses}
    for use in last.values():
        if use.left == 0 and use.bucket.left and use.bucket.closed_at is None:
            emit(
                BucketUsedUp(
                    bucket_id=use.bucket.id,
                    customer_id=use.bucket.owner.customer_id,
                    subscription=use.bucket.owner.subscription,
                    ref=use.bucket.ref,
                    asset=use.bucket.asset,
                )
            )


def _kind(use: BucketUse) -> MovementKind:
    if use.amount < 0:
        return MovementKind.REFUND
    late = use.bucket.closed_at is not None and not use.bucket.unlimited
    return MovementKind.LATE_USE if late else MovementKind.USE
