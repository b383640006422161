"""What ends and begins by itself: unused rests are booked as expired, recurring allowances are granted anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from linehouse.balance import store
from linehouse.balance.events import BucketExpired
from linehouse.balance.granting import Granted, at_turn
from linehouse.balance.service.grant import TURN, grant, wake_at
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

BATCH = 1_000
"""How many buckets and entitlements one job deals with; the rest is for the next one."""


def turn(part: int, work: Work) -> None:
    """Deal with a batch of what is due now, and call for another where more is left."""
    ended = store.buckets("closed_at IS NULL AND valid_to <= %s", [work.now], lock=True, limit=BATCH)
    close(ended, work)
    begun = store.due_entitlements(work.now, BATCH)
    refresh(begun, work)
    if len(ended) == BATCH or len(begun) == BATCH:
        enqueue(TURN, {"part": part + 1}, key=f"{work.now.isoformat()}/{part + 1}")


def close(buckets: Sequence[BucketView], work: Work) -> None:
    """Book what is left of buckets whose time is over. Usage of their time that is told later may still take it."""
    if not buckets:
        return
    store.close([bucket.id for bucket in buckets], work.now)
    rests = [(bucket, bucket.left) for bucket in buckets if bucket.left]
    store.insert_movements(
        [
            Moved(b.id, b.ref, MovementKind.EXPIRE, left, b.asset, 0, f"expire:{b.ref}", f"expire:{b.ref}")
            for b, left in rests
            if left
        ],
        work.now,
        work.actor.name,
    )
    ledger.post_all([Entry(f"expire:{b.ref}", expiry_transfers(b, left)) for b, left in rests if left])
    for bucket, left in rests:
        emit(
            BucketExpired(
                bucket_id=bucket.id,
                customer_id=bucket.owner.customer_id,
                subscription=bucket.owner.subscription,
                ref=bucket.ref,
                asset=bucket.asset,
                unused=left or 0,
            )
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
    due = "product_id = %s AND closed_at IS NULL AND valid_to <= %s"
    close(store.buckets(due, [event.product_id, work.now], lock=True), work)
