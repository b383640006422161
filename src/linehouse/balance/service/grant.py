"""Granting: what a product brings when it is activated, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from linehouse.balance import store
from linehouse.balance.errors import GrantDiffers
from linehouse.balance.events import BucketGranted
from linehouse.balance.granting import Coming, Granted, at_activation
from linehouse.balance.models import Pack
from linehouse.balance.service.watching import look_at
from linehouse.balance.store import Entitlement, Moved
from linehouse.balance.values import Grant, MovementKind, Owner, grant_transfers
from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.inventory.events import ProductActivated
from linehouse.kernel.ids import new_id
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work

TURN = "balance.turn"
"""The job that closes what ended and grants what begins, at one instant."""


def grant(grants: Sequence[Grant], *, actor: Actor, reason: str = "granted") -> int:
    """Grant what is new, with movement, journal entry and event; returns how many were. The same again changes nothing.

    Raises GrantDiffers when a reference is known with another amount, unit or validity.
    """
    if not grants:
        return 0
    with unit_of_work(actor, reason) as work:
        made = store.insert_buckets(grants, work.now)
        _require_same([one for one in grants if one.ref not in made])
        new = [one for one in grants if one.ref in made]
        movements = [
            Moved(made[g.ref], g.ref, MovementKind.GRANT, g.amount, g.asset, g.amount, cause, cause)
            for g in new
            if g.amount and (cause := f"grant:{g.ref}")
        ]
        store.insert_movements(movements, work.now, work.actor.name)
        ledger.post_all([Entry(f"grant:{g.ref}", transfers) for g in new if (transfers := grant_transfers(g))])
        for one in new:
            if one.valid.end is not None:
                wake_at(one.valid.end)
            emit(
                BucketGranted(
                    bucket_id=made[one.ref],
                    customer_id=one.owner.customer_id,
                    subscription=one.owner.subscription,
                    ref=one.ref,
                    asset=one.asset,
                    amount=one.amount,
                    valid_from=one.valid.start,
                    valid_to=one.valid.end,
                )
            )
        look_at(one.owner.subscription_id for one in new)
        return len(new)


def wake_at(instant: datetime) -> None:
    """See to it that ends and beginnings at the instant are dealt with; one job for all of them."""
    enqueue(TURN, {}, key=instant.isoformat(), due=instant)


def _require_same(grants: Sequence[Grant]) -> None:
    known = {row.ref: row for row in store.buckets("ref = ANY(%s)", [[one.ref for one in grants]])} if grants else {}
    for one in grants:
        row = known[one.ref]
        if (row.asset, row.valid.start, row.product_id) != (one.asset, one.valid.start, one.product_id):
            raise GrantDiffers(
                f"{one.ref} was granted before with other terms", field="ref", value=one.ref, expected="the same grant"
            )


def grant_product(event: ProductActivated, work: Work) -> None:
    """Grant the allowances and the credit of a product that came alive; a pack got its own when it was paid."""
    if Pack.objects.filter(product_id=event.product_id).exists():
        return
    product = inventory.find_product(id=event.product_id)
    plan = product if product.parent_product_id is None else inventory.find_product(id=product.parent_product_id)
    offering = catalog.version(event.catalog_version).offering(event.offering_key)
    account = customers.billing_account(event.billing_account_id)
    owner = Owner(
        customer_id=event.customer_id,
        subscription_id=plan.id,
        subscription=plan.number,
        account_id=event.billing_account_id,
        account=event.billing_account_number,
    )
    brings = Granted(
        product_id=product.id,
        offering=offering,
        catalog_version=event.catalog_version,
        owner=owner,
        prefix=plan.number if plan.id == product.id else f"{plan.number}/{product.number}",
        cycle_day=account.cycle_day,
        zone=account.zone,
        currency=account.currency,
        activated_at=event.activated_at,
    )
    grants, coming = at_activation(brings)
    grant(grants, actor=work.actor, reason=f"{offering.name} activated")
    if coming:
        store.insert_entitlements([_entitlement(brings, one) for one in coming])
        for instant in sorted({one.next_at for one in coming}):
            wake_at(instant)


def _entitlement(brings: Granted, coming: Coming) -> Entitlement:
    return Entitlement(
        new_id(),
        brings.product_id,
        coming.allowance.key,
        brings.offering.key,
        brings.catalog_version,
        brings.owner,
        f"{brings.prefix}/{coming.allowance.key}",
        coming.next_at,
    )
