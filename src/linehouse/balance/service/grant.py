"""Granting: what a product brings when it is activated, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from linehouse.balance import store
from linehouse.balance.errors import GrantDiffers
from linehouse.balance.events import BucketGranted
from linehouse.balance.periods import amount_for, turn_from, validity_from
from linehouse.balance.store import Entitlement, Moved
from linehouse.balance.values import Grant, MovementKind, Owner, TaxedAt, grant_transfers
from linehouse.catalog import service as catalog
from linehouse.catalog.values import BillingMode, OfferingKind, ProductOffering
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.inventory.events import ProductActivated
from linehouse.inventory.values import ProductView
from linehouse.kernel.ids import new_id
from linehouse.kernel.period import Period
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.rating.values import BucketKind

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
    """Grant the allowances and the credit of a product that came alive."""
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
    prefix = plan.number if plan.id == product.id else f"{plan.number}/{product.number}"
    grants, entitlements = _allowances(product, offering, owner, prefix, account.cycle_day, account.zone, event)
    grants += _credits(product, offering, owner, prefix, account.currency, account.zone, event.activated_at)
    grant(grants, actor=work.actor, reason=f"{offering.name} activated")
    if entitlements:
        store.insert_entitlements(entitlements)
        for instant in sorted({one.next_at for one in entitlements}):
            wake_at(instant)


def _allowances(
    product: ProductView,
    offering: ProductOffering,
    owner: Owner,
    prefix: str,
    cycle_day: int,
    zone: ZoneInfo,
    event: ProductActivated,
) -> tuple[list[Grant], list[Entitlement]]:
    grants, entitlements = [], []
    for allowance in offering.allowances:
        ref = f"{prefix}/{allowance.key}"
        if allowance.recurring:
            turn = turn_from(event.activated_at, cycle_day, zone)
            ref, valid, amount = f"{ref}/{turn.first_day}", turn.valid, amount_for(allowance, turn, first=True)
            if valid.end is not None:
                entitlements.append(
                    Entitlement(
                        new_id(),
                        product.id,
                        allowance.key,
                        offering.key,
                        event.catalog_version,
                        owner,
                        f"{prefix}/{allowance.key}",
                        valid.end,
                    )
                )
        else:
            valid = validity_from(event.activated_at, allowance.validity, zone)
            amount = None if allowance.amount is None else allowance.amount.amount
        grants.append(
            Grant(
                ref=ref,
                owner=owner,
                product_id=product.id,
                kind=BucketKind.UNITS,
                asset=allowance.unit.value,
                amount=amount,
                valid=valid,
                source=f"{offering.key}/{allowance.key}",
                catalog_version=event.catalog_version,
                texts=allowance.texts,
                priority=allowance.priority,
                scope=allowance.scope,
                when_empty=allowance.when_empty,
            )
        )
    return grants, entitlements


def _credits(
    product: ProductView,
    offering: ProductOffering,
    owner: Owner,
    prefix: str,
    currency: str,
    zone: ZoneInfo,
    at: datetime,
) -> list[Grant]:
    """Included credit has a bucket of its own, since its tax was due at sale; a prepaid plan gets its main balance."""
    grants = [
        Grant(
            ref=f"{prefix}/{credit.key}",
            owner=owner,
            product_id=product.id,
            kind=BucketKind.MAIN,
            asset=credit.amount.currency,
            amount=credit.amount.micros,
            valid=validity_from(at, credit.validity, zone),
            source=f"{offering.key}/{credit.key}",
            catalog_version=product.catalog_version,
            texts=credit.texts,
            taxed_at=TaxedAt.SALE,
        )
        for credit in offering.credits
    ]
    if product.billing_mode is BillingMode.PREPAID and product.kind is OfferingKind.PLAN:
        grants.append(
            Grant(
                ref=f"{prefix}/main",
                owner=owner,
                product_id=product.id,
                kind=BucketKind.MAIN,
                asset=currency,
                amount=0,
                valid=Period(at),
                source=f"{offering.key}/main",
                catalog_version=product.catalog_version,
                texts={"en": "Prepaid balance", "nl": "Prepaidtegoed"},
                priority=200,
                taxed_at=TaxedAt.USE,
            )
        )
    return grants
