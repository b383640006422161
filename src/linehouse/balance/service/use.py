"""Taking from buckets what a decision said; the caller holds the locks and decided on what it saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from linehouse.balance import sharing_store, store
from linehouse.balance.errors import BucketOverdrawn
from linehouse.balance.events import BucketUsedUp
from linehouse.balance.service.grant import wake_at
from linehouse.balance.service.sharing import by_member
from linehouse.balance.service.watching import look_at
from linehouse.balance.sharing_store import Took
from linehouse.balance.store import Moved
from linehouse.balance.values import BucketUse, BucketView, MovementKind
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import current_work


def lock_buckets(subscription_ids: Iterable[UUID], first: datetime, last: datetime) -> dict[UUID, list[BucketView]]:
    """Lock, in the order of their ids, every bucket of the subscriptions that was valid between two instants.

    Empty and ended ones are among them: an empty one may forbid money, and usage of its time may still take from an
    ended one. Shared ones are there for each line that may use them. The locks last as long as the surrounding unit of
    work.
    """
    current_work()
    wanted = list(subscription_ids)
    return by_member(
        wanted,
        "coalesce(late_from, valid_from) <= %s AND (valid_to IS NULL OR valid_to > %s)",
        [last, first],
        lock=True,
    )


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
        sharing_store.add_parts(_parts(uses))
    except IntegrityError as error:
        raise BucketOverdrawn("a bucket does not hold what was taken", field="uses", expected="what is left") from error
    movements = [
        Moved(
            u.bucket.id,
            u.bucket.ref,
            _kind(u),
            abs(u.amount),
            u.bucket.asset,
            u.left,
            u.cause,
            u.key,
            u.record_id,
            _member(u),
        )
        for u in uses
    ]
    store.insert_movements(movements, work.now, work.actor.name)
    _begin(uses)
    look_at(use.bucket.owner.subscription_id for use in uses)
    last = {use.bucket.id: use for use in uses}
    for use in last.values():
        if use.left == 0 and use.bucket.left and use.bucket.closed_at is None:
            _used_up(use.bucket)


def _begin(uses: Sequence[BucketUse]) -> None:
    """The time of buckets begins that last from their first use."""
    first = {u.bucket.id: u.first_used for u in reversed(uses) if u.first_used is not None}
    for end in sharing_store.begin_from_first_use(first).values() if first else ():
        wake_at(end)


def _used_up(bucket: BucketView) -> None:
    emit(
        BucketUsedUp(
            bucket_id=bucket.id,
            customer_id=bucket.owner.customer_id,
            subscription=bucket.owner.subscription,
            ref=bucket.ref,
            asset=bucket.asset,
        )
    )


def rebook(back: Sequence[BucketUse], uses: Sequence[BucketUse]) -> None:
    """Take uses back and book others in their stead, in the surrounding unit of work, with one movement for each.

    ``back`` names what was moved before, with the sign of then. Only the outcome counts: a bucket may hold what is
    taken because something else is given back. What comes back to a bucket whose rest was booked as expired, expires
    with it. Buckets must be locked; ``left`` of the uses is reckoned here. Raises BucketOverdrawn, and nothing moves.
    """
    if not back and not uses:
        return
    work = current_work()
    # What adds comes first, so that what is left never goes below zero on the way.
    steps = [(use, _undone(use), -use.amount) for use in back] + [(use, _kind(use), use.amount) for use in uses]
    steps.sort(key=lambda step: step[2])
    deltas: dict[UUID, list[int]] = {}
    left: dict[UUID, int | None] = {}
    movements: list[Moved] = []
    for use, kind, takes in steps:
        bucket = use.bucket
        more = deltas.setdefault(bucket.id, [0, 0, 0])
        for place, sign in enumerate(_SHIFTS[kind]):
            more[place] += sign * abs(takes)
        before = left.get(bucket.id, bucket.left_for_its_time)
        left[bucket.id] = after = None if before is None else before - takes
        movements.append(
            Moved(
                bucket.id,
                bucket.ref,
                kind,
                abs(takes),
                bucket.asset,
                after,
                use.cause,
                use.key,
                use.record_id,
                _member(use),
            )
        )
    if any(after is not None and after < 0 for after in left.values()):
        raise BucketOverdrawn("a bucket does not hold what is to be taken", field="uses", expected="what is left")
    try:
        store.shift({bucket_id: (more[0], more[1], more[2]) for bucket_id, more in deltas.items()})
        sharing_store.add_parts([*_parts(back, sign=-1), *_parts(uses)])
    except IntegrityError as error:
        raise BucketOverdrawn("a bucket does not hold what was taken", field="uses", expected="what is left") from error
    store.insert_movements(movements, work.now, work.actor.name)
    _begin(uses)
    look_at(use.bucket.owner.subscription_id for use, _, _ in steps)
    for bucket in {use.bucket.id: use.bucket for use, _, _ in steps}.values():
        if left[bucket.id] == 0 and bucket.left and bucket.closed_at is None:
            _used_up(bucket)


_SHIFTS = {
    MovementKind.USE: (0, 1, 0),
    MovementKind.LATE_USE: (0, 1, -1),
    MovementKind.REFUND: (1, 0, 0),
    MovementKind.RETURN: (0, -1, 0),
    MovementKind.LATE_RETURN: (0, -1, 1),
    MovementKind.WITHDRAW: (-1, 0, 0),
}
"""What a movement does to granted, used and expired."""


def _undone(use: BucketUse) -> MovementKind:
    if use.amount < 0:
        return MovementKind.WITHDRAW
    late = use.bucket.closed_at is not None and not use.bucket.unlimited
    return MovementKind.LATE_RETURN if late else MovementKind.RETURN


def _member(use: BucketUse) -> str:
    return (use.by or use.bucket.owner.subscription) if use.bucket.shared is not None else ""


def _parts(uses: Sequence[BucketUse], sign: int = 1) -> list[Took]:
    return [
        Took(u.bucket.id, u.by_id or u.bucket.owner.subscription_id, _member(u), sign * u.amount, u.bucket.shared.cap)
        for u in uses
        if u.bucket.shared is not None
    ]


def _kind(use: BucketUse) -> MovementKind:
    if use.amount < 0:
        return MovementKind.REFUND
    late = use.bucket.closed_at is not None and not use.bucket.unlimited
    return MovementKind.LATE_USE if late else MovementKind.USE
