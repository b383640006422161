"""What ends and begins by itself: unused rests are booked as expired, recurring allowances are granted anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from linehouse.balance import store
from linehouse.balance.events import BucketExpired, BucketRolledOver
from linehouse.balance.granting import Granted, at_turn, roll_over
from linehouse.balance.service.grant import TURN, grant, wake_at
from linehouse.balance.service.sharing import leave_all
from linehouse.balance.service.watching import look_at
from linehouse.balance.store import Entitlement, Moved
from linehouse.balance.values import BucketView, Grant, MovementKind, expiry_transfers
from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.customer.values import BillingAccountView
from linehouse.inventory.events import ProductTerminated
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Work

_OF_A_PACK = (
    "(late_from IS NULL AND EXISTS (SELECT 1 FROM balance_pack p WHERE p.product_id = balance_bucket.product_id"
    " AND p.renewal <> 'none' AND p.state IN ('active', 'grace')))"
)
"""Buckets of packs that renew themselves are closed by the renewal, which alone knows whether it was paid."""
BATCH = 1_000
"""How many buckets and entitlements one job deals with; the rest is for the next one."""


def turn(part: int, work: Work) -> None:
    """Deal with a batch of what is due now, and call for another where more is left."""
    ended = store.buckets(
        f"closed_at IS NULL AND valid_to <= %s AND NOT {_OF_A_PACK}", [work.now], lock=True, limit=BATCH
    )
    close(ended, work)
    # What rolls over comes before what is granted anew: of equal buckets the older is used first.
    begun = store.due_entitlements(work.now, BATCH) if len(ended) < BATCH else []
    refresh(begun, work)
    if len(ended) == BATCH or len(begun) == BATCH:
        enqueue(TURN, {"part": part + 1}, key=f"{work.now.isoformat()}/{part + 1}")


def close(buckets: Sequence[BucketView], work: Work, begin: datetime | None = None) -> None:
    """Move on what rolls over, and book the rest of buckets whose time is over as expired.

    Usage of their time that is told later may still take from both. ``begin`` is when what moves on may be used, where
    that is not at once.
    """
    if not buckets:
        return
    rests = _rests(buckets, begin)
    store.close({bucket.id: _amount(rests.get(bucket.id)) for bucket in buckets}, work.now)
    moved: list[Moved] = []
    entries: list[Entry] = []
    for bucket in buckets:
        rolled = _amount(rests.get(bucket.id))
        unused = (bucket.left or 0) - rolled
        if rolled:
            cause = f"rollover:{bucket.ref}"
            moved.append(
                Moved(bucket.id, bucket.ref, MovementKind.ROLLOVER, rolled, bucket.asset, unused, cause, cause)
            )
        if unused:
            cause = f"expire:{bucket.ref}"
            moved.append(Moved(bucket.id, bucket.ref, MovementKind.EXPIRE, unused, bucket.asset, 0, cause, cause))
            entries.append(Entry(cause, expiry_transfers(bucket, unused)))
    store.insert_movements(moved, work.now, work.actor.name)
    ledger.post_all(entries)
    grant(list(rests.values()), actor=work.actor, reason="rolled over")
    for bucket in buckets:
        if bucket.id in rests:
            emit(_rolled_over(bucket, rests[bucket.id]))
        unused = (bucket.left or 0) - _amount(rests.get(bucket.id))
        if unused:
            emit(_expired(bucket, unused))
    look_at(bucket.owner.subscription_id for bucket in buckets)


def _rests(buckets: Sequence[BucketView], begin: datetime | None) -> dict[UUID, Grant]:
    """What rolls over, by the bucket from which it does."""
    rolling = [bucket for bucket in buckets if bucket.terms.rollover is not None]
    accounts = customers.billing_accounts(bucket.owner.account_id for bucket in rolling) if rolling else {}
    found = {}
    for bucket in rolling:
        account = accounts[bucket.owner.account_id]
        rest = roll_over(bucket, account.cycle_day, account.zone, begin)
        if rest is not None:
            found[bucket.id] = rest
    return found


def _amount(rest: Grant | None) -> int:
    return (rest.amount or 0) if rest is not None else 0


def _expired(bucket: BucketView, unused: int) -> BucketExpired:
    return BucketExpired(
        bucket_id=bucket.id,
        customer_id=bucket.owner.customer_id,
        subscription=bucket.owner.subscription,
        ref=bucket.ref,
        asset=bucket.asset,
        unused=unused,
    )


def _rolled_over(bucket: BucketView, rest: Grant) -> BucketRolledOver:
    return BucketRolledOver(
        bucket_id=bucket.id,
        customer_id=bucket.owner.customer_id,
        subscription=bucket.owner.subscription,
        ref=bucket.ref,
        asset=bucket.asset,
        amount=_amount(rest),
        into=rest.ref,
        valid_to=rest.valid.end,
    )


def refresh(entitlements: Sequence[Entitlement], work: Work) -> None:
    """Grant the period that has begun, and each one that was missed while nobody worked."""
    if not entitlements:
        return
    accounts = customers.billing_accounts(one.owner.account_id for one in entitlements)
    grants: list[Grant] = []
    next_at: dict[UUID, datetime] = {}
    for one in entitlements:
        account = accounts[one.owner.account_id]
        begin = one.next_at
        while begin <= work.now:
            made, end = _grant_of(one, begin, account)
            grants.append(made)
            begin = end
        next_at[one.id] = begin
    grant(grants, actor=work.actor, reason="new period")
    store.move_on(next_at)
    for instant in sorted(set(next_at.values())):
        wake_at(instant)


def _grant_of(one: Entitlement, begin: datetime, account: BillingAccountView) -> tuple[Grant, datetime]:
    offering = catalog.version(one.catalog_version).offering(one.offering)
    allowance = next(found for found in offering.allowances if found.key == one.allowance)
    prefix = one.ref_prefix.removesuffix(f"/{allowance.key}")
    brings = Granted(
        product_id=one.product_id,
        offering=offering,
        catalog_version=one.catalog_version,
        owner=one.owner,
        prefix=prefix,
        cycle_day=account.cycle_day,
        zone=account.zone,
        currency=account.currency,
        activated_at=begin,
    )
    return at_turn(brings, allowance, begin)


def end_product(event: ProductTerminated, work: Work) -> None:
    """Units of a product that ended are over with it; money stays until it is paid back."""
    store.end_early(event.product_id, event.terminated_at)
    leave_all(event.product_id, event.terminated_at)
    due = "product_id = %s AND closed_at IS NULL AND valid_to <= %s"
    close(store.buckets(due, [event.product_id, work.now], lock=True), work)
